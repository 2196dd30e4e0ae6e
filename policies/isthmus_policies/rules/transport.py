"""Data in transit is encrypted."""

import re
from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_setting
from isthmus_policies.questions.expect import expect_one_of, expect_statement, is_word
from isthmus_policies.questions.policy_document import Statement
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.rules.encryption.aws import BUCKETS
from isthmus_policies.values import UNKNOWN, Value, is_false, is_true
from isthmus_policies.verdict import Fail, Pass, Unknown, Verdict, Verdicts

_BUCKET_POLICIES = ("aws:s3/bucketPolicy:BucketPolicy",)
_PROJECT_POLICY = "gcp:projects/organizationPolicy:OrganizationPolicy"
_ORG_POLICY = "gcp:orgpolicy/policy:Policy"
_HTTPS_ONLY = re.compile(r"(^|/)storage\.secureHttpTransport$")


@rule(
    "transport-s3-bucket-tls-only",
    title="S3 bucket policies refuse requests without TLS",
    why="S3 answers plain HTTP unless the bucket's policy denies it.",
    fix="aws.s3.BucketPolicy(name, bucket=bucket.id, policy=...) with the statement "
    "{'Effect': 'Deny', 'Principal': '*', 'Action': 's3:*', 'Resource': [arn, arn + '/*'], "
    "'Condition': {'Bool': {'aws:SecureTransport': 'false'}}}; make the ARN from bucket.bucket, "
    "which a preview knows, rather than from bucket.arn",
    severity=Severity.HIGH,
    types=(*BUCKETS, *_BUCKET_POLICIES),
    controls=("AWS-S3-03",),
)
def s3_bucket_tls_only(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    if bucket.type in BUCKETS and bucket.has("policy"):
        return _judge_policy(bucket)
    return judge_setting(
        bucket, BUCKETS, "bucket", _BUCKET_POLICIES, graph, lambda holder: [_judge_policy(holder)]
    )


def _judge_policy(holder: Resource) -> Verdict:
    message = "the bucket policy does not deny requests without TLS"
    return expect_statement(holder, "policy", _denies_plain_http, message)


def _denies_plain_http(statement: Statement) -> bool:
    values = statement.denied_at("s3", "aws:securetransport", ("bool", "boolifexists"))
    return any(is_false(each) for each in values) and covers_bucket_and_objects(statement)


def covers_bucket_and_objects(statement: Statement) -> bool:
    """A resource that is not known yet is taken for the bucket's own: S3 accepts no other."""
    resources = statement.values("Resource")
    known = [each for each in resources if isinstance(each, str)]
    if len(known) < len(resources) or "*" in known:
        return bool(resources)
    objects = [each for each in known if each.endswith("/*")]
    return bool(objects) and any(not each.endswith("/*") for each in known)


@rule(
    "transport-gcs-project-tls-only",
    title="Projects with buckets refuse plain HTTP to Cloud Storage",
    why="Cloud Storage's XML API answers plain HTTP unless an organization policy forbids it; the "
    "policy may also be set above the project, where this stack cannot see it.",
    fix="gcp.projects.OrganizationPolicy(name, project=project, "
    "constraint='storage.secureHttpTransport', boolean_policy={'enforced': True})",
    severity=Severity.LOW,
    types=("gcp:storage/bucket:Bucket",),
    enforcement=Enforcement.ADVISORY,
)
def gcs_project_tls_only(bucket: Resource, context: Context, graph: Graph) -> Verdicts:
    return graph.once(_judge_organization_policies)


def _judge_organization_policies(graph: Graph) -> Verdict:
    # Source: docs.cloud.google.com/storage/docs/org-policy-constraints
    enforced = [
        each.get("booleanPolicy.enforced")
        for each in graph.of_type(_PROJECT_POLICY)
        if _forbids_http(each.get("constraint"))
    ] + [
        found.value
        for each in graph.of_type(_ORG_POLICY)
        if _forbids_http(each.get("name"))
        for found in each.find("spec.rules.*.enforce")
    ]
    if any(is_true(value) or is_word(value, "true") for value in enforced):
        return Pass()
    if UNKNOWN in enforced:
        return Unknown("whether plain HTTP is refused is not known yet")
    return Fail("no organization policy of this stack refuses plain HTTP")


def _forbids_http(constraint: Value) -> bool:
    return isinstance(constraint, str) and bool(_HTTPS_ONLY.search(constraint))


@rule(
    "transport-storage-account-tls",
    title="Storage accounts accept HTTPS only, with TLS 1.2 or later",
    why="A storage account that does not say otherwise accepts TLS 1.0, which is broken.",
    fix="azure_native.storage.StorageAccount(name, enable_https_traffic_only=True, "
    "minimum_tls_version='TLS1_2')",
    severity=Severity.HIGH,
    types=("azure-native:storage:StorageAccount",),
    controls=("AZ-SA-02",),
)
def storage_account_tls(account: Resource, context: Context) -> Iterator[Verdict]:
    https = account.get("enableHttpsTrafficOnly")
    # The default is true since API version 2019-04-01 (SDK documentation of the property).
    if https is UNKNOWN:
        yield Unknown("whether plain HTTP is accepted is not known yet", "enableHttpsTrafficOnly")
    elif is_false(https):
        yield Fail("plain HTTP is accepted", "enableHttpsTrafficOnly")
    message = "TLS older than 1.2 is accepted"
    yield expect_one_of(account, "minimumTlsVersion", ("TLS1_2", "TLS1_3"), message)


RULES = (s3_bucket_tls_only, gcs_project_tls_only, storage_account_tls)
