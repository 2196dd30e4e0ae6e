"""S3 buckets and what belongs to them; image repositories."""

import re
from collections.abc import Iterator, Mapping

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.aws.policies import (
    is_public,
    judge_document,
    read_document,
    statements,
)
from isthmus_simulator.clouds.aws.reading import listed, table
from isthmus_simulator.clouds.aws.regional import regional_id
from isthmus_simulator.values import Value
from isthmus_simulator.world import Resource

BUCKET = "aws:s3/bucket:Bucket"
BUCKET_V2 = "aws:s3/bucketV2:BucketV2"
BUCKETS = (BUCKET, BUCKET_V2)
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
OWNERSHIP = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"
OBJECTS = (
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/objectCopy:ObjectCopy",
)
PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read")
DASHED_REGIONS = frozenset(
    {
        "ap-northeast-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "eu-west-1",
        "sa-east-1",
        "us-east-1",
        "us-gov-west-1",
        "us-west-1",
        "us-west-2",
    }
)
"""Where website endpoints have a dash before the region; newer regions have a dot (AWS General
Reference, "Amazon S3 website endpoints")."""
REPOSITORY = "aws:ecr/repository:Repository"


def check_name(call: Call) -> Iterator[Failure]:
    """Bucket names (S3 User Guide, "General purpose bucket naming rules")."""
    name = call.inputs.get("bucket")
    if isinstance(name, str) and name:
        reason = judge_bucket_name(name)
        if reason:
            said = "InvalidBucketName: The specified bucket is not valid."
            yield Failure("bucket", f'{said} "{name}" {reason}')


def judge_bucket_name(name: str) -> str:
    if not 3 <= len(name) <= 63:
        return f"has {len(name)} characters; 3 to 63 are right"
    if not re.fullmatch(r"[0-9a-z.-]+", name):
        return "has other characters than lower-case letters, digits, periods and hyphens"
    if re.fullmatch(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}", name):
        return "looks like an IP address"
    if name[0] in ".-" or name[-1] in ".-":
        return "does not begin and end with a letter or a digit"
    return "has two periods side by side" if ".." in name else ""


def judge_acl(call: Call) -> None:
    """New buckets have ACLs off and public access blocked (S3 User Guide, "Default settings for new S3
    buckets"); a bucket that is created with an ACL has to say otherwise first."""
    acl = call.inputs.get("acl")
    if call.token in BUCKETS:
        if isinstance(acl, str) and acl in PUBLIC_ACLS:
            raise CloudError(
                "InvalidBucketAclWithBlockPublicAccessError: Bucket cannot have public ACLs set with "
                "BlockPublicAccess enabled"
            )
        return
    bucket = call.target("bucket")
    if bucket is None or not acl or acl == "private":
        return
    owners = {
        str(table(one.inputs, "rule").get("objectOwnership"))
        for one in _beside(call, bucket, OWNERSHIP)
    }
    if not owners & {"BucketOwnerPreferred", "ObjectWriter"}:
        raise CloudError("AccessControlListNotSupported: The bucket does not allow ACLs")
    if acl in PUBLIC_ACLS and _blocks(call, bucket, "blockPublicAcls"):
        raise CloudError(
            "AccessDenied: User: arn:aws:iam::" + call.setting.account + ":user/simulated is not "
            "authorized to perform: s3:PutBucketAcl because public ACLs are prevented by the "
            "BlockPublicAcls setting in S3 Block Public Access."
        )


def _beside(call: Call, bucket: Resource, token: str) -> list[Resource]:
    return [
        one
        for path, one in call.world.linked_from(bucket.key)
        if one.type == token and path == "bucket"
    ]


def _blocks(call: Call, bucket: Resource, setting: str) -> bool:
    blocks = _beside(call, bucket, BLOCK)
    return not blocks or any(bool(one.inputs.get(setting)) for one in blocks)


def judge_policy(call: Call) -> None:
    """The document, its resources, and Block Public Access, which is on for new buckets."""
    text = call.inputs.get("policy")
    judge_document(text, code="MalformedPolicy", resource_policy=True)
    bucket = call.target("bucket")
    if bucket is None:
        return
    for one in statements(read_document(text)):
        for resource in listed(one.get("Resource")):
            if isinstance(resource, str) and resource != "*" and not _concerns(resource, bucket):
                raise CloudError("MalformedPolicy: Policy has invalid resource")
    if is_public(read_document(text)) and _blocks(call, bucket, "blockPublicPolicy"):
        arn = bucket.outputs.get("arn")
        raise CloudError(
            f"AccessDenied: User: arn:aws:iam::{call.setting.account}:user/simulated is not "
            f"authorized to perform: "
            f's3:PutBucketPolicy on resource: "{arn}" because public policies are prevented by '
            f"the BlockPublicPolicy "
            "setting in S3 Block Public Access."
        )


def _concerns(resource: str, bucket: Resource) -> bool:
    name = resource.split(":::", 1)[-1].split("/", 1)[0]
    return bool(re.fullmatch(re.escape(name).replace(r"\*", ".*").replace(r"\?", "."), bucket.id))


def keep_full_bucket(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    full = any(other.type in OBJECTS and path == "bucket" for path, other in dependents)
    if full and not call.inputs.get("forceDestroy"):
        raise CloudError(f"BucketNotEmpty: The bucket you tried to delete is not empty ({call.id})")


def bucket_outputs(call: Call) -> Mapping[str, Value]:
    zone = {"hostedZoneId": regional_id(call.region, "s3_website_zone")}
    return {**zone, **(_website(call, call.id) if call.inputs.get("website") else {})}


def website_outputs(call: Call) -> Mapping[str, Value]:
    bucket = call.target("bucket")
    return _website(call, bucket.id if bucket else call.id)


def _website(call: Call, bucket: str) -> dict[str, Value]:
    dash = "-" if call.region in DASHED_REGIONS else "."
    domain = f"s3-website{dash}{call.region}.amazonaws.com"
    return {"websiteDomain": domain, "websiteEndpoint": f"{bucket}.{domain}"}


def check_repository(call: Call) -> Iterator[Failure]:
    name = call.inputs.get("name")
    if isinstance(name, str) and not re.fullmatch(
        r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*", name
    ):
        yield Failure(
            "name",
            f"InvalidParameterException: Invalid parameter at 'repositoryName' failed to satisfy "
            f"constraint: '{name}' must be lower case letters, digits, and . _ - / between them",
        )


def judge_object(call: Call) -> None:
    acl = call.inputs.get("acl")
    bucket = call.target("bucket")
    if bucket is None or not acl or acl in ("private", "bucket-owner-full-control"):
        return
    owners = {
        str(table(one.inputs, "rule").get("objectOwnership"))
        for one in _beside(call, bucket, OWNERSHIP)
    }
    if not owners & {"BucketOwnerPreferred", "ObjectWriter"}:
        raise CloudError("AccessControlListNotSupported: The bucket does not allow ACLs")
    if acl in PUBLIC_ACLS and _blocks(call, bucket, "blockPublicAcls"):
        raise CloudError("AccessDenied: Access Denied (BlockPublicAcls is on for the bucket)")


_BUCKET_RULES = Rules(
    check=check_name, create=judge_acl, outputs=bucket_outputs, delete=keep_full_bucket
)
RULES: Mapping[str, Rules] = {
    BUCKET: _BUCKET_RULES,
    BUCKET_V2: _BUCKET_RULES,
    POLICY: Rules(create=judge_policy),
    "aws:s3/bucketAcl:BucketAcl": Rules(create=judge_acl),
    "aws:s3/bucketAclV2:BucketAclV2": Rules(create=judge_acl),
    **{one: Rules(create=judge_object) for one in OBJECTS[:2]},
    "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": Rules(outputs=website_outputs),
    "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2": Rules(
        outputs=website_outputs
    ),
    REPOSITORY: Rules(check=check_repository),
}
