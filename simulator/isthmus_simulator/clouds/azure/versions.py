"""The API version that the SDK was made from, as its docs say it of each type."""

import importlib.util
import re
from functools import cache
from pathlib import Path

VERSION = re.compile(r"Uses Azure REST API version ([\w-]+)\.")


@cache
def api_version(token: str) -> str:
    """Read from the SDK's source without importing it; '' for a type that names none."""
    _, module, kind = token.split(":")
    spec = importlib.util.find_spec("pulumi_azure_native")
    if spec is None or spec.origin is None:
        return ""
    step = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", kind)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", step).lower()
    path = Path(spec.origin).parent / module / f"{name}.py"
    found = VERSION.search(path.read_text()) if path.exists() else None
    return found[1] if found else ""
