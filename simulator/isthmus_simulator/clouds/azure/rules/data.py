"""Databases: administrators, passwords, places."""

import re
from collections.abc import Callable, Mapping

from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.azure.inputs import inner, tables, text, whole
from isthmus_simulator.clouds.azure.refusals import refusal
from isthmus_simulator.values import Properties, Value

RESERVED_LOGINS = {
    "admin",
    "administrator",
    "sa",
    "root",
    "dbmanager",
    "loginmanager",
    "dbo",
    "guest",
    "public",
    "azure_superuser",
    "azure_pg_admin",
}
"""https://learn.microsoft.com/azure/azure-sql/database/logins-create-manage and
https://learn.microsoft.com/azure/postgresql/flexible-server/quickstart-create-server"""
LEAST_PASSWORD, MOST_PASSWORD = 8, 128


def judge_server(call: Call) -> None:
    login = text(call.inputs.get("administratorLogin"))
    if login.lower() in RESERVED_LOGINS:
        raise refusal(400, "InvalidLoginName", f"The provided login name is invalid. ({login})")
    password = call.inputs.get("administratorLoginPassword")
    if isinstance(password, str) and not is_complex(password, login):
        raise refusal(
            400,
            "PasswordNotComplex",
            (
                "Password validation failed. The password does not meet policy requirements because it "
                "is not complex enough."
            ),
        )


def is_complex(password: str, login: str) -> bool:
    """8 to 128 characters of three kinds out of four, without the login
    (learn.microsoft.com/sql/relational-databases/security/password-policy)."""
    kinds = sum(
        bool(re.search(kind, password)) for kind in ("[A-Z]", "[a-z]", "[0-9]", r"[^A-Za-z0-9]")
    )
    fits = LEAST_PASSWORD <= len(password) <= MOST_PASSWORD
    return fits and kinds >= 3 and not (login and login.lower() in password.lower())


def judge_account(call: Call) -> None:
    """Cosmos DB wants one write region at least, and priorities without gaps or repeats
    (learn.microsoft.com/rest/api/cosmos-db-resource-provider: failoverPriority)."""
    places = tables(call.inputs.get("locations"))
    priorities = sorted(whole(place.get("failoverPriority")) for place in places)
    if len(places) > 1 and priorities != list(range(len(places))):
        raise refusal(
            400,
            "BadRequest",
            (
                "Failover priority value must be unique and sequential, beginning with 0 for the write "
                "region."
            ),
        )


def account_outputs(call: Call) -> Mapping[str, Value]:
    places = [_place(call, place) for place in tables(call.inputs.get("locations"))]
    writes = places if call.inputs.get("enableMultipleWriteLocations") else places[:1]
    policies = [
        {
            "id": place["id"],
            "locationName": place["locationName"],
            "failoverPriority": place["failoverPriority"],
        }
        for place in places
    ]
    return {
        "readLocations": places,
        "writeLocations": writes,
        "locations": places,
        "failoverPolicies": policies,
    }


def _place(call: Call, place: Properties) -> Properties:
    region = text(place.get("locationName")).lower().replace(" ", "")
    return {
        "id": f"{call.name}-{region}",
        "locationName": place.get("locationName"),
        "documentEndpoint": f"https://{call.name}-{region}.documents.azure.com:443/",
        "provisioningState": "Succeeded",
        "failoverPriority": whole(place.get("failoverPriority")),
        "isZoneRedundant": bool(place.get("isZoneRedundant")),
    }


def cognitive_endpoint(call: Call) -> str:
    """An account with a domain of its own is reached by it."""
    domain = text(inner(call.inputs, "properties").get("customSubDomainName"))
    if not domain:
        return f"https://{call.region}.api.cognitive.microsoft.com/"
    service = (
        "openai.azure.com" if call.inputs.get("kind") == "OpenAI" else "cognitiveservices.azure.com"
    )
    return f"https://{domain}.{service}/"


NESTED: Mapping[tuple[str, str], Callable[[Call], str]] = {
    ("azure-native:cognitiveservices:Account", "endpoint"): cognitive_endpoint,
}


RULES: Mapping[str, Rules] = {
    "azure-native:sql:Server": Rules(create=judge_server),
    "azure-native:dbforpostgresql:Server": Rules(create=judge_server),
    "azure-native:dbformysql:Server": Rules(create=judge_server),
    "azure-native:cosmosdb:DatabaseAccount": Rules(create=judge_account, outputs=account_outputs),
}
