"""The careless stack on AWS: stores, keys, logs, network, cluster, identities, data."""

import json

import pulumi
import pulumi_aws as aws

TAGS = {"owner": "lab", "cost-centre": "4711"}
TRUSTS_EKS = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "eks.amazonaws.com"},
            }
        ],
    }
)


def build() -> None:
    key = keys()
    split_store(key)
    inline_stores(key)
    logs(key)
    network_and_cluster()
    identities()
    data(key)


def keys() -> aws.kms.Key:
    key = aws.kms.Key("good", enable_key_rotation=True, deletion_window_in_days=30, tags=TAGS)
    aws.kms.Key("stale", deletion_window_in_days=7, tags=TAGS)
    return key


def split_store(key: aws.kms.Key) -> None:
    """A bucket whose settings are resources of their own, all of them right."""
    lake = aws.s3.Bucket("lake", tags=TAGS)
    aws.s3.BucketServerSideEncryptionConfiguration(
        "lake",
        bucket=lake.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": {
                    "sse_algorithm": "aws:kms",
                    "kms_master_key_id": key.arn,
                },
                "bucket_key_enabled": True,
            }
        ],
    )
    aws.s3.BucketPublicAccessBlock(
        "lake",
        bucket=lake.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    aws.s3.BucketVersioning("lake", bucket=lake.id, versioning_configuration={"status": "Enabled"})
    aws.s3.BucketPolicy("lake", bucket=lake.id, policy=lake.arn.apply(only_by_tls))


def only_by_tls(arn: str) -> str:
    """Not known in a preview, since the bucket has no name yet."""
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"]}
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {**denied, "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
                {**denied, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}},
            ],
        }
    )


def inline_stores(key: aws.kms.Key) -> None:
    scratch = aws.s3.Bucket(
        "scratch",
        bucket="careless-scratch",
        server_side_encryption_configuration={
            "rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
        },
        versioning={"enabled": False},
    )
    # By name, not by reference: only the name says which bucket it is.
    aws.s3.BucketPublicAccessBlock(
        "scratch",
        bucket="careless-scratch",
        block_public_acls=True,
        opts=pulumi.ResourceOptions(depends_on=[scratch]),
    )
    aws.efs.FileSystem("home", encrypted=True, kms_key_id=key.arn, tags=TAGS)
    aws.ebs.Volume("disk", availability_zone="eu-central-1a", size=8, tags=TAGS)


def logs(key: aws.kms.Key) -> None:
    aws.cloudwatch.LogGroup("kept", kms_key_id=key.arn, retention_in_days=365, tags=TAGS)
    aws.cloudwatch.LogGroup("short", retention_in_days=7)
    store = aws.s3.Bucket("trail", bucket="careless-trail", tags=TAGS)
    # Only read here, as if another stack owned it: not judged, but what is said of it is.
    elsewhere = aws.s3.Bucket.get("elsewhere", store.id)
    aws.s3.BucketPublicAccessBlock("elsewhere", bucket=elsewhere.id, block_public_acls=True)
    aws.cloudtrail.Trail(
        "trail", s3_bucket_name=store.bucket, is_multi_region_trail=False, tags=TAGS
    )


def network_and_cluster() -> None:
    net = aws.ec2.Vpc("net", cidr_block="10.0.0.0/16", tags=TAGS)
    subnets = [
        aws.ec2.Subnet(
            f"net-{zone}",
            vpc_id=net.id,
            cidr_block=f"10.0.{number}.0/24",
            availability_zone=f"eu-central-1{zone}",
            map_public_ip_on_launch=zone == "b",
            tags=TAGS,
        )
        for number, zone in enumerate("ab")
    ]
    group = aws.ec2.SecurityGroup(
        "open",
        vpc_id=net.id,
        ingress=[{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}],
        tags=TAGS,
    )
    aws.vpc.SecurityGroupIngressRule(
        "secret-source",
        security_group_id=group.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        cidr_ipv4=pulumi.Output.secret("0.0.0.0/0"),
        tags=TAGS,
    )
    role = aws.iam.Role("eks", assume_role_policy=TRUSTS_EKS, tags=TAGS)
    aws.eks.Cluster(
        "train",
        role_arn=role.arn,
        vpc_config={
            "subnet_ids": [each.id for each in subnets],
            "endpoint_public_access": True,
        },
        tags=TAGS,
    )


def identities() -> None:
    every = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    aws.iam.Policy(
        "all",
        policy=json.dumps({"Version": "2012-10-17", "Statement": [every]}),
        tags=TAGS,
    )
    anybody = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    aws.iam.Role(
        "anybody",
        assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [anybody]}),
    )


def data(key: aws.kms.Key) -> None:
    aws.dynamodb.Table(
        "features",
        attributes=[{"name": "id", "type": "S"}],
        hash_key="id",
        billing_mode="PAY_PER_REQUEST",
        server_side_encryption={"enabled": True, "kms_key_arn": key.arn},
        tags=TAGS,
    )
    token = aws.secretsmanager.Secret("token", tags=TAGS)
    aws.secretsmanager.SecretVersion(
        "token", secret_id=token.id, secret_string=pulumi.Output.secret("not-for-you")
    )
    aws.redshift.Cluster(
        "warehouse",
        cluster_identifier="careless",
        node_type="ra3.large",
        master_username="admin",
        master_password=pulumi.Output.secret("Not-4-You-At-All"),
        publicly_accessible=True,
        encrypted="true",
        kms_key_id=key.arn,
        skip_final_snapshot=True,
        tags=TAGS,
    )
    abroad = aws.Provider("abroad", region="us-east-1")
    aws.s3.Bucket("abroad", tags=TAGS, opts=pulumi.ResourceOptions(provider=abroad))
    later = aws.Provider("later", region=key.arn.apply(lambda _: "eu-west-1"))
    aws.sqs.Queue("later", tags=TAGS, opts=pulumi.ResourceOptions(provider=later))
