"""The functions of the Azure SDK that the simulated cloud answers."""

from collections.abc import Iterator, Mapping

from isthmus_simulator.cloud import Invoke
from isthmus_simulator.clouds.azure import paths
from isthmus_simulator.clouds.azure.invokes.account import ACCOUNT
from isthmus_simulator.clouds.azure.invokes.keys import list_keys, told
from isthmus_simulator.clouds.azure.invokes.kubeconfig import KUBECONFIG
from isthmus_simulator.clouds.azure.invokes.lookups import LOOKUPS, get_resource

TOLD: Mapping[str, Invoke] = {**ACCOUNT, **KUBECONFIG, **LOOKUPS}


class AzureInvokes(Mapping[str, Invoke]):
    """Functions of their own, lists of keys (keys.toml), and `getX` for every X with a known path."""

    def __getitem__(self, token: str) -> Invoke:
        if token in TOLD:
            return TOLD[token]
        if token in told():
            return list_keys
        package, module, name = token.split(":")
        if name.startswith("get") and paths.told_path(f"{package}:{module}:{name[3:]}"):
            return get_resource
        raise KeyError(token)

    def __iter__(self) -> Iterator[str]:
        return iter((*TOLD, *told()))

    def __len__(self) -> int:
        return len(TOLD) + len(told())


INVOKES = AzureInvokes()
