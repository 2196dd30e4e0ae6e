"""Databases and warehouses: Cloud SQL and BigQuery."""

import re
from collections.abc import Iterator, Mapping

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.gcp.outputs import private_address, public_address
from isthmus_simulator.clouds.gcp.places import WORLD_TIME, inner, project_of, region_of, text_of
from isthmus_simulator.clouds.gcp.refusals import bad_request
from isthmus_simulator.values import Value
from isthmus_simulator.world import Resource

CONNECTION = "gcp:servicenetworking/connection:Connection"
TABLE = "gcp:bigquery/table:Table"
ENGINES = ("MYSQL_", "POSTGRES_", "SQLSERVER_")
"""https://cloud.google.com/sql/docs/db-versions: every version begins with its engine."""
DATASET_NAME = re.compile(r"[0-9A-Za-z_]+")


def create_instance(call: Call) -> None:
    version = text_of(call.inputs, "databaseVersion")
    if not version.startswith(ENGINES):
        raise bad_request(
            f"Invalid request: Invalid value for: Invalid value '{version}' for databaseVersion",
            "invalid",
        )
    network = text_of(inner(call.inputs, "settings", "ipConfiguration"), "privateNetwork")
    found = call.target("settings.ipConfiguration.privateNetwork")
    if network and not (found and _is_peered(call, found)):
        raise bad_request(
            "Invalid request: Incorrect Service Networking config for instance: "
            f"{project_of(call)}:{call.name}:SERVICE_NETWORKING_NOT_ENABLED.",
            "invalid",
        )


def _is_peered(call: Call, network: Resource) -> bool:
    """A private address needs a private service connection in the network."""
    return any(one.type == CONNECTION for _, one in call.world.linked_from(network.key))


def instance_outputs(call: Call) -> dict[str, Value]:
    config = inner(call.inputs, "settings", "ipConfiguration")
    is_public = config.get("ipv4Enabled") not in (False, "false")
    public = public_address(call, "public") if is_public else ""
    private = private_address(call, "private") if text_of(config, "privateNetwork") else ""
    addresses = [
        {"type": kind, "ipAddress": address, "timeToRetire": ""}
        for kind, address in (("PRIMARY", public), ("PRIVATE", private))
        if address
    ]
    certificate = {
        "cert": "-----BEGIN CERTIFICATE-----\nsimulated\n-----END CERTIFICATE-----",
        "commonName": "C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA",
        "createTime": WORLD_TIME,
        "expirationTime": "2036-01-01T00:00:00Z",
        "sha1Fingerprint": call.maker.child("ca").hex(40),
    }
    return {
        "ipAddresses": addresses,
        "firstIpAddress": addresses[0]["ipAddress"] if addresses else "",
        "publicIpAddress": public,
        "privateIpAddress": private,
        "serverCaCerts": [certificate],
        "region": region_of(call),
        "dnsName": "",
    }


def check_dataset(call: Call) -> Iterator[Failure]:
    """The provider's own look at the name (validateDatasetId)."""
    name = call.inputs.get("datasetId")
    if isinstance(name, str) and not DATASET_NAME.fullmatch(name):
        yield Failure(
            "datasetId",
            '"dataset_id" must contain only letters (a-z, A-Z), numbers (0-9), or underscores (_)',
        )


def delete_dataset(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    tables = [one for _, one in dependents if one.type == TABLE]
    if tables and call.inputs.get("deleteContentsOnDestroy") not in (True, "true"):
        name = text_of(call.inputs, "datasetId")
        raise bad_request(f"Dataset {project_of(call)}:{name} is still in use", "resourceInUse")


def dataset_outputs(call: Call) -> dict[str, Value]:
    given = call.inputs.get("accesses")
    return (
        {}
        if given
        else {
            "accesses": [
                {"role": "OWNER", "specialGroup": "projectOwners"},
                {"role": "WRITER", "specialGroup": "projectWriters"},
                {"role": "READER", "specialGroup": "projectReaders"},
            ]
        }
    )


RULES: Mapping[str, Rules] = {
    "gcp:sql/databaseInstance:DatabaseInstance": Rules(
        create=create_instance, outputs=instance_outputs
    ),
    "gcp:bigquery/dataset:Dataset": Rules(
        check=check_dataset, outputs=dataset_outputs, delete=delete_dataset
    ),
}
