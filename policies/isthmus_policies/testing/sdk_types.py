"""Which resource types there are: what the installed Pulumi SDKs say, without importing them.

Every generated SDK carries a table of its types in its `__init__.py`; to import it takes seconds.
"""

import re
from collections.abc import Collection
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from isthmus_policies.nearest import name_nearest
from isthmus_policies.rule import covers

_CLASS = re.compile(r'^ +"([\w-]+:[\w./-]*:\w+)": "\w+",?$', re.MULTILINE)
_CORE = "pulumi"
"""Types of the engine itself: `pulumi:providers:aws`, `pulumi:pulumi:Stack`."""


def why_no_type(token: str, own_types: Collection[str] = ()) -> str | None:
    """Why a type, or a pattern such as `aws:*`, can match nothing; None if there is such a type."""
    package = token.partition(":")[0]
    if token == "*" or package == _CORE or any(covers(token, each) for each in own_types):
        return None
    known = types_of(package)
    if known is None:
        return (
            f"the type {token} cannot be looked up: pulumi_{package.replace('-', '_')} is not "
            "installed; install it, or name the type in own_types"
        )
    if any(covers(token, each) for each in known):
        return None
    return f"there is no type {token}. {name_nearest(token, known)}".rstrip()


@cache
def types_of(package: str) -> frozenset[str] | None:
    """The types of a provider package; None if its SDK is not installed."""
    spec = find_spec(f"pulumi_{package.replace('-', '_')}")
    if spec is None or spec.origin is None:
        return None
    return frozenset(_CLASS.findall(Path(spec.origin).read_text(encoding="utf-8")))
