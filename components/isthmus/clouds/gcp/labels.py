"""Turns the site's tags into labels that Google Cloud accepts."""

import re
from collections.abc import Mapping

LABEL_LENGTH = 63
"""https://cloud.google.com/resource-manager/docs/labels-overview: 63 characters of
lower-case letters, digits, underscores and dashes, in keys and in values."""

FORBIDDEN = re.compile(r"[^a-z0-9_-]")


def label_value(text: str) -> str:
    """Make a legal label of any text: `ml@example.com` becomes `ml_example_com`."""
    return FORBIDDEN.sub("_", text.lower())[:LABEL_LENGTH]


def labels_of(tags: Mapping[str, str], **more: str) -> dict[str, str]:
    """Make labels of tags; `more` replaces or adds some, an underscore in a key being a dash."""
    merged = {**tags, **{key.replace("_", "-"): value for key, value in more.items()}}
    return {label_value(key): label_value(value) for key, value in merged.items()}
