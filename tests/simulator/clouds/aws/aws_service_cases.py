"""What AWS refuses of identities, storage and services, each with the nearest thing that it takes."""

from tests.simulator.clouds.aws.aws_scenes import (
    ACL,
    ALIAS,
    ATTACHMENT,
    BALANCER,
    BLOCK,
    BUCKET,
    BUCKET_POLICY,
    DATA,
    DATABASE,
    DYNAMO,
    EC2_ROLE,
    FUNCTION,
    KEY,
    LAMBDA_ROLE,
    LISTENER,
    LOGS,
    MACHINE,
    NET,
    POLICY,
    PUBLIC,
    QUEUE,
    RECORD,
    ROLE,
    SECRET,
    SFN_ROLE,
    SUBNET_GROUP,
    TARGETS,
    ZONE,
    A,
    B,
    Case,
    document,
    trust,
)

IDENTITY = (
    Case(
        "a trust policy with a resource",
        ROLE,
        {
            "assumeRolePolicy": document(
                Action="sts:AssumeRole", Principal={"Service": "ec2.amazonaws.com"}, Resource="*"
            )
        },
        "MalformedPolicyDocument: Has prohibited field Resource",
        {"assumeRolePolicy": trust("ec2.amazonaws.com")},
    ),
    Case(
        "a trust policy that is no JSON",
        ROLE,
        {"assumeRolePolicy": "{'Version': 1}"},
        "assumeRolePolicy is not valid JSON",
        {"assumeRolePolicy": trust("ec2.amazonaws.com")},
    ),
    Case(
        "a policy with a principal",
        POLICY,
        {"policy": document(Action="s3:*", Resource="*", Principal="*")},
        "should not specify a principal",
        {"policy": document(Action="s3:*", Resource="*")},
    ),
    Case(
        "a managed policy at the wrong path",
        ATTACHMENT,
        {
            "role": "$lambda.name",
            "policyArn": "arn:aws:iam::aws:policy/AWSLambdaBasicExecutionRole",
        },
        "NoSuchEntity: Policy .* does not exist or is not attachable",
        {
            "role": "$lambda.name",
            "policyArn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        },
        (LAMBDA_ROLE,),
    ),
    Case(
        "a role's name twice",
        ROLE,
        {"name": "app", "assumeRolePolicy": trust("ec2.amazonaws.com")},
        "EntityAlreadyExists: Role with name app already exists",
        {"name": "app2", "assumeRolePolicy": trust("ec2.amazonaws.com")},
        (("app", ROLE, {"name": "app", "assumeRolePolicy": trust("ec2.amazonaws.com")}),),
    ),
    Case(
        "a key policy that locks everybody out",
        KEY,
        {
            "policy": document(
                Action="kms:Decrypt", Resource="*", Principal={"AWS": "arn:aws:iam::1:root"}
            )
        },
        "will not allow you to update the key policy",
        {
            "policy": document(
                Action="kms:*", Resource="*", Principal={"AWS": "arn:aws:iam::1:root"}
            )
        },
    ),
    Case(
        "a waiting time that KMS has not",
        KEY,
        {"deletionWindowInDays": 3},
        "Value '3' at 'deletionWindowInDays' .*greater than or equal to 7",
        {"deletionWindowInDays": 7},
    ),
    Case(
        "an alias without its prefix",
        ALIAS,
        {"name": "mine", "targetKeyId": "$key"},
        "must begin with 'alias/'",
        {"name": "alias/mine", "targetKeyId": "$key"},
        (("key", KEY, {}),),
    ),
    Case(
        "a secret's name twice",
        SECRET,
        {"name": "token"},
        "ResourceExistsException",
        {"name": "token2"},
        (("token", SECRET, {"name": "token"}),),
    ),
)

STORAGE = (
    Case(
        "a bucket's name in capitals",
        BUCKET,
        {"bucket": "MyBucket"},
        "InvalidBucketName: .*lower-case letters",
        {"bucket": "my-bucket"},
    ),
    Case(
        "a bucket's name twice",
        BUCKET,
        {"bucket": "isthmus-data"},
        "BucketAlreadyOwnedByYou",
        {"bucket": "isthmus-data-2"},
        (DATA,),
    ),
    Case(
        "a public policy on a new bucket",
        BUCKET_POLICY,
        {"bucket": "$data", "policy": PUBLIC},
        "BlockPublicPolicy",
        {"bucket": "$data", "policy": PUBLIC.replace('"*"', '{"AWS": "arn:aws:iam::1:root"}')},
        (DATA,),
    ),
    Case(
        "a policy for another bucket",
        BUCKET_POLICY,
        {"bucket": "$data", "policy": PUBLIC.replace("isthmus-data/", "other/")},
        "Policy has invalid resource",
        {"bucket": "$data", "policy": PUBLIC},
        (DATA, ("open", BLOCK, {"bucket": "$data", "blockPublicPolicy": False})),
    ),
    Case(
        "an ACL on a bucket that takes none",
        ACL,
        {"bucket": "$data", "acl": "public-read"},
        "AccessControlListNotSupported",
        {"bucket": "$data", "acl": "private"},
        (DATA,),
    ),
    Case(
        "a policy on no bucket",
        BUCKET_POLICY,
        {"bucket": "nothing-here", "policy": PUBLIC},
        "NoSuchBucket",
        {"bucket": "$data", "policy": PUBLIC.replace('"*"', '{"AWS": "arn:aws:iam::1:root"}')},
        (DATA,),
    ),
)

SERVICES = (
    Case(
        "a function without a runtime",
        FUNCTION,
        {"role": "$lambda.arn", "s3Bucket": "b", "s3Key": "k"},
        "Runtime and Handler are mandatory parameters",
        {
            "role": "$lambda.arn",
            "s3Bucket": "b",
            "s3Key": "k",
            "handler": "a.b",
            "runtime": "python3.12",
        },
        (LAMBDA_ROLE,),
    ),
    Case(
        "a role that Lambda may not assume",
        FUNCTION,
        {
            "role": "$ec2.arn",
            "s3Bucket": "b",
            "s3Key": "k",
            "handler": "a.b",
            "runtime": "python3.12",
        },
        "cannot be assumed by Lambda",
        {
            "role": "$lambda.arn",
            "s3Bucket": "b",
            "s3Key": "k",
            "handler": "a.b",
            "runtime": "python3.12",
        },
        (LAMBDA_ROLE, EC2_ROLE),
    ),
    Case(
        "too long a function",
        FUNCTION,
        {
            "role": "$lambda.arn",
            "s3Bucket": "b",
            "s3Key": "k",
            "handler": "a.b",
            "runtime": "python3.12",
            "timeout": 901,
        },
        "Value '901' at 'timeout' .*less than or equal to 900",
        {
            "role": "$lambda.arn",
            "s3Bucket": "b",
            "s3Key": "k",
            "handler": "a.b",
            "runtime": "python3.12",
            "timeout": 900,
        },
        (LAMBDA_ROLE,),
    ),
    Case(
        "an attribute that is no key",
        DYNAMO,
        {
            "hashKey": "id",
            "billingMode": "PAY_PER_REQUEST",
            "attributes": [{"name": "id", "type": "S"}, {"name": "age", "type": "N"}],
        },
        r"Some AttributeDefinitions are not used. AttributeDefinitions: \[age, id\], keys used: \[id\]",
        {
            "hashKey": "id",
            "billingMode": "PAY_PER_REQUEST",
            "attributes": [{"name": "id", "type": "S"}],
        },
    ),
    Case(
        "a short database password",
        DATABASE,
        {
            "engine": "postgres",
            "instanceClass": "db.t3.micro",
            "allocatedStorage": 20,
            "username": "u",
            "password": "short",
        },
        "shorter than 8 characters",
        {
            "engine": "postgres",
            "instanceClass": "db.t3.micro",
            "allocatedStorage": 20,
            "username": "u",
            "password": "long enough"[:4] + "-enough",
        },
    ),
    Case(
        "a database's subnets in one zone",
        SUBNET_GROUP,
        {"subnetIds": ["$a"]},
        "DBSubnetGroupDoesNotCoverEnoughAZs",
        {"subnetIds": ["$a", "$b"]},
        (NET, A, B),
    ),
    Case(
        "a balancer in one zone",
        BALANCER,
        {"name": "front", "subnets": ["$a"]},
        "At least two subnets in two different Availability Zones",
        {"name": "front", "subnets": ["$a", "$b"]},
        (NET, A, B),
    ),
    Case(
        "a long name of a target group",
        TARGETS,
        {"name": "t" * 33, "port": 80, "protocol": "HTTP", "vpcId": "$net"},
        "Target group name 't+' cannot be longer than '32' characters",
        {"name": "t" * 32, "port": 80, "protocol": "HTTP", "vpcId": "$net"},
        (NET,),
    ),
    Case(
        "HTTPS without a certificate",
        LISTENER,
        {
            "loadBalancerArn": "$front",
            "port": 443,
            "protocol": "HTTPS",
            "defaultActions": [{"type": "fixed-response"}],
        },
        "A certificate must be specified for HTTPS listeners",
        {
            "loadBalancerArn": "$front",
            "port": 80,
            "protocol": "HTTP",
            "defaultActions": [{"type": "fixed-response"}],
        },
        (NET, A, B, ("front", BALANCER, {"name": "front", "subnets": ["$a", "$b"]})),
    ),
    Case(
        "a record twice",
        RECORD,
        {
            "zoneId": "$zone",
            "name": "www.example.com",
            "type": "A",
            "ttl": 60,
            "records": ["192.0.2.2"],
        },
        "InvalidChangeBatch",
        {"zoneId": "$zone", "name": "api", "type": "A", "ttl": 60, "records": ["192.0.2.2"]},
        (
            ("zone", ZONE, {"name": "example.com"}),
            (
                "www",
                RECORD,
                {
                    "zoneId": "$zone",
                    "name": "www",
                    "type": "A",
                    "ttl": 60,
                    "records": ["192.0.2.1"],
                },
            ),
        ),
    ),
    Case(
        "a log group's name with a space",
        LOGS,
        {"name": "my logs"},
        "Value 'my logs' at 'logGroupName' failed to satisfy constraint",
        {"name": "/aws/my-logs"},
    ),
    Case(
        "a FIFO queue without the suffix",
        QUEUE,
        {"name": "jobs", "fifoQueue": True},
        "must end in .fifo",
        {"name": "jobs.fifo", "fifoQueue": True},
    ),
    Case(
        "a state machine without states",
        MACHINE,
        {"roleArn": "$sfn.arn", "definition": '{"StartAt": "A"}'},
        "InvalidDefinition",
        {
            "roleArn": "$sfn.arn",
            "definition": '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}',
        },
        (SFN_ROLE,),
    ),
)

CASES = (*IDENTITY, *STORAGE, *SERVICES)
