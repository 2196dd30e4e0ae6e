"""All rules there are: a module's rules count once its line stands here."""

from isthmus_policies.rule import Rule
from isthmus_policies.rules import carbon, keys, tags, transport
from isthmus_policies.rules.cost import accelerators as cost_accelerators
from isthmus_policies.rules.cost import allocation as cost_allocation
from isthmus_policies.rules.cost import aws as cost_aws
from isthmus_policies.rules.cost import azure as cost_azure
from isthmus_policies.rules.cost import gcp as cost_gcp
from isthmus_policies.rules.cost import storage as cost_storage
from isthmus_policies.rules.databases import aws as databases_aws
from isthmus_policies.rules.databases import azure as databases_azure
from isthmus_policies.rules.encryption import aws as encryption_aws
from isthmus_policies.rules.encryption import azure as encryption_azure
from isthmus_policies.rules.encryption import gcp as encryption_gcp
from isthmus_policies.rules.exposure import aws as exposure_aws
from isthmus_policies.rules.exposure import azure as exposure_azure
from isthmus_policies.rules.exposure import gcp as exposure_gcp
from isthmus_policies.rules.governance import aws as governance_aws
from isthmus_policies.rules.governance import gcp as governance_gcp
from isthmus_policies.rules.identity import aws as identity_aws
from isthmus_policies.rules.identity import azure as identity_azure
from isthmus_policies.rules.identity import gcp as identity_gcp
from isthmus_policies.rules.kubernetes import aws as kubernetes_aws
from isthmus_policies.rules.kubernetes import azure as kubernetes_azure
from isthmus_policies.rules.kubernetes import gcp as kubernetes_gcp
from isthmus_policies.rules.logging import aws as logging_aws
from isthmus_policies.rules.logging import azure as logging_azure
from isthmus_policies.rules.logging import gcp as logging_gcp
from isthmus_policies.rules.machines import aws as machines_aws
from isthmus_policies.rules.machines import azure as machines_azure
from isthmus_policies.rules.machines import gcp as machines_gcp
from isthmus_policies.rules.ml import aws as ml_aws
from isthmus_policies.rules.ml import azure as ml_azure
from isthmus_policies.rules.ml import gcp as ml_gcp
from isthmus_policies.rules.network import aws as network_aws
from isthmus_policies.rules.network import azure as network_azure
from isthmus_policies.rules.network import gcp as network_gcp
from isthmus_policies.rules.registries import azure as registries_azure
from isthmus_policies.rules.residency import copies as residency_copies
from isthmus_policies.rules.residency import pairs as residency_pairs
from isthmus_policies.rules.residency import places as residency_places
from isthmus_policies.rules.residency import processing as residency_processing
from isthmus_policies.rules.residency import routing as residency_routing
from isthmus_policies.rules.residency import transfers as residency_transfers
from isthmus_policies.rules.secrets import aws as secrets_aws
from isthmus_policies.rules.secrets import azure as secrets_azure
from isthmus_policies.rules.secrets import gcp as secrets_gcp
from isthmus_policies.rules.storage import aws as storage_aws
from isthmus_policies.rules.storage import aws_files as storage_aws_files
from isthmus_policies.rules.storage import azure as storage_azure
from isthmus_policies.rules.storage import gcp as storage_gcp
from isthmus_policies.rules.warehouse import aws as warehouse_aws
from isthmus_policies.rules.warehouse import azure as warehouse_azure
from isthmus_policies.rules.warehouse import gcp as warehouse_gcp

FOUNDATION: tuple[Rule, ...] = (
    *encryption_aws.RULES,
    *encryption_gcp.RULES,
    *encryption_azure.RULES,
    *keys.RULES,
    *transport.RULES,
    *exposure_aws.RULES,
    *exposure_gcp.RULES,
    *exposure_azure.RULES,
    *residency_places.RULES,
    *residency_copies.RULES,
    *residency_pairs.RULES,
    *residency_transfers.RULES,
    *residency_routing.RULES,
    *residency_processing.RULES,
    *tags.RULES,
)
"""What every stack is held to: encryption, keys, transport, exposure, residency, tags."""

RULES: tuple[Rule, ...] = (
    *FOUNDATION,
    *carbon.RULES,
    *cost_accelerators.RULES,
    *cost_allocation.RULES,
    *cost_storage.RULES,
    *cost_aws.RULES,
    *cost_azure.RULES,
    *cost_gcp.RULES,
    *databases_aws.RULES,
    *governance_aws.RULES,
    *identity_aws.RULES,
    *kubernetes_aws.RULES,
    *logging_aws.RULES,
    *machines_aws.RULES,
    *ml_aws.RULES,
    *network_aws.RULES,
    *secrets_aws.RULES,
    *storage_aws.RULES,
    *storage_aws_files.RULES,
    *warehouse_aws.RULES,
    *databases_azure.RULES,
    *identity_azure.RULES,
    *kubernetes_azure.RULES,
    *logging_azure.RULES,
    *machines_azure.RULES,
    *ml_azure.RULES,
    *network_azure.RULES,
    *registries_azure.RULES,
    *secrets_azure.RULES,
    *storage_azure.RULES,
    *warehouse_azure.RULES,
    *governance_gcp.RULES,
    *identity_gcp.RULES,
    *kubernetes_gcp.RULES,
    *logging_gcp.RULES,
    *machines_gcp.RULES,
    *ml_gcp.RULES,
    *network_gcp.RULES,
    *secrets_gcp.RULES,
    *storage_gcp.RULES,
    *warehouse_gcp.RULES,
)
