"""Shared file systems (EFS and FSx for Lustre) are encrypted, closed to strangers and backed up."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.companions import judge_setting
from isthmus_policies.questions.expect import (
    AWS_KEYS,
    expect,
    expect_at_least,
    expect_customer_key,
    expect_no_statement,
    expect_one_of,
    expect_present,
    expect_statement,
    expect_true,
    is_word,
)
from isthmus_policies.questions.policy_document import Statement
from isthmus_policies.questions.tagged import tag_of
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import MISSING, UNKNOWN, is_false
from isthmus_policies.verdict import Fail, NotApplicable, Unknown, Verdict, Verdicts

_EFS = ("aws:efs/fileSystem:FileSystem",)
_EFS_POLICIES = ("aws:efs/fileSystemPolicy:FileSystemPolicy",)
_EFS_BACKUPS = ("aws:efs/backupPolicy:BackupPolicy",)
_EFS_REPLICATION = "aws:efs/replicationConfiguration:ReplicationConfiguration"
_LUSTRE = ("aws:fsx/lustreFileSystem:LustreFileSystem",)
_LUSTRE_LINKS = ("aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation",)
_INSENSITIVE = ("public", "internal")
"""Data classes for which a file system may do without a key of the customer."""
_SHORTEST_BACKUP_DAYS = 7
"""The term that AWS asks for where it sets one: Security Hub, control Redshift.3."""


@rule(
    "storage-efs-customer-key",
    title="EFS file systems, and their replicas, are encrypted with a customer-managed key",
    why="Encryption cannot be turned on later, and AWS's own key cannot be taken away from anybody.",
    fix="aws.efs.FileSystem(name, encrypted=True, kms_key_id=key.arn)",
    severity=Severity.HIGH,
    types=(*_EFS, _EFS_REPLICATION),
    controls=("AWS-EFS-01",),
)
def efs_customer_key(resource: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    if resource.type != _EFS_REPLICATION:
        yield expect_true(resource, "encrypted", "it is not encrypted")
        yield expect_customer_key(resource, "kmsKeyId", graph, AWS_KEYS)
    elif _is_of_its_own(resource, graph):
        yield NotApplicable("it replicates to a file system that has its key already")
    else:
        yield expect_customer_key(resource, "destination.kmsKeyId", graph, AWS_KEYS)


def _is_of_its_own(replication: Resource, graph: Graph) -> bool:
    path = "destination.fileSystemId"
    return isinstance(replication.get(path), str) or bool(graph.references(replication, path, _EFS))


@rule(
    "storage-efs-tls-only",
    title="EFS file systems refuse clients without TLS",
    why="NFS travels in clear text unless the file system's policy denies it.",
    fix="aws.efs.FileSystemPolicy(name, file_system_id=files.id, policy=...) with the statement "
    "{'Effect': 'Deny', 'Principal': '*', 'Action': '*', "
    "'Condition': {'Bool': {'aws:SecureTransport': 'false'}}}",
    severity=Severity.HIGH,
    types=(*_EFS, *_EFS_POLICIES),
    controls=("AWS-EFS-02",),
)
def efs_tls_only(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    return judge_setting(resource, _EFS, "fileSystemId", _EFS_POLICIES, graph, _judge_efs_policy)


def _judge_efs_policy(holder: Resource) -> tuple[Verdict]:
    message = "the file system policy does not deny clients without TLS"
    return (expect_statement(holder, "policy", _denies_clear_text, message),)


def _denies_clear_text(statement: Statement) -> bool:
    key, operators = "aws:securetransport", ("bool", "boolifexists")
    values = statement.denied_at("elasticfilesystem", key, operators)
    return any(is_false(each) for each in values)


@rule(
    "storage-efs-no-anonymous-mount",
    title="EFS file systems are mounted only by clients with an identity",
    why="Whoever reaches the mount target could read the files otherwise; a condition on the mount "
    "target itself does not ask who it is.",
    fix="name the principal of elasticfilesystem:ClientMount, {'Principal': {'AWS': role.arn}}, "
    "or limit it, {'Condition': {'StringEquals': {'aws:PrincipalOrgID': organization_id}}}",
    severity=Severity.HIGH,
    types=_EFS_POLICIES,
    controls=("AWS-EFS-02",),
)
def efs_no_anonymous_mount(policy: Resource, context: Context) -> Verdicts:
    return expect_no_statement(policy, "policy", _mounts_for_anyone, "anyone may mount it")


def _mounts_for_anyone(statement: Statement) -> bool:
    mounts = statement.allows and statement.covers_action("elasticfilesystem:ClientMount")
    return mounts and statement.principal_is_anyone and not statement.is_limited()


@rule(
    "storage-efs-access-point-identity",
    title="EFS access points fix the user and the directory of their clients",
    why="Otherwise each client chooses its user id, root's included, and sees the whole tree.",
    fix="aws.efs.AccessPoint(name, file_system_id=files.id, posix_user={'uid': 1000, 'gid': 1000}, "
    "root_directory={'path': '/models'})",
    severity=Severity.MEDIUM,
    types=("aws:efs/accessPoint:AccessPoint",),
    controls=("AWS-EFS-02",),
)
def efs_access_point_identity(point: Resource, context: Context) -> Iterator[Verdict]:
    yield expect_present(point, "posixUser.uid", "its clients choose their own user")
    path = "rootDirectory.path"
    confined = point.get(path) not in (MISSING, "/")
    yield expect(point, path, confined, "its clients see the whole file system")


@rule(
    "storage-efs-backup",
    title="EFS file systems are backed up",
    why="A deleted or overwritten file has no former version; only a backup brings it back.",
    fix="aws.efs.BackupPolicy(name, file_system_id=files.id, backup_policy={'status': 'ENABLED'})",
    severity=Severity.MEDIUM,
    types=(*_EFS, *_EFS_BACKUPS),
    controls=("AWS-EFS-03",),
)
def efs_backup(resource: Resource, context: Context, graph: Graph) -> Verdicts:
    return judge_setting(resource, _EFS, "fileSystemId", _EFS_BACKUPS, graph, _judge_efs_backup)


def _judge_efs_backup(holder: Resource) -> tuple[Verdict]:
    return (expect_one_of(holder, "backupPolicy.status", ("ENABLED",), "it is not backed up"),)


@rule(
    "storage-lustre-customer-key",
    title="Lustre file systems of sensitive data are encrypted with a customer-managed key",
    why="Scratch file systems take no key at all, and persistent ones get AWS's own unless told.",
    fix="aws.fsx.LustreFileSystem(name, deployment_type='PERSISTENT_2', kms_key_id=key.arn)",
    severity=Severity.HIGH,
    types=_LUSTRE,
    controls=("AWS-FSX-01",),
)
def lustre_customer_key(files: Resource, context: Context, graph: Graph) -> Verdicts:
    scratch, data_class = _is_scratch(files), tag_of(files, "data-classification")
    if scratch is False:
        return expect_customer_key(files, "kmsKeyId", graph, AWS_KEYS)
    if scratch and is_word(data_class, *_INSENSITIVE):
        return NotApplicable("its data is not sensitive, by its data-classification")
    if scratch is None or data_class is UNKNOWN:
        return Unknown("whether it needs a key, and can take one, is not known yet")
    return Fail("a scratch file system takes no key of yours", "deploymentType")


@rule(
    "storage-lustre-backup",
    title="Lustre file systems are backed up, with their tags",
    why="A backup without the classification of what it holds is soon handled as if it held none.",
    fix="aws.fsx.LustreFileSystem(name, automatic_backup_retention_days="
    f"{_SHORTEST_BACKUP_DAYS}, copy_tags_to_backups=True)",
    severity=Severity.MEDIUM,
    types=_LUSTRE,
    controls=("AWS-FSX-02",),
)
def lustre_backup(files: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    scratch = _is_scratch(files)
    if scratch is None:
        yield Unknown("whether it can be backed up is not known yet", "deploymentType")
    elif scratch:
        yield NotApplicable("scratch file systems cannot be backed up")
    elif files.has("importPath") or graph.referenced_by(files, "fileSystemId", _LUSTRE_LINKS):
        # FSx for Lustre User Guide, "Using data repositories": no backups of linked file systems.
        yield NotApplicable("it is linked to S3, which keeps its files instead")
    else:
        days = "automaticBackupRetentionDays"
        message = f"backups are kept for less than {_SHORTEST_BACKUP_DAYS} days"
        yield expect_at_least(files, days, _SHORTEST_BACKUP_DAYS, message)
        yield expect_true(files, "copyTagsToBackups", "its backups do not carry its tags")


def _is_scratch(files: Resource) -> bool | None:
    """Whether a file system is temporary, as those are that do not say; None if not known."""
    kind = files.get("deploymentType")
    return None if kind is UNKNOWN else not str(kind).startswith("PERSISTENT_")


RULES = (
    efs_customer_key,
    efs_tls_only,
    efs_no_anonymous_mount,
    efs_access_point_identity,
    efs_backup,
    lustre_customer_key,
    lustre_backup,
)
