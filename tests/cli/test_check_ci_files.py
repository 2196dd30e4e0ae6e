"""The CI files that the guide hands out are well formed, and type commands that exist."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import tree_sitter_groovy
from ruamel.yaml import YAML
from tests.contracts.test_documents import mistake
from tree_sitter import Language, Parser

pytestmark = pytest.mark.contract

CI = Path(__file__).parents[2] / "docs" / "ci"
GITHUB, GITLAB, JENKINS = CI / "github-actions.yml", CI / "gitlab-ci.yml", CI / "Jenkinsfile"
REPORT = re.compile(r"\bgate\.[a-z]+\b")
NAMES = {f"gate.{ending}" for ending in ("html", "json", "md", "sarif", "xml")}


def validate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def load(file: Path) -> Any:
    return YAML(typ="safe", pure=True).load(file)


@pytest.mark.parametrize(
    ("file", "options"),
    [
        (GITHUB, ("--builtin-schema", "vendor.github-workflows")),
        (GITLAB, ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")),
    ],
    ids=["github", "gitlab"],
)
def test_the_published_schema_is_met(file: Path, options: tuple[str, ...], tmp_path: Path) -> None:
    done = validate(*options, str(file))
    assert done.returncode == 0, done.stdout
    broken = tmp_path / file.name
    text = file.read_text()
    broken.write_text(text.replace("timeout-minutes: 30", "timeout-minutes: []")
                      .replace("when: always", "when: sometimes"))  # fmt: skip
    assert validate(*options, str(broken)).returncode != 0


def test_the_jenkinsfile_is_groovy() -> None:
    def is_groovy(text: str) -> bool:
        parser = Parser(Language(tree_sitter_groovy.language()))
        return not parser.parse(text.encode()).root_node.has_error

    text = JENKINS.read_text()
    assert is_groovy(text)
    assert not is_groovy(text.replace("stage('Check') {", "stage('Check' {"))
    assert not is_groovy(text.rstrip().removesuffix("}"))


def test_the_jenkinsfile_is_a_declarative_pipeline() -> None:
    text = JENKINS.read_text()
    outer = re.findall(r"^(\w+)(?: \w+)? ?\{?$", text, re.MULTILINE)
    assert outer == ["pipeline"]
    sections = re.findall(r"^ {4}(\w+)", text, re.MULTILINE)
    assert sections == ["agent", "options", "environment", "stages", "post"]
    assert re.findall(r"stage\('(\w+)'\)", text) == ["Install", "Preview", "Check"]


def scripts(file: Path) -> list[str]:
    """The shell commands of a file, a logical line each."""
    if file == JENKINS:
        text = "\n".join(re.findall(r"'''(.*?)'''", file.read_text(), re.DOTALL))
    elif file == GITLAB:
        text = "\n".join(load(file)["policy gate"]["script"])
    else:
        text = "\n".join(step.get("run", "") for step in load(file)["jobs"]["gate"]["steps"])
    return [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.mark.parametrize("file", [GITHUB, GITLAB, JENKINS], ids=lambda file: file.name)
def test_the_commands_can_be_typed(file: Path) -> None:
    called = [line for line in scripts(file) if line.startswith(".venv/bin/isthmus")]
    assert len(called) == 3
    for line in called:
        words = shlex.split(line.replace('"${compare[@]}"', "").partition(" > ")[0])
        assert mistake(tuple(words[1:])) is None, line
    preview, check = called[1:]
    assert "--json --show-sames > preview.json" in preview
    assert check.count("--format") == check.count(" -o ")


def test_github_gives_no_more_rights_than_needed_and_runs_nothing_from_outside() -> None:
    workflow = load(GITHUB)
    assert workflow["permissions"] == {"contents": "read"}
    for step in workflow["jobs"]["gate"]["steps"]:
        # Text of a pull request in a script would be run; in a variable it is only text.
        assert "${{" not in step.get("run", "")
        owner = step.get("uses", "actions/").partition("/")[0]
        assert owner in ("actions", "github")
    assert "pull_request_target" not in json.dumps(workflow)


@pytest.mark.parametrize("file", [GITHUB, GITLAB, JENKINS], ids=lambda file: file.name)
def test_every_report_that_is_shown_is_written(file: Path) -> None:
    check = next(line for line in scripts(file) if " check " in line)
    written = {word for word in shlex.split(check.replace('"${compare[@]}"', "")) if word in NAMES}
    shown = set(REPORT.findall(file.read_text().replace("docs/gate.md", ""))) - {"gate.yml"}
    assert "gate.json" in written
    assert shown <= written
