"""Azure container registries. Where their replicas are is judged by the rule on places."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    AZURE_KEYS,
    expect_customer_key,
    expect_not_true,
    expect_one_of,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.verdict import Verdict, Verdicts

_REGISTRY = ("azure-native:containerregistry:Registry",)


@rule(
    "registries-azure-no-admin-user",
    title="Container registries have no admin user",
    why="Its one password can push images, is shared by all, and belongs to nobody.",
    fix="azure_native.containerregistry.Registry(name, admin_user_enabled=False)",
    severity=Severity.HIGH,
    types=_REGISTRY,
    controls=("AZ-ACR-01",),
)
def azure_no_admin_user(registry: Resource, context: Context) -> Verdicts:
    return expect_not_true(registry, "adminUserEnabled", "its admin user may push images")


@rule(
    "registries-azure-private-network",
    title="Container registries are closed to public networks",
    why="A leaked token could otherwise pull, or replace, images from anywhere.",
    fix="azure_native.containerregistry.Registry(name, public_network_access='Disabled')",
    severity=Severity.HIGH,
    types=_REGISTRY,
    controls=("AZ-ACR-01",),
)
def azure_private_network(registry: Resource, context: Context) -> Verdicts:
    message = "every network is admitted"
    return expect_one_of(registry, "publicNetworkAccess", ("Disabled",), message)


@rule(
    "registries-azure-customer-key",
    title="Container registries are encrypted with a customer-managed key",
    why="Images hold models and code; with Microsoft's own key nobody can revoke access to them.",
    fix="azure_native.containerregistry.Registry(name, encryption={'status': 'enabled', "
    "'key_vault_properties': {'identity': identity.client_id, 'key_identifier': key.key_uri}})",
    severity=Severity.MEDIUM,
    types=_REGISTRY,
    controls=("AZ-ACR-01",),
)
def azure_customer_key(registry: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    message = "images are encrypted with a key that Microsoft manages"
    yield expect_one_of(registry, "encryption.status", ("enabled",), message)
    key = "encryption.keyVaultProperties.keyIdentifier"
    yield expect_customer_key(registry, key, graph, AZURE_KEYS)


RULES = (azure_no_admin_user, azure_private_network, azure_customer_key)
