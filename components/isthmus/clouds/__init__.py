"""How one cloud says what the plan decided; the only room that imports cloud SDKs."""

from importlib import import_module
from types import ModuleType

from isthmus_catalog import Cloud

ROOMS = {
    Cloud.AWS: "isthmus.clouds.aws",
    Cloud.GCP: "isthmus.clouds.gcp",
    Cloud.AZURE: "isthmus.clouds.azure",
}


def room(cloud: Cloud, topic: str) -> ModuleType:
    """One cloud's module for a topic (`network`, `keys`, `lake`, `cluster`, `provider`), imported on first
    use: no program pays for the SDK of a cloud it does not build on."""
    return import_module(f"{ROOMS[cloud]}.{topic}")
