"""Look-ups of what stands in the world under another name or in another shape than the resource has."""

from collections.abc import Mapping
from typing import cast

from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.gcp.invokes.accounts import project_asked
from isthmus_simulator.clouds.gcp.places import inner, last_part, text_of
from isthmus_simulator.clouds.gcp.refusals import not_found
from isthmus_simulator.values import FINGERPRINT, Properties, Value
from isthmus_simulator.world import Resource

RING = "gcp:kms/keyRing:KeyRing"
KEY = "gcp:kms/cryptoKey:CryptoKey"
CLUSTER = "gcp:container/cluster:Cluster"
VERSION = "gcp:secretmanager/secretVersion:SecretVersion"


def _one(query: Query, token: str, identity: str) -> Resource:
    found = query.session.get("gcp", token, identity)
    if found is None:
        raise not_found(f"The resource '{identity}'")
    return found


def key_ring(query: Query) -> Mapping[str, Value]:
    place, name = text_of(query.args, "location"), text_of(query.args, "name")
    found = _one(query, RING, f"projects/{project_asked(query)}/locations/{place}/keyRings/{name}")
    return {**found.outputs, "id": found.id}


def crypto_key(query: Query) -> Mapping[str, Value]:
    found = _one(
        query, KEY, f"{text_of(query.args, 'keyRing')}/cryptoKeys/{text_of(query.args, 'name')}"
    )
    return {**_in_lists(found.outputs), "id": found.id}


def crypto_key_version(query: Query) -> Mapping[str, Value]:
    found = _one(query, KEY, text_of(query.args, "cryptoKey"))
    number = query.args.get("version") or 1
    name = f"{found.id}/cryptoKeyVersions/{number}"
    return {
        "id": name,
        "name": name,
        "cryptoKey": found.id,
        "version": number,
        "state": "ENABLED",
        "algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION",
        "protectionLevel": "SOFTWARE",
        "publicKeys": [],
    }


def cluster(query: Query) -> Mapping[str, Value]:
    name = text_of(query.args, "name")
    place = text_of(query.args, "location") or query.setting.zone or query.setting.region
    found = _one(
        query,
        CLUSTER,
        f"projects/{project_asked(query)}/locations/{place}/clusters/{last_part(name)}",
    )
    return {**_in_lists(found.outputs), "id": found.id}


def _in_lists(outputs: Properties) -> Properties:
    """Data sources give each inner object as a list of one, under the plural of its name."""
    lists = {
        _plural(key): [_in_lists(cast(Properties, value))]
        for key, value in outputs.items()
        if isinstance(value, dict) and not key.lower().endswith("labels")
    }
    return {**outputs, **lists}


def _plural(name: str) -> str:
    return f"{name[:-1]}ies" if name.endswith("y") else name if name.endswith("s") else f"{name}s"


def secret_version(query: Query) -> Mapping[str, Value]:
    """The newest version or the one asked for.

    The world keeps fingerprints of secrets, so the text is made up.
    """
    project, secret = project_asked(query), last_part(text_of(query.args, "secret"))
    start = f"projects/{project}/secrets/{secret}/versions/"
    asked = text_of(query.args, "version")
    found = [
        one
        for one in query.session.resources("gcp", VERSION)
        if one.id.startswith(start) and (asked in ("", "latest") or one.id.endswith(f"/{asked}"))
    ]
    if not found:
        raise CloudError(
            f"googleapi: Error 404: Secret Version [{start}{asked or 'latest'}] not found."
        )
    stored = found[-1].outputs
    data = inner(stored, "secretData").get(FINGERPRINT)
    shown = f"simulated-{data}" if data else text_of(stored, "secretData")
    return {
        **stored,
        "id": found[-1].id,
        "secret": secret,
        "project": project,
        "secretData": shown,
        "enabled": True,
        "destroyTime": "",
        "version": found[-1].id.rsplit("/", 1)[-1],
    }


INVOKES: Mapping[str, Invoke] = {
    "gcp:kms/getKMSKeyRing:getKMSKeyRing": key_ring,
    "gcp:kms/getKMSCryptoKey:getKMSCryptoKey": crypto_key,
    "gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion": crypto_key_version,
    "gcp:container/getCluster:getCluster": cluster,
    "gcp:secretmanager/getSecretVersion:getSecretVersion": secret_version,
}
