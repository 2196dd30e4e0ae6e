"""Describes the components to the engine; what the SDK's component host leaves out, it adds."""

from pulumi.provider.experimental import component
from pulumi.provider.experimental.analyzer import Analyzer

from isthmus.arguments import PlaceArgs
from isthmus.references import EndpointReference, KeysReference, NetworkReference

SHARED = (PlaceArgs, KeysReference, NetworkReference, EndpointReference)
"""Arguments that components have in common."""


class InheritingAnalyzer(Analyzer):
    """Finds a field's description on the class that declares it.

    The SDK's own looks at the class at hand alone, so that shared fields would be left without a
    description in the schema (pulumi 3.272, `Analyzer.get_docstring`).
    """

    def get_docstring(self, typ: type, name: str) -> str | None:
        own = super().get_docstring(typ, name)
        if own:
            return own
        # Before Python 3.12 a TypedDict forgets its bases: one whose fields it has all is taken for one.
        bases = [one for one in SHARED if one.__annotations__.keys() <= typ.__annotations__.keys()]
        found = (super(InheritingAnalyzer, self).get_docstring(base, name) for base in bases)
        return next((text for text in found if text), None)


def describe_shared_fields() -> None:
    """Makes the SDK's component host use the analyzer above."""
    component.Analyzer = InheritingAnalyzer  # pyright: ignore[reportPrivateImportUsage]
