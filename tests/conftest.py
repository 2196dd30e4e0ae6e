"""What holds for every test."""

import pytest
from hypothesis import settings

# A busy machine must not fail a test: nothing is measured here, `make bench` does that.
settings.register_profile("isthmus", deadline=None)
settings.load_profile("isthmus")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole stacks first: they take longest, and one that begins last is waited for alone."""
    items.sort(key=lambda item: item.get_closest_marker("stack") is None)
