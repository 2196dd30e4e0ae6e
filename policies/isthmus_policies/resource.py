"""One resource as a rule sees it, whether it came from the engine, a state file or a test."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from isthmus_policies.values import MISSING, Located, Tree, Value, find, read

CLOUDS: Mapping[str, str] = {"aws": "aws", "gcp": "gcp", "azure-native": "azure"}
"""Provider package to the cloud's name in the region catalogue."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that manages a resource, with its configuration (region, default tags ...)."""

    type: str
    name: str = ""
    props: Tree = field(default_factory=dict[str, Value], hash=False)

    def get(self, path: str) -> Value:
        return read(self.props, path)


@dataclass(frozen=True, slots=True)
class Options:
    """Resource options that a rule may judge."""

    protect: bool = False
    ignore_changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """What the engine knows of a resource.

    `props` are the inputs where the source has them, since only inputs tell "left out" from
    "computed"; `outputs` hold what the cloud answered (ids, ARNs) and serve to recognise the
    resource when another one names it. `dependencies` lists, by top-level property, the URNs that
    the property's value came from: it stays true when the value itself is unknown.
    """

    urn: str
    type: str
    name: str
    props: Tree
    provider: Provider | None = None
    parent: str | None = None
    dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    options: Options = Options()
    outputs: Tree = field(default_factory=dict[str, Value])

    @property
    def cloud(self) -> str | None:
        """`aws`, `gcp` or `azure`; None for anything else, such as components and providers."""
        return CLOUDS.get(self.type.partition(":")[0])

    def get(self, path: str) -> Value:
        """The property at a path: its value, MISSING or UNKNOWN. See `values.read`."""
        return read(self.props, path)

    def find(self, path: str) -> Iterator[Located]:
        """Every property that a path with `*` leads to. See `values.find`."""
        return find(self.props, path)

    def has(self, path: str) -> bool:
        return self.get(path) is not MISSING
