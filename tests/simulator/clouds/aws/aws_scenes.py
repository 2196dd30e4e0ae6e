"""Type tokens and things that have to be there first, for the cases of what AWS refuses."""

import json
from dataclasses import dataclass, field

from isthmus_simulator.values import Properties

VPC = "aws:ec2/vpc:Vpc"
SUBNET = "aws:ec2/subnet:Subnet"
GATEWAY = "aws:ec2/internetGateway:InternetGateway"
TABLE = "aws:ec2/routeTable:RouteTable"
ROUTE = "aws:ec2/route:Route"
ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EIP = "aws:ec2/eip:Eip"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INSTANCE = "aws:ec2/instance:Instance"
SCALING = "aws:autoscaling/group:Group"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
ROLE = "aws:iam/role:Role"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
KEY = "aws:kms/key:Key"
ALIAS = "aws:kms/alias:Alias"
BUCKET = "aws:s3/bucket:Bucket"
BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
ACL = "aws:s3/bucketAcl:BucketAcl"
CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
FUNCTION = "aws:lambda/function:Function"
DYNAMO = "aws:dynamodb/table:Table"
DATABASE = "aws:rds/instance:Instance"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
TARGETS = "aws:lb/targetGroup:TargetGroup"
ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
QUEUE = "aws:sqs/queue:Queue"
MACHINE = "aws:sfn/stateMachine:StateMachine"
SECRET = "aws:secretsmanager/secret:Secret"

Step = tuple[str, str, Properties]
"""Name, type and inputs of something that has to be there first."""


@dataclass(frozen=True)
class Case:
    what: str
    token: str
    bad: Properties
    says: str
    good: Properties
    before: tuple[Step, ...] = field(default=())


def trust(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": service},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def document(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


NET: Step = ("net", VPC, {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True})
OTHER: Step = ("other", VPC, {"cidrBlock": "10.1.0.0/16"})
A: Step = (
    "a",
    SUBNET,
    {"vpcId": "$net", "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-east-1a"},
)
B: Step = (
    "b",
    SUBNET,
    {"vpcId": "$net", "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-east-1b"},
)
IGW: Step = ("igw", GATEWAY, {"vpcId": "$net"})
RT: Step = ("rt", TABLE, {"vpcId": "$net"})
SG: Step = ("sg", GROUP, {"name": "web", "vpcId": "$net"})
EKS_ROLE: Step = ("eks", ROLE, {"assumeRolePolicy": trust("eks.amazonaws.com")})
EC2_ROLE: Step = ("ec2", ROLE, {"assumeRolePolicy": trust("ec2.amazonaws.com")})
LAMBDA_ROLE: Step = ("lambda", ROLE, {"assumeRolePolicy": trust("lambda.amazonaws.com")})
SFN_ROLE: Step = ("sfn", ROLE, {"assumeRolePolicy": trust("states.us-east-1.amazonaws.com")})
DATA: Step = ("data", BUCKET, {"bucket": "isthmus-data"})
EKS: Step = (
    "eks-cluster",
    CLUSTER,
    {
        "name": "main",
        "version": "1.33",
        "roleArn": "$eks.arn",
        "vpcConfig": {"subnetIds": ["$a", "$b"]},
    },
)
IMAGE = "ami-0123456789abcdef0"
PUBLIC = document(Principal="*", Action="s3:GetObject", Resource="arn:aws:s3:::isthmus-data/*")
