# Every target installs what it needs by itself. An older python3: make up PYTHON=python3.12
PYTHON ?= python3
BIN := .venv/bin
# Python may keep what it compiles: the SDKs take seconds to compile, each time anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: up test check bench mutate lock clean install browser
up: install ; $(BIN)/isthmus demo
test: browser ; $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --max-worker-restart=0 --cov --cov-report=term:skip-covered
check: install ; $(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/basedpyright && $(BIN)/lint-imports --no-logo
bench: install ; $(BIN)/python -m tests.bench
mutate: install ; $(BIN)/python -m tests.mutation
lock: install ; UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.txt
clean: ; rm -rf .toolchain .venv .isthmus .pytest_cache .ruff_cache .coverage
install: ; @$(PYTHON) toolchain/install.py
browser: ; @$(PYTHON) toolchain/install.py --with-browser
