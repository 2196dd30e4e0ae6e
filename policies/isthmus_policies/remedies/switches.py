"""Remedies that set a property to one value, because there is only one that the rule takes.

Each was chosen because the cloud changes the property in place, nothing is lost by it, and whoever
has an identity of the cloud gets in as before. What is left out for that reason: public addresses
of machines and subnets (machines that start later may have no other way out), public endpoints of
clusters, databases and accounts (their administrators may come from there), shared keys and
passwords (programs may use nothing else), and whatever costs money for being on.
"""

from collections.abc import Callable, Mapping

from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.tagged import PRODUCTION, why_not_tagged
from isthmus_policies.remedies.edit import Keys, put_all
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Remedy
from isthmus_policies.rules.keys import seconds_of
from isthmus_policies.values import MISSING, Tree, Value, is_false, is_true

_YEAR_DAYS = 365
_QUARTER_SECONDS = 90 * 24 * 60 * 60
_WINDOW_DAYS = 30
_GOOD_TLS = ("TLS1_2", "TLS1_3")
_GOOD_GCP_TLS = ("TLS_1_2", "TLS_1_3")
_GOOD_PROFILES = ("MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205")
_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
_CONTAINER = "azure-native:storage:BlobContainer"

_REVERSIBLE = "it deletes and moves nothing, and taking it back is one update in place"


def sets(value: Value, *paths: str) -> Callable[[Resource, Context], Tree | None]:
    """A remedy that sets top-level properties."""
    wanted: Mapping[Keys, Value] = {(path,): value for path in paths}
    return lambda resource, context: put_all(resource.props, wanted)


def in_production(
    mend: Callable[[Resource, Context], Tree | None],
) -> Callable[[Resource, Context], Tree | None]:
    """The same for resources tagged as production alone: others must stay easy to take down."""

    def mend_production(resource: Resource, context: Context) -> Tree | None:
        return None if why_not_tagged(resource, PRODUCTION) else mend(resource, context)

    return mend_production


def _protects(path: str, value: Value = True, *, types: tuple[str, ...] = ()) -> Remedy:
    return Remedy(in_production(sets(value, path)), (path,), safe=_REVERSIBLE, types=types)


def _storage_account_tls(account: Resource, context: Context) -> Tree | None:
    wanted: dict[Keys, Value] = {}
    if is_false(account.get("enableHttpsTrafficOnly")):
        wanted["enableHttpsTrafficOnly",] = True
    if not is_word(account.get("minimumTlsVersion"), *_GOOD_TLS):
        wanted["minimumTlsVersion",] = _GOOD_TLS[0]
    return put_all(account.props, wanted)


def _gcp_tls_policy(policy: Resource, context: Context) -> Tree | None:
    wanted: dict[Keys, Value] = {}
    if not is_word(policy.get("minTlsVersion"), *_GOOD_GCP_TLS):
        wanted["minTlsVersion",] = _GOOD_GCP_TLS[0]
    if not is_word(policy.get("profile"), *_GOOD_PROFILES):
        wanted["profile",] = _GOOD_PROFILES[0]
    return put_all(policy.props, wanted)


def _no_anonymous_access(resource: Resource, context: Context) -> Tree | None:
    if resource.type == _CONTAINER:
        return put_all(resource.props, {("publicAccess",): "None"})
    return put_all(resource.props, {("allowBlobPublicAccess",): False})


def _aws_key_rotation(key: Resource, context: Context) -> Tree | None:
    period = key.get("rotationPeriodInDays")
    wanted: dict[Keys, Value] = {}
    if not is_true(key.get("enableKeyRotation")):
        wanted["enableKeyRotation",] = True
    if isinstance(period, int | float) and period > _YEAR_DAYS:
        wanted["rotationPeriodInDays",] = _YEAR_DAYS
    return put_all(key.props, wanted)


def _gcp_key_rotation(key: Resource, context: Context) -> Tree | None:
    period = key.get("rotationPeriod")
    if period is not MISSING and seconds_of(period) is None:
        return None  # not a duration: a mistake for its author to correct
    return put_all(key.props, {("rotationPeriod",): f"{_QUARTER_SECONDS}s"})


SWITCHES: Mapping[str, Remedy] = {
    "transport-storage-account-tls": Remedy(
        _storage_account_tls, ("minimumTlsVersion", "enableHttpsTrafficOnly"),
        safe="what the SDKs and browsers of the last ten years speak is TLS 1.2",
    ),
    "databases-cosmos-tls": Remedy(
        sets("Tls12", "minimalTlsVersion"), ("minimalTlsVersion",),
        safe="it is the service's own default; only an older version that was asked for goes",
    ),
    "network-gcp-tls-policy-modern": Remedy(
        # Source: terraform-provider-google, resource_compute_ssl_policy.go: neither is ForceNew.
        _gcp_tls_policy, ("minTlsVersion", "profile"),
        safe="the load balancer keeps running, and clients of the last ten years speak TLS 1.2",
    ),
    "exposure-s3-bucket-public-access-block": Remedy(
        # Source: terraform-provider-aws, bucket_public_access_block.go: only `bucket` is ForceNew.
        # The block of a whole account is left alone: its other buckets are not of this stack.
        sets(True, *_FLAGS), _FLAGS, types=(_ACCESS_BLOCK,), on_behalf_of="bucket",
        safe="only access without an identity of AWS ends; " + _REVERSIBLE,
    ),
    "exposure-gcs-bucket-public-access-prevention": Remedy(
        sets("enforced", "publicAccessPrevention"), ("publicAccessPrevention",),
        safe="only access of allUsers and allAuthenticatedUsers ends; " + _REVERSIBLE,
    ),
    "exposure-storage-blob-no-anonymous-access": Remedy(
        _no_anonymous_access, ("allowBlobPublicAccess", "publicAccess"),
        safe="only access without any identity ends; " + _REVERSIBLE,
    ),
    "keys-aws-key-rotation": Remedy(
        _aws_key_rotation, ("enableKeyRotation", "rotationPeriodInDays"),
        safe="the key keeps its id and its older material: what it encrypted stays readable",
    ),
    "keys-gcp-key-rotation": Remedy(
        _gcp_key_rotation, ("rotationPeriod",),
        safe="older versions stay enabled: what they encrypted stays readable",
    ),
    "secrets-kms-key-deletion-window": Remedy(
        sets(_WINDOW_DAYS, "deletionWindowInDays"), ("deletionWindowInDays",),
        safe="it only matters once the key is deleted, and then there is more time to notice",
    ),
    "logging-trail-validation": Remedy(
        sets(True, "enableLogFileValidation"), ("enableLogFileValidation",),
        safe="digests are written beside the log files, which stay as they are",
    ),
    "network-gcp-subnet-private-google-access": Remedy(
        sets(True, "privateIpGoogleAccess"), ("privateIpGoogleAccess",),
        safe="it opens a private way and closes none; machines with a public address use it no more "
        "than before",
    ),
    # A table's replicas are left alone: they are told apart by their content, and might be made
    # again.
    "databases-dynamodb-deletion-protection": _protects(
        "deletionProtectionEnabled", types=("aws:dynamodb/table:Table",)
    ),
    "kubernetes-eks-deletion-protection": _protects("deletionProtection"),
    "kubernetes-gke-deletion-protection": _protects("deletionProtection"),
    "machines-gcp-deletion-protection": _protects(
        "deletionProtection", types=("gcp:compute/instance:Instance",)
    ),
    "storage-filestore-deletion-protection": _protects("deletionProtectionEnabled"),
    "warehouse-bigquery-deletion-protection": _protects(
        "deletionProtection", types=("gcp:bigquery/table:Table",)
    ),
}  # fmt: skip
