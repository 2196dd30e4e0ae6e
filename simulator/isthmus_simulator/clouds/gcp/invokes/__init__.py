"""The Google Cloud data sources that do more than look up one resource by its properties."""

from collections.abc import Mapping

from isthmus_simulator.cloud import Invoke
from isthmus_simulator.clouds.gcp.invokes import accounts, compute, policy, stored

INVOKES: Mapping[str, Invoke] = {
    **accounts.INVOKES,
    **compute.INVOKES,
    **policy.INVOKES,
    **stored.INVOKES,
}
