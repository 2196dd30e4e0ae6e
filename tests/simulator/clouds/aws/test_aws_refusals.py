import pytest

from isthmus_simulator.cloud import CloudError
from tests.simulator.clouds.aws import aws_machine_cases, aws_network_cases, aws_service_cases
from tests.simulator.clouds.aws.aws_scenes import (
    ATTACHMENT,
    BUCKET,
    DATA,
    DATABASE,
    EC2_ROLE,
    EKS,
    EKS_ROLE,
    IMAGE,
    INSTANCE,
    NET,
    NODES,
    POLICY,
    ROLE,
    SG,
    SUBNET,
    VPC,
    A,
    B,
    Case,
    Step,
    document,
)
from tests.simulator.clouds.aws.conftest import Account

pytestmark = pytest.mark.pure

CASES = (*aws_network_cases.CASES, *aws_machine_cases.CASES, *aws_service_cases.CASES)
OBJECT = "aws:s3/bucketObject:BucketObject"


def prepare(account: Account, *steps: Step) -> None:
    for name, token, inputs in steps:
        account.create(token, inputs, name)


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_aws_refuses_it_in_its_own_words_and_takes_the_nearest_right_thing(
    case: Case, account: Account
) -> None:
    prepare(account, *case.before)
    before = account.count()
    with pytest.raises(CloudError, match=case.says):
        account.create(case.token, case.bad)
    assert account.count() == before
    account.create(case.token, case.good)
    assert account.count() == before + 1


def test_a_network_is_kept_while_something_stands_in_it(account: Account) -> None:
    prepare(account, NET, A)
    with pytest.raises(CloudError, match="DependencyViolation: The vpc"):
        account.delete(VPC, "net")
    account.delete(SUBNET, "a")
    account.delete(VPC, "net")
    assert account.count() == 0


def test_a_security_group_is_kept_while_a_machine_uses_it(account: Account) -> None:
    machine = {"ami": IMAGE, "instanceType": "t3.micro", "vpcSecurityGroupIds": ["$sg"]}
    prepare(account, NET, A, SG, ("vm", INSTANCE, {**machine, "subnetId": "$a"}))
    with pytest.raises(CloudError, match="DependencyViolation: resource sg-"):
        account.delete("aws:ec2/securityGroup:SecurityGroup", "sg")


def test_a_role_is_kept_while_a_policy_is_attached(account: Account) -> None:
    text = document(Action="s3:*", Resource="*")
    attached = {"role": "$ec2.name", "policyArn": "$read.arn"}
    prepare(account, EC2_ROLE, ("read", POLICY, {"policy": text}), ("both", ATTACHMENT, attached))
    with pytest.raises(CloudError, match="DeleteConflict: Cannot delete entity, must detach"):
        account.delete(ROLE, "ec2")
    with pytest.raises(CloudError, match="DeleteConflict: Cannot delete a policy attached"):
        account.delete(POLICY, "read")
    account.delete(ATTACHMENT, "both")
    account.delete(POLICY, "read")
    account.delete(ROLE, "ec2")


@pytest.mark.parametrize("force", [True, False])
def test_a_full_bucket_goes_only_by_force(force: bool, account: Account) -> None:
    account.create(BUCKET, {"bucket": "full-of-it", "forceDestroy": force}, "full")
    account.create(OBJECT, {"bucket": "$full", "key": "a"}, "a")
    if force:
        account.delete(BUCKET, "full")
        return
    with pytest.raises(CloudError, match="BucketNotEmpty"):
        account.delete(BUCKET, "full")
    account.delete(OBJECT, "a")
    account.delete(BUCKET, "full")


def test_a_database_goes_only_when_it_is_said_what_becomes_of_its_data(account: Account) -> None:
    asked = {
        "engine": "mysql",
        "instanceClass": "db.t3.micro",
        "allocatedStorage": 20,
        "username": "u",
        "password": "correct-horse",
    }
    account.create(DATABASE, asked, "kept")
    account.create(DATABASE, {**asked, "skipFinalSnapshot": True}, "dropped")
    account.delete(DATABASE, "dropped")
    with pytest.raises(CloudError, match="FinalDBSnapshotIdentifier is required"):
        account.delete(DATABASE, "kept")


def test_the_sixth_network_of_a_region_meets_the_quota(account: Account) -> None:
    for number in range(4):  # the default VPC is the first
        account.create(VPC, {"cidrBlock": f"10.{number}.0.0/16"}, f"net{number}")
    with pytest.raises(CloudError, match="VpcLimitExceeded"):
        account.create(VPC, {"cidrBlock": "10.9.0.0/16"}, "net9")
    account.create(VPC, {"cidrBlock": "10.9.0.0/16", "region": "eu-west-1"}, "net9")


def test_machines_count_against_the_quota_of_their_family(account: Account) -> None:
    with account.world.transaction() as session:
        session.set_quota_limit("aws", "L-417A185B", "*", 192)
    prepare(account, NET, A, B, EKS_ROLE, EC2_ROLE, EKS)
    nodes = {
        "clusterName": "main",
        "nodeRoleArn": "$ec2.arn",
        "subnetIds": ["$a", "$b"],
        "instanceTypes": ["p5.48xlarge"],
    }
    size = {"minSize": 0, "desiredSize": 1, "maxSize": 9}
    account.create(NODES, {**nodes, "scalingConfig": size}, "one")
    with pytest.raises(CloudError, match=r"VcpuLimitExceeded.*192 in use, 192 requested"):
        account.create(NODES, {**nodes, "scalingConfig": size}, "two")
    account.create(NODES, {**nodes, "scalingConfig": {**size, "desiredSize": 0}}, "two")
    account.delete(NODES, "one")
    account.update(NODES, {**nodes, "scalingConfig": size}, "two")


def test_a_cluster_climbs_one_version_at_a_time(account: Account) -> None:
    prepare(account, NET, A, B, EKS_ROLE, EKS)
    with pytest.raises(CloudError, match="Unsupported Kubernetes minor version update"):
        account.update(EKS[1], {**EKS[2], "version": "1.35"}, "eks-cluster")
    assert account.update(EKS[1], {**EKS[2], "version": "1.34"}, "eks-cluster")["version"] == "1.34"


def test_what_other_accounts_and_aws_own_may_be_named(account: Account) -> None:
    prepare(account, DATA)
    encrypted = (
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    )
    for key in ("arn:aws:kms:us-east-1:999999999999:key/1", "alias/aws/s3"):
        rule = {
            "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key}
        }
        account.create(encrypted, {"bucket": "$data", "rules": [rule]})
        account.delete(encrypted)
    rule = {
        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "k"}
    }
    with pytest.raises(CloudError, match="NotFoundException"):
        account.create(encrypted, {"bucket": "$data", "rules": [rule]})
