"""Simple values of a configuration that are read with more care than pydantic's own."""

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError


def read_whole_number(value: object) -> object:
    """Takes 3, 3.0 and "3": Pulumi hands integers over as any of them. Refuses true and 3.5."""
    if isinstance(value, bool) or value is None:
        raise PydanticCustomError("int_type", "a whole number is expected")
    if isinstance(value, float) and not value.is_integer():
        raise PydanticCustomError("int_from_float", "a whole number is expected")
    return value


def read_range(value: object) -> object:
    """Takes "10.0.0.0/16" and nothing that only resembles it: neither 10 nor "10.0.0.0" nor
    "10.0.0.1/16"."""
    if isinstance(value, IPv4Network):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "text is expected")
    try:
        network = IPv4Network(value, strict=False)
    except ValueError:
        raise PydanticCustomError("range_unreadable", "not an IPv4 range") from None
    if "/" not in value:
        raise PydanticCustomError("range_without_size", "the range has no size")
    if str(network) != value:
        raise PydanticCustomError(
            "range_misaligned", "not the start of a range", {"start": str(network)}
        )
    return network


def read_switch(value: object) -> object:
    """Takes true and false, and the same words as text; refuses 1, "yes" and "on"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise PydanticCustomError("bool_type", "true or false is expected")


def read_selection(value: object) -> object:
    """Takes a list of names; true stands for all of them (`*`), false for none."""
    if value is True or value == "true":
        return ("*",)
    return () if value is False or value == "false" else value


WholeNumber = Annotated[int, BeforeValidator(read_whole_number)]
Range = Annotated[IPv4Network, BeforeValidator(read_range)]
Switch = Annotated[bool, BeforeValidator(read_switch)]
Selection = Annotated[tuple[str, ...], BeforeValidator(read_selection)]

SITE_NAME_PATTERN = r"^[a-z][a-z0-9-]{1,19}$"
CHILD_NAME_PATTERN = r"^[a-z][a-z0-9-]{1,23}$"
OWNER_PATTERN = r"^[a-z0-9][a-z0-9._@-]{2,62}$"
KUBERNETES_VERSION_PATTERN = r"^1\.\d{2}$"

PATTERN_MEANINGS = {
    SITE_NAME_PATTERN: "2 to 20 lower-case letters, digits and hyphens, a letter first",
    CHILD_NAME_PATTERN: "2 to 24 lower-case letters, digits and hyphens, a letter first",
    OWNER_PATTERN: "3 to 63 lower-case letters, digits and . _ @ -, a letter or digit first",
    KUBERNETES_VERSION_PATTERN: 'a minor version in quotes, such as "1.34"',
}
"""What each pattern means to a reader."""

SiteName = Annotated[str, Field(pattern=SITE_NAME_PATTERN)]
"""A short name of one's own: it becomes part of resource names, so it stays short and lower
case."""

ChildName = Annotated[str, Field(pattern=CHILD_NAME_PATTERN)]
"""The same for a store, a pool or a secret within a site."""

Owner = Annotated[str, Field(pattern=OWNER_PATTERN)]
"""Also a legal tag value on all three clouds once '@' and '.' are replaced for Google Cloud
labels."""
