"""Checks that classified data lies where its class may be."""

from collections.abc import Iterator

from isthmus.plan.ledger import Ledger
from isthmus.spec.model import DataClassification, Residency, Site, Spec
from isthmus.spec.problem import Path
from isthmus_catalog import Region, jurisdictions, nearest

CLASSES: Path = ("residency", "byClassification")


def check_classes(residency: Residency, ledger: Ledger) -> None:
    """Objects to tags that no region carries."""
    known = sorted(jurisdictions())
    for classification, allowed in residency.by_classification.told().items():
        for index, tag in enumerate(allowed):
            if tag not in known:
                close = nearest(tag, known, 3)
                ledger.object_to(
                    (*CLASSES, classification.value, index),
                    tag,
                    f"no region carries the tag `{tag}`",
                    f"{classification.value} data could be nowhere",
                    f"did you mean {', '.join(close)}?"
                    if close
                    else f"tags in use: {', '.join(known)}",
                )


def check_classified_data(name: str, site: Site, place: Region, spec: Spec, ledger: Ledger) -> None:
    """Objects to a region in which data of a class of the site may not be."""
    for path, classification in _classes_of(name, site, spec):
        allowed = spec.residency.by_classification.told().get(classification)
        if allowed and not place.jurisdictions & set(allowed):
            ledger.object_to(
                ("sites", name, "region"),
                site.region,
                f"`{place.name}` is no place for {classification.value} data",
                f"such data may stay in {', '.join(allowed)} only",
                "choose a region there, or another classification",
                (path, (*CLASSES, classification.value)),
            )


def _classes_of(name: str, site: Site, spec: Spec) -> Iterator[tuple[Path, DataClassification]]:
    yield ("platform", "dataClassification"), spec.platform.data_classification
    for store, asked in site.stores.items():
        if asked.data_classification is not None:
            yield ("sites", name, "stores", store, "dataClassification"), asked.data_classification
