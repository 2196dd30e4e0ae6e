"""What the clouds' rooms offer, found without their SDKs: a program that prints it as JSON.

The SDKs take many seconds to import. Here every one of them is hollow, which also tells exactly which
room asked for which.
"""

import inspect
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

from isthmus.clouds import ROOMS
from tests.contracts.house import asked_of_rooms


class HollowSdk(MetaPathFinder, Loader):
    """Stands in for every `pulumi_*` package; any name can be imported from it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        is_sdk = fullname.startswith("pulumi_")
        return ModuleSpec(fullname, self, is_package=True) if is_sdk else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _HollowModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


class _HollowModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock(name=f"{self.__name__}.{name}")


def describe(package: str) -> dict[str, Any]:
    """The functions of one room that are asked for, each with its parameters (None where the room has no
    such function), and the SDKs it imports."""
    functions = {
        f"{asked.topic}.{asked.function}": _signature(package, asked.topic, asked.function)
        for asked in asked_of_rooms()
    }
    imported = [name for name in sys.modules if name.startswith("pulumi_")]
    for name in imported:
        del sys.modules[name]
    return {"functions": functions, "sdks": sorted({name.split(".")[0] for name in imported})}


def _signature(package: str, topic: str, function: str) -> list[str] | None:
    try:
        found = getattr(import_module(f"{package}.{topic}"), function, None)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(package):
            raise
        return None
    if found is None:
        return None
    signature = inspect.signature(found)
    return [*map(str, signature.parameters.values()), f"-> {signature.return_annotation}"]


if __name__ == "__main__":
    sys.meta_path.insert(0, HollowSdk())
    print(json.dumps({cloud: describe(package) for cloud, package in ROOMS.items()}))
