"""Who the program signs in as."""

from collections.abc import Mapping

from isthmus_simulator.cloud import Invoke, Query
from isthmus_simulator.values import Secret, Value

OBJECT = "00000000-0000-0000-0000-00000000ab1e"
"""The simulated caller in the directory."""


def client_config(query: Query) -> Mapping[str, Value]:
    return {
        "clientId": query.setting.values["client"],
        "objectId": OBJECT,
        "subscriptionId": query.setting.account,
        "tenantId": query.setting.values["tenant"],
    }


def client_token(query: Query) -> Mapping[str, Value]:
    return {"token": Secret("simulated-token-that-no-azure-accepts")}


ACCOUNT: Mapping[str, Invoke] = {
    "azure-native:authorization:getClientConfig": client_config,
    "azure-native:authorization:getClientToken": client_token,
}
