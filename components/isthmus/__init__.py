"""Reusable Pulumi components for hybrid-cloud AI infrastructure on AWS, Google Cloud and Azure.

    from isthmus import AcceleratorCluster, Keys, LakeStore, Network

The components are loaded on first use, so that reading a configuration or making a plan does not import
the engine's SDK.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from isthmus.cluster import AcceleratorCluster
    from isthmus.keys import Keys
    from isthmus.lake import LakeStore
    from isthmus.network import Network

    COMPONENTS = (Network, Keys, LakeStore, AcceleratorCluster)

__all__ = ["COMPONENTS", "AcceleratorCluster", "Keys", "LakeStore", "Network"]

_HOMES = {
    "Network": "isthmus.network",
    "Keys": "isthmus.keys",
    "LakeStore": "isthmus.lake",
    "AcceleratorCluster": "isthmus.cluster",
}


def __getattr__(name: str) -> Any:
    if name == "COMPONENTS":
        return tuple(getattr(import_module(home), cls) for cls, home in _HOMES.items())
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'isthmus' has no attribute '{name}'")
