"""AWS stores are encrypted with a customer-managed KMS key."""

from collections.abc import Iterator, Set

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_setting
from isthmus_policies.questions.expect import AWS_KEYS, expect_customer_key, is_word
from isthmus_policies.resource import Provider, Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, is_true
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
BUCKET_ENCRYPTIONS = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
BUCKET_LOGGINGS = (
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketLoggingV2:BucketLoggingV2",
)
_LOG_TARGETS = {
    **dict.fromkeys(BUCKET_LOGGINGS, "targetBucket"),
    "aws:s3/bucket:Bucket": "logging.targetBucket",
    "aws:s3/bucketV2:BucketV2": "loggings.*.targetBucket",
}
"""Where a type says which bucket takes the access logs."""
_BUCKET_DEFAULT = "rules.*.applyServerSideEncryptionByDefault"
_INLINE_BUCKET_DEFAULTS = (
    "serverSideEncryptionConfiguration.rule.applyServerSideEncryptionByDefault",
    "serverSideEncryptionConfigurations.*.rules.*.applyServerSideEncryptionByDefaults.*",
)
_LAUNCH_CONFIGURATION = "aws:ec2/launchConfiguration:LaunchConfiguration"
_LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
_DISKS = {
    "aws:ebs/volume:Volume": (),
    **dict.fromkeys(
        ("aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest"),
        ("rootBlockDevice", "ebsBlockDevices.*"),
    ),
    _LAUNCH_TEMPLATE: ("blockDeviceMappings.*.ebs",),
}
"""Where a type describes its disks, the image's own disk first; a volume is a disk itself."""
DISK_TYPES = (*_DISKS, _LAUNCH_CONFIGURATION, _NODE_GROUP)
DISK_DEFAULT = "aws:ebs/encryptionByDefault:EncryptionByDefault"

Place = tuple[Provider | None, str]


@rule(
    "encryption-s3-bucket-customer-key",
    title="S3 buckets are encrypted with a customer-managed key",
    why="With S3's own key nobody can revoke access to the data by disabling a key.",
    fix="aws.s3.BucketServerSideEncryptionConfiguration(name, bucket=bucket.id, rules=[{"
    "'apply_server_side_encryption_by_default': "
    "{'sse_algorithm': 'aws:kms', 'kms_master_key_id': key.arn}, 'bucket_key_enabled': True}])",
    severity=Severity.HIGH,
    types=(*BUCKETS, *BUCKET_ENCRYPTIONS),
    controls=("AWS-S3-01",),
)
def s3_bucket_customer_key(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    if takes_access_logs(bucket, graph):
        return NotApplicable(
            "access logs are delivered to it, and S3 does so only to buckets under its own key"
            " (S3 User Guide, 'Enabling Amazon S3 server access logging')"
        )
    inline = next((path for path in _INLINE_BUCKET_DEFAULTS if any(bucket.find(path))), None)
    if inline:
        return _judge_bucket_default(bucket, inline, graph)
    return judge_setting(
        bucket, BUCKETS, "bucket", BUCKET_ENCRYPTIONS, graph,
        lambda holder: _judge_bucket_default(holder, _BUCKET_DEFAULT, graph),
    )  # fmt: skip


def takes_access_logs(bucket: Resource, graph: Graph) -> bool:
    """Whether another bucket's access logs are delivered to this one."""
    return any(
        all(logged.urn != bucket.urn for logged in graph.references(logger, "bucket", BUCKETS))
        for token, path in _LOG_TARGETS.items()
        for logger in graph.referenced_by(bucket, path, (token,))
    )


def _judge_bucket_default(holder: Resource, path: str, graph: Graph) -> Iterator[Verdict]:
    defaults = tuple(holder.find(path))
    if not defaults:
        yield Fail("no default encryption is set", path)
    for default in defaults:
        algorithm = holder.get(f"{default.path}.sseAlgorithm")
        if algorithm is not UNKNOWN and not is_word(algorithm, "aws:kms", "aws:kms:dsse"):
            yield Fail(f"the algorithm is {_said(algorithm)}", f"{default.path}.sseAlgorithm")
        elif algorithm is UNKNOWN and default.value is not UNKNOWN:
            yield Unknown("the algorithm is not known yet", f"{default.path}.sseAlgorithm")
        else:
            yield expect_customer_key(holder, f"{default.path}.kmsMasterKeyId", graph, AWS_KEYS)


@rule(
    "encryption-ebs-disk-customer-key",
    title="EBS volumes and machine disks are encrypted with a customer-managed key",
    why="Disks hold datasets, checkpoints and model weights; snapshots of them inherit the key.",
    fix="aws.ec2.LaunchTemplate(name, block_device_mappings=[{'device_name': '/dev/xvda', "
    "'ebs': {'encrypted': 'true', 'kms_key_id': key.arn}}])",
    severity=Severity.HIGH,
    types=DISK_TYPES,
    controls=("AWS-EC2-01",),
)
def ebs_disk_customer_key(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if _default_key_in_force(resource, graph):
        return Pass()
    if resource.type == _LAUNCH_CONFIGURATION:
        return Fail("a launch configuration cannot name a key; use a launch template")
    if resource.type == _NODE_GROUP:
        if resource.has("launchTemplate"):
            return Pass()  # the template is judged itself
        return Fail("without a launch template the nodes' disks get the AWS-managed key")
    return tuple(_judge_disks(resource, graph))


def _judge_disks(resource: Resource, graph: Graph) -> Iterator[Verdict]:
    paths = _DISKS[resource.type]
    if paths and not any(resource.find(paths[0])) and not resource.has("launchTemplate"):
        yield Fail(
            "the image's own disk is not described, so it gets the AWS-managed key", paths[0]
        )
    disks = [f"{disk.path}." for path in paths for disk in resource.find(path)] if paths else [""]
    for disk in disks:
        # An unknown switch beside a key is on: AWS refuses a key without encryption.
        encrypted = resource.get(f"{disk}encrypted")
        if encrypted is not UNKNOWN and not is_true(encrypted):
            yield Fail("the disk is not encrypted", f"{disk}encrypted")
        else:
            yield expect_customer_key(resource, f"{disk}kmsKeyId", graph, AWS_KEYS)


def _default_key_in_force(resource: Resource, graph: Graph) -> bool:
    """Whether the stack encrypts every new disk of the account and region with a key of its own."""
    return place_of(resource) in graph.once(_places_with_default_key)


def _places_with_default_key(graph: Graph) -> Set[Place]:
    keys = graph.of_type("aws:ebs/defaultKmsKey:DefaultKmsKey")
    enabled = {place_of(each) for each in graph.of_type(DISK_DEFAULT) if _is_enabled(each)}
    return enabled & {place_of(each) for each in keys}


def _is_enabled(resource: Resource) -> bool:
    value = resource.get("enabled")
    return value is MISSING or is_true(value)  # the provider's default is true


def place_of(resource: Resource) -> Place:
    """The account and region it is in: what they set by default holds for all that is there."""
    return resource.provider, str(resource.get("region"))


@rule(
    "encryption-eks-secrets-customer-key",
    title="EKS encrypts Kubernetes secrets with a customer-managed key",
    why="Secrets hold the credentials of everything that runs in the cluster.",
    fix="aws.eks.Cluster(name, encryption_config={'provider': {'key_arn': key.arn}, "
    "'resources': ['secrets']})",
    severity=Severity.HIGH,
    types=("aws:eks/cluster:Cluster",),
    controls=("AWS-EKS-02",),
)
def eks_secrets_customer_key(cluster: Resource, context: Context, graph: Graph) -> Verdicts:
    kinds = [found.value for found in cluster.find("encryptionConfig.resources.*")]
    if "secrets" not in kinds and UNKNOWN not in kinds:
        return Fail("secrets are not encrypted with a key of yours", "encryptionConfig.resources")
    if "secrets" not in kinds and cluster.get("encryptionConfig") is not UNKNOWN:
        return Unknown("what is encrypted is not known yet", "encryptionConfig.resources")
    return expect_customer_key(cluster, "encryptionConfig.provider.keyArn", graph, AWS_KEYS)


@rule(
    "encryption-log-group-customer-key",
    title="CloudWatch log groups are encrypted with a customer-managed key",
    why="Logs quote the data and credentials that programs handle.",
    fix="aws.cloudwatch.LogGroup(name, kms_key_id=key.arn)",
    severity=Severity.MEDIUM,
    types=("aws:cloudwatch/logGroup:LogGroup",),
    controls=("AWS-LOG-01",),
)
def log_group_customer_key(group: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(group, "kmsKeyId", graph, AWS_KEYS)


@rule(
    "encryption-aws-secret-customer-key",
    title="Secrets Manager secrets, and their replicas, are encrypted with a customer-managed key",
    why="The key's policy is a second lock on the secret, and the only one that crosses accounts.",
    fix="aws.secretsmanager.Secret(name, kms_key_id=key.arn)",
    severity=Severity.HIGH,
    types=("aws:secretsmanager/secret:Secret",),
    controls=("AWS-SEC-01",),
)
def aws_secret_customer_key(secret: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    yield expect_customer_key(secret, "kmsKeyId", graph, AWS_KEYS)
    for replica in secret.find("replicas.*"):
        yield expect_customer_key(secret, f"{replica.path}.kmsKeyId", graph, AWS_KEYS)


def _said(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else "not set"


RULES = (
    s3_bucket_customer_key,
    ebs_disk_customer_key,
    eks_secrets_customer_key,
    log_group_customer_key,
    aws_secret_customer_key,
)
