"""SageMaker notebooks, domains, models and endpoints are encrypted and isolated."""

from collections.abc import Iterator

from isthmus_catalog import Cloud, machine_type
from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import (
    AWS_KEYS,
    expect_customer_key,
    expect_one_of,
    expect_reference,
    expect_true,
)
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.values import Value
from isthmus_policies.verdict import NotApplicable, Verdict, Verdicts

_NOTEBOOKS = ("aws:sagemaker/notebookInstance:NotebookInstance",)
_DOMAINS = ("aws:sagemaker/domain:Domain",)
_SUBNETS = ("aws:ec2/subnet:Subnet",)
_VARIANTS = ("productionVariants.*.instanceType", "shadowProductionVariants.*.instanceType")


@rule(
    "ml-sagemaker-customer-key",
    title="SageMaker notebooks and domains are encrypted with a customer-managed key",
    why="Notebooks keep copies of whatever data their authors looked at.",
    fix="aws.sagemaker.Domain(name, kms_key_id=key.arn)",
    severity=Severity.HIGH,
    types=(*_NOTEBOOKS, *_DOMAINS),
    controls=("AWS-SM-01",),
)
def sagemaker_customer_key(workspace: Resource, context: Context, graph: Graph) -> Verdicts:
    return expect_customer_key(workspace, "kmsKeyId", graph, AWS_KEYS)


@rule(
    "ml-sagemaker-domain-vpc-only",
    title="SageMaker domains reach the network through the VPC only",
    why="By default the apps of a domain have a way to the internet past the VPC's firewalls.",
    fix="aws.sagemaker.Domain(name, app_network_access_type='VpcOnly')",
    severity=Severity.HIGH,
    types=_DOMAINS,
    controls=("AWS-SM-01",),
)
def sagemaker_domain_vpc_only(domain: Resource, context: Context) -> Verdicts:
    message = "its apps have a way to the internet of their own"
    return expect_one_of(domain, "appNetworkAccessType", ("VpcOnly",), message)


@rule(
    "ml-sagemaker-notebook-isolated",
    title="SageMaker notebooks are in a VPC, without internet, root and old metadata service",
    why="Notebooks run whatever their authors paste; these four bound what that can reach.",
    fix="aws.sagemaker.NotebookInstance(name, subnet_id=subnet.id, security_groups=[group.id], "
    "direct_internet_access='Disabled', root_access='Disabled', "
    "instance_metadata_service_configuration={'minimum_instance_metadata_service_version': '2'})",
    severity=Severity.HIGH,
    types=_NOTEBOOKS,
    controls=("AWS-SM-02",),
)
def sagemaker_notebook_isolated(
    notebook: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    off = ("Disabled",)
    yield expect_one_of(notebook, "directInternetAccess", off, "it has its own way to the internet")
    yield expect_one_of(notebook, "rootAccess", off, "its users are root")
    yield expect_reference(notebook, "subnetId", graph, _SUBNETS, "it is outside of your VPC")
    version = "instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion"
    yield expect_one_of(notebook, version, ("2",), "its metadata needs no session token")


@rule(
    "ml-sagemaker-model-isolated",
    title="SageMaker models are in a VPC and have no network of their own",
    why="A model is a program of whoever trained it; without a network it can leak nothing.",
    fix="aws.sagemaker.Model(name, enable_network_isolation=True, "
    "vpc_config={'subnets': subnet_ids, 'security_group_ids': [group.id]})",
    severity=Severity.HIGH,
    types=("aws:sagemaker/model:Model",),
    controls=("AWS-SM-03",),
)
def sagemaker_model_isolated(model: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    yield expect_true(model, "enableNetworkIsolation", "the model may call anything")
    message = "the model is outside of your VPC"
    yield expect_reference(model, "vpcConfig.subnets", graph, _SUBNETS, message)


@rule(
    "ml-sagemaker-endpoint-customer-key",
    title="The disks of SageMaker endpoints are encrypted with a customer-managed key",
    why="They hold the model and what is asked of it.",
    fix="aws.sagemaker.EndpointConfiguration(name, kms_key_arn=key.arn)",
    severity=Severity.HIGH,
    types=("aws:sagemaker/endpointConfiguration:EndpointConfiguration",),
    controls=("AWS-SM-03",),
)
def sagemaker_endpoint_customer_key(endpoint: Resource, context: Context, graph: Graph) -> Verdicts:
    machines = [found.value for path in _VARIANTS for found in endpoint.find(path)]
    if any(_has_own_disks(machine) for machine in machines):
        # "If you specify a value for KmsKeyId when using any nitro-based instances with local
        # storage, the call to CreateEndpointConfig fails": SageMaker API reference.
        return NotApplicable("SageMaker takes no key for machines with disks of their own")
    return expect_customer_key(endpoint, "kmsKeyArn", graph, AWS_KEYS)


def _has_own_disks(name: Value) -> bool:
    """Whether a type such as `ml.p5.48xlarge`, EC2's p5.48xlarge, has local disks on record."""
    if not isinstance(name, str):
        return False
    found = machine_type(Cloud.AWS, name.removeprefix("ml."))
    return found is not None and bool(found.local_nvme_gib)


RULES = (
    sagemaker_customer_key,
    sagemaker_domain_vpc_only,
    sagemaker_notebook_isolated,
    sagemaker_model_isolated,
    sagemaker_endpoint_customer_key,
)
