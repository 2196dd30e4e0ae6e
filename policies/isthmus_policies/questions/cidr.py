"""Whether an address range lets the internet in."""

from ipaddress import IPv4Network, ip_address, ip_network, summarize_address_range

WIDEST_PUBLIC_IPV4_PREFIX = 8
"""The largest blocks ever allotted to one owner are /8: a wider range always admits strangers, also
when it was split in two (0.0.0.0/1 and 128.0.0.0/1) to get past a search for 0.0.0.0/0."""
WIDEST_PUBLIC_IPV6_PREFIX = 13
"""IANA gives each registry pools of /12 (iana.org/assignments/ipv6-unicast-address-assignments): a
range of that size or wider spans many owners."""

ANYWHERE_WORDS = frozenset(("*", "any", "internet"))
"""Azure's other ways to say 0.0.0.0/0."""


def admits_internet(source: str) -> bool:
    """True for `0.0.0.0/0`, `::/0`, their large parts and Azure's words for them.

    False for what is no address range, such as the name of a service.
    """
    if source.casefold() in ANYWHERE_WORDS:
        return True
    try:
        network = ip_network(source, strict=False)
    except ValueError:
        return False
    if network.is_unspecified:
        return True  # Azure's firewalls take 0.0.0.0 for all of Azure, other customers included
    if isinstance(network, IPv4Network):
        return network.prefixlen < WIDEST_PUBLIC_IPV4_PREFIX
    return network.prefixlen < WIDEST_PUBLIC_IPV6_PREFIX and not network.is_private


def range_admits_internet(first: str, last: str) -> bool:
    """The same of a range given by its ends. False for what is no range of addresses."""
    try:
        parts = [*summarize_address_range(ip_address(first), ip_address(last))]
    except (ValueError, TypeError):
        return False
    return any(admits_internet(str(part)) for part in parts)
