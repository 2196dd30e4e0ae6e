"""One description, written twice: resources of ten types on three clouds, as a state and as Terraform.

Each kind says the same logical resource in both spellings; `%` stands for its number, so that every
resource has a name of its own, and the later ones of a ten refer to the earlier.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PREFIX = "urn:pulumi:bench::estate::"


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    token: str
    inputs: Mapping[str, Any]
    terraform: str
    """The type and body of the Terraform resource."""
    refers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Property to the kind that its value came from."""


KINDS: Sequence[Kind] = (
    Kind(
        "key", "aws:kms/key:Key",
        {"description": "lake %", "enableKeyRotation": True, "tags": {"owner": "ml"}},
        'aws_kms_key: description = "lake %", enable_key_rotation = true, tags = { owner = "ml" }',
    ),
    Kind(
        "lake", "aws:s3/bucket:Bucket", {"bucket": "lake-%", "tags": {"owner": "ml"}},
        'aws_s3_bucket: bucket = "lake-%", tags = { owner = "ml" }',
    ),
    Kind(
        "block", "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        {"bucket": "lake-%", "blockPublicAcls": True, "blockPublicPolicy": True,
         "ignorePublicAcls": True, "restrictPublicBuckets": True},
        "aws_s3_bucket_public_access_block: bucket = aws_s3_bucket.lake_%.id, block_public_acls = true, "
        "block_public_policy = true, ignore_public_acls = true, restrict_public_buckets = true",
        {"bucket": "lake"},
    ),
    Kind(
        "sealed", "aws:s3/bucketServerSideEncryptionConfiguration:"
        "BucketServerSideEncryptionConfiguration",
        {"bucket": "lake-%", "rules": [{"applyServerSideEncryptionByDefault": {
            "sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:eu-north-1:1:key/%"}}]},
        "aws_s3_bucket_server_side_encryption_configuration: bucket = aws_s3_bucket.lake_%.id, "
        'rule { apply_server_side_encryption_by_default { sse_algorithm = "aws:kms", '
        "kms_master_key_id = aws_kms_key.key_%.arn } }",
        {"bucket": "lake", "rules": "key"},
    ),
    Kind(
        "door", "aws:ec2/securityGroup:SecurityGroup",
        {"description": "door %", "ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22,
                                               "cidrBlocks": ["0.0.0.0/0"]}]},
        'aws_security_group: description = "door %", ingress { protocol = "tcp", from_port = 22, '
        'to_port = 22, cidr_blocks = ["0.0.0.0/0"] }',
    ),
    Kind(
        "disk", "aws:ebs/volume:Volume",
        {"availabilityZone": "eu-north-1a", "size": 100, "encrypted": True,
         "kmsKeyId": "arn:aws:kms:eu-north-1:1:key/%"},
        'aws_ebs_volume: availability_zone = "eu-north-1a", size = 100, encrypted = true, '
        "kms_key_id = aws_kms_key.key_%.arn",
        {"kmsKeyId": "key"},
    ),
    Kind(
        "models", "gcp:storage/bucket:Bucket",
        {"name": "models-%", "location": "EUROPE-WEST4", "uniformBucketLevelAccess": True},
        'google_storage_bucket: name = "models-%", location = "EUROPE-WEST4", '
        "uniform_bucket_level_access = true",
    ),
    Kind(
        "machine", "gcp:compute/instance:Instance",
        {"name": "machine-%", "machineType": "n2-standard-4", "zone": "europe-west4-a",
         "bootDisk": {"initializeParams": {"image": "debian-cloud/debian-12"}},
         "networkInterfaces": [{"network": "default"}]},
        'google_compute_instance: name = "machine-%", machine_type = "n2-standard-4", '
        'zone = "europe-west4-a", '
        'boot_disk { initialize_params { image = "debian-cloud/debian-12" } }, '
        'network_interface { network = "default" }',
    ),
    Kind(
        "store", "azure-native:storage:StorageAccount",
        {"accountName": "store%", "resourceGroupName": "group", "location": "westeurope",
         "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "minimumTlsVersion": "TLS1_2"},
        'azurerm_storage_account: name = "store%", resource_group_name = "group", '
        'location = "westeurope", account_tier = "Standard", account_replication_type = "LRS", '
        'min_tls_version = "TLS1_2"',
    ),
    Kind(
        "vault", "azure-native:keyvault:Vault",
        {"vaultName": "vault%", "resourceGroupName": "group", "location": "westeurope",
         "properties": {"tenantId": "t", "sku": {"family": "A", "name": "standard"}}},
        'azurerm_key_vault: name = "vault%", resource_group_name = "group", '
        'location = "westeurope", tenant_id = "t", sku_name = "standard"',
    ),
)  # fmt: skip


def write_state(count: int) -> str:
    """What `pulumi stack export` writes of so many resources."""
    return json.dumps(
        {"version": 3, "deployment": {"manifest": {}, "resources": [*_in_state(count)]}}
    )


def write_terraform(count: int) -> str:
    return "\n".join(_hcl(kind).replace("%", str(number)) for kind, number in _resources(count))


def _resources(count: int) -> Iterator[tuple[Kind, int]]:
    for index in range(count):
        yield KINDS[index % len(KINDS)], index // len(KINDS)


def _in_state(count: int) -> Iterator[Mapping[str, Any]]:
    names = {kind.name: kind for kind in KINDS}
    for kind, number in _resources(count):
        inputs = json.loads(json.dumps(kind.inputs).replace("%", str(number)))
        yield {
            "urn": _urn(kind, number), "type": kind.token, "custom": True, "inputs": inputs,
            "id": f"{kind.name}-{number}", "outputs": {**inputs, "arn": f"arn:{kind.name}:{number}"},
            "propertyDependencies": {
                key: [_urn(names[name], number)] for key, name in kind.refers.items()
            },
        }  # fmt: skip


def _urn(kind: Kind, number: int) -> str:
    return f"{PREFIX}{kind.token}::{kind.name}-{number}"


def _hcl(kind: Kind) -> str:
    """HCL wants every argument on a line of its own."""
    token, _, body = kind.terraform.partition(": ")
    lines = body.replace(", ", "\n").replace("{ ", "{\n").replace(" }", "\n}")
    return f'resource "{token}" "{kind.name}_%" {{\n{lines}\n}}\n'
