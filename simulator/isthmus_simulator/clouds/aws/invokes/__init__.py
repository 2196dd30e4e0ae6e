"""The AWS data sources that do more than look up one resource."""

from collections.abc import Mapping

from isthmus_simulator.cloud import Invoke
from isthmus_simulator.clouds.aws.invokes import (
    accounts,
    documents,
    images,
    machines,
    networks,
    security,
    services,
)

INVOKES: Mapping[str, Invoke] = {
    **accounts.INVOKES,
    **documents.INVOKES,
    **images.INVOKES,
    **machines.INVOKES,
    **networks.INVOKES,
    **security.INVOKES,
    **services.INVOKES,
}
