"""A stack that breaks the rules in every way that a remedy can put right, and in no other."""

import pulumi
import pulumi_aws as aws
import pulumi_azure_native as azure
import pulumi_gcp as gcp

north = pulumi.ResourceOptions(provider=aws.Provider("north", region="eu-north-1"))
belgium = pulumi.ResourceOptions(
    provider=gcp.Provider("belgium", project="isthmus-rehearsal", region="europe-west1")
)
ireland = pulumi.ResourceOptions(provider=azure.Provider("ireland", location="northeurope"))

key = aws.kms.Key("key", deletion_window_in_days=7, opts=north)
aws.dynamodb.Table(
    "features",
    hash_key="id",
    attributes=[{"name": "id", "type": "S"}],
    billing_mode="PAY_PER_REQUEST",
    server_side_encryption={"enabled": True, "kms_key_arn": key.arn},
    point_in_time_recovery={"enabled": True},
    tags={"Name": "features", "note": pulumi.Output.secret("canary-5d1e")},
    opts=north,
)
lake = aws.s3.Bucket("lake", opts=north)
aws.s3.BucketPublicAccessBlock("lake", bucket=lake.id, opts=north)
gcp.storage.Bucket(
    "drafts", location="EUROPE-WEST1", uniform_bucket_level_access=True, opts=belgium
)
group = azure.resources.ResourceGroup("models", opts=ireland)
azure.storage.StorageAccount(
    "models",
    resource_group_name=group.name,
    kind="StorageV2",
    sku={"name": "Standard_LRS"},
    minimum_tls_version="TLS1_0",
    enable_https_traffic_only=False,
    tags={"owner": group.location},
    opts=ireland,
)
