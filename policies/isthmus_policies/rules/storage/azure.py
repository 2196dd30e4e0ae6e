"""Azure storage accounts: who gets in, what can be restored, what cannot be changed."""

from collections.abc import Iterable, Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_companions, judge_setting
from isthmus_policies.questions.expect import (
    expect_at_least,
    expect_false,
    expect_not_true,
    expect_one_of,
    expect_true,
    is_word,
)
from isthmus_policies.questions.records import (
    RECORDS_DAYS,
    RECORDS_LAW,
    RECORDS_YEARS,
    why_no_records,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Enforcement, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, is_true, read
from isthmus_policies.verdict import Fail, NotApplicable, Pass, Unknown, Verdict, Verdicts

_ACCOUNT = "azure-native:storage:StorageAccount"
_BLOB_SERVICE = "azure-native:storage:BlobServiceProperties"
_CONTAINER = "azure-native:storage:BlobContainer"
_CONTAINER_POLICY = "azure-native:storage:BlobContainerImmutabilityPolicy"
_SHORTEST_RECOVERY_DAYS = 7
"""A week, in which a deletion is usually noticed; a source for the figure was not found."""
_IMMUTABLE = "immutableStorageWithVersioning"
_DAYS = "immutabilityPeriodSinceCreationInDays"


@rule(
    "storage-account-double-encryption",
    title="Storage accounts encrypt their data twice",
    why="With a second layer under the first, no single key or algorithm gives the data away.",
    fix="azure_native.storage.StorageAccount(name, "
    "encryption={'require_infrastructure_encryption': True, ...}); it can only be set at creation",
    severity=Severity.LOW,
    types=(_ACCOUNT,),
    controls=("AZ-SA-01",),
)
def account_double_encryption(account: Resource, context: Context) -> Verdicts:
    path = "encryption.requireInfrastructureEncryption"
    return expect_true(account, path, "the data is encrypted only once")


@rule(
    "storage-account-no-shared-key",
    title="Storage accounts let in nobody by key or local password",
    why="Whoever holds an account key can do everything, and nobody can tell who it was.",
    fix="azure_native.storage.StorageAccount(name, allow_shared_key_access=False)",
    severity=Severity.HIGH,
    types=(_ACCOUNT,),
    controls=("AZ-SA-06",),
)
def account_no_shared_key(account: Resource, context: Context) -> Iterator[Verdict]:
    # Left out means true for the keys, and off for local users (SDK documentation of both).
    yield expect_false(account, "allowSharedKeyAccess", "the account's keys open everything in it")
    yield expect_not_true(account, "isLocalUserEnabled", "local users have passwords of their own")


@rule(
    "storage-account-no-foreign-replication",
    title="Storage accounts are not replicated to other tenants",
    why="A replication policy of another tenant would carry the data out of your reach.",
    fix="azure_native.storage.StorageAccount(name, allow_cross_tenant_replication=False)",
    severity=Severity.HIGH,
    types=(_ACCOUNT,),
    controls=("AZ-SA-06",),
)
def account_no_foreign_replication(account: Resource, context: Context) -> Verdicts:
    # New accounts refuse by default (SDK documentation of the property).
    path = "allowCrossTenantReplication"
    return expect_not_true(account, path, "its blobs may be replicated to other tenants")


@rule(
    "storage-azure-blob-recoverable",
    title="Deleted and overwritten blobs can be restored for at least a week",
    why="A mistaken or malicious deletion is noticed days later.",
    fix="azure_native.storage.BlobServiceProperties(name, account_name=account.name, "
    "blob_services_name='default', delete_retention_policy={'enabled': True, 'days': 7}, "
    "is_versioning_enabled=True)",
    severity=Severity.MEDIUM,
    types=(_ACCOUNT, _BLOB_SERVICE),
    controls=("AZ-SA-07",),
)
def azure_blob_recoverable(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    if is_word(resource.get("kind"), "FileStorage"):
        return NotApplicable("it holds file shares and no blobs")

    def judge(service: Resource) -> Iterator[Verdict]:
        return _judge_recovery(service, graph.references(service, "accountName"))

    return judge_setting(resource, (_ACCOUNT,), "accountName", (_BLOB_SERVICE,), graph, judge)


def _judge_recovery(service: Resource, accounts: Iterable[Resource]) -> Iterator[Verdict]:
    deletion = "deleteRetentionPolicy"
    yield expect_true(service, f"{deletion}.enabled", "deleted blobs are gone at once")
    message = f"deleted blobs are kept for less than {_SHORTEST_RECOVERY_DAYS} days"
    yield expect_at_least(service, f"{deletion}.days", _SHORTEST_RECOVERY_DAYS, message)
    # Accounts with a hierarchical namespace (data lakes) cannot keep versions. Source: Azure
    # Storage documentation, "Soft delete and versioning options".
    if not any(is_true(account.get("isHnsEnabled")) for account in accounts):
        yield expect_true(service, "isVersioningEnabled", "overwritten blobs are gone at once")


@rule(
    "storage-azure-records-immutable",
    title="Storage accounts tagged as records keep their blobs from change and deletion",
    why="Records that can be altered prove nothing, and the law may demand them unaltered.",
    fix="azure_native.storage.BlobContainerImmutabilityPolicy(name, account_name=account.name, "
    "container_name=container.name, immutability_policy_name='default', "
    f"immutability_period_since_creation_in_days={RECORDS_DAYS})",
    severity=Severity.HIGH,
    types=(_ACCOUNT, _CONTAINER),
    controls=("AZ-SA-08",),
    requirements=RECORDS_LAW,
)
def azure_records_immutable(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    account = _find_account_of_records(resource, graph)
    if not isinstance(account, Resource):
        return account
    if account.has(_IMMUTABLE):
        covered = NotApplicable("its account's policy covers it")
        return _judge_account_policy(account) if resource is account else covered
    if resource is not account:
        return judge_companions(
            resource, "containerName", (_CONTAINER_POLICY,), graph,
            lambda policy: [_judge_days(policy, _DAYS)], within="accountName",
        )  # fmt: skip
    if graph.referenced_by(account, "accountName", (_CONTAINER,)):
        return NotApplicable("its containers are judged one by one")
    return Fail("nothing keeps its records from being changed", _IMMUTABLE)


def _find_account_of_records(
    resource: Resource, graph: Graph
) -> Resource | NotApplicable | Unknown:
    """The account that a resource is or belongs to, if it holds records; else what to answer."""
    owners = graph.references(resource, "accountName", (_ACCOUNT,))
    account = resource if resource.type == _ACCOUNT else next(iter(owners), None)
    if account:
        return why_no_records(account) or account
    if resource.get("accountName") is UNKNOWN:
        return Unknown("cannot tell before the deployment whose container it is", "accountName")
    return NotApplicable("its account is not of this stack, so that nothing says it holds records")


def _judge_account_policy(account: Resource) -> Iterator[Verdict]:
    policy = f"{_IMMUTABLE}.immutabilityPolicy"
    yield expect_true(account, f"{_IMMUTABLE}.enabled", "its records can be changed")
    in_force = ("Unlocked", "Locked")
    yield expect_one_of(account, f"{policy}.state", in_force, "no immutability is in force")
    yield _judge_days(account, f"{policy}.{_DAYS}")


def _judge_days(holder: Resource, path: str) -> Verdict:
    message = f"records are kept for less than {RECORDS_YEARS} years"
    return expect_at_least(holder, path, RECORDS_DAYS, message)


@rule(
    "storage-azure-records-locked",
    title="The immutability of records is locked",
    why="Until it is locked, an administrator can shorten or remove it, as if it were not there.",
    fix="set the state of the account's immutability policy to 'Locked' in a second deployment, "
    "or run: az storage container immutability-policy lock",
    severity=Severity.HIGH,
    types=(_ACCOUNT, _CONTAINER_POLICY),
    controls=("AZ-SA-08",),
    requirements=RECORDS_LAW,
    # Azure creates policies unlocked only: a rule that blocks would forbid the first deployment.
    enforcement=Enforcement.ADVISORY,
)
def azure_records_locked(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    account = _find_account_of_records(resource, graph)
    if not isinstance(account, Resource):
        return account
    if resource is account:
        if not resource.has(_IMMUTABLE):
            return NotApplicable("it has no policy of its own that could be locked")
        state = f"{_IMMUTABLE}.immutabilityPolicy.state"
        return expect_one_of(resource, state, ("Locked",), "the policy can still be removed")
    return _judge_lock_of_container(resource)


def _judge_lock_of_container(policy: Resource) -> Verdict:
    """A container's policy is locked by a command: Pulumi can only see whether it was."""
    state = read(policy.outputs, "state")
    if state in (MISSING, UNKNOWN):
        return Unknown("whether the policy is locked is only known once it exists", "state")
    return Pass() if is_word(state, "Locked") else Fail("the policy can be removed", "state")


RULES = (
    account_double_encryption,
    account_no_shared_key,
    account_no_foreign_replication,
    azure_blob_recoverable,
    azure_records_immutable,
    azure_records_locked,
)
