"""Resource ids of Azure Resource Manager: what lies in them and above them."""

import re
from collections.abc import Iterator

IDENTITY = "azure-native:arm"
"""The pseudo-type under which every resource answers to its id in lower case: ids ignore case."""

GROUP = re.compile(r"/subscriptions/([^/]+)/resourcegroups/([^/]+)", re.IGNORECASE)
RESOURCE = re.compile(
    r"/subscriptions/([^/\s]+)/resourcegroups/([^/\s]+)(/providers/[^\s{}]+)?", re.IGNORECASE
)
UNNAMED = ("default", "sql")
"""Last steps of paths that Azure makes itself (`blobServices/default`, `apis/sql`)."""


def group_id(subscription: str, group: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def group_of(resource_id: str) -> str:
    """The id of the resource group that a resource lies in, '' for one that lies in none."""
    found = GROUP.match(resource_id)
    return found[0] if found else ""


def last_part(text: str) -> str:
    return text.rstrip("/").rsplit("/", 1)[-1]


def parent_of(resource_id: str) -> str:
    """One level up: the resource above, the scope of an extension, the resource group; '' above that."""
    before, provider, inner = resource_id.rpartition("/providers/")
    if not provider:
        return ""
    namespace, *steps = inner.split("/")
    if len(steps) <= 2:
        return before
    kept = steps[: -2 if len(steps) % 2 == 0 else -1]
    return "/".join([f"{before}{provider}{namespace}", *kept])


def ancestors(resource_id: str) -> Iterator[str]:
    above = parent_of(resource_id)
    while above:
        yield above
        above = parent_of(above)


def type_of(resource_id: str) -> str:
    """`Microsoft.Network/virtualNetworks/subnets`, '' for an id without a provider."""
    _, provider, inner = resource_id.rpartition("/providers/")
    if not provider:
        return "Microsoft.Resources/resourceGroups" if GROUP.fullmatch(resource_id) else ""
    namespace, *steps = inner.split("/")
    return "/".join([namespace, *steps[::2]])


def short_type(resource_id: str) -> str:
    """The type without its namespace, as ARM's messages have it."""
    return type_of(resource_id).partition("/")[2]


def is_local(value: str, subscription: str) -> bool:
    """Whether a text is the id of something in a resource group of this subscription."""
    found = RESOURCE.fullmatch(value)
    return bool(found) and found[1].lower() == subscription.lower()
