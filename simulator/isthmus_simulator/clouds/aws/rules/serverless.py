"""Lambda, API Gateway, Step Functions, queues, topics and ECS."""

import json
from collections.abc import Iterable, Iterator, Mapping

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, CloudError, Rules
from isthmus_simulator.clouds.aws.reading import items, table
from isthmus_simulator.clouds.aws.rules.firewall import keep_together
from isthmus_simulator.clouds.aws.rules.identity import assumable_by
from isthmus_simulator.values import UNKNOWN, Value
from isthmus_simulator.world import Resource

FUNCTION = "aws:lambda/function:Function"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
FARGATE_MEMORY_MIB: Mapping[int, tuple[int, int]] = {
    # vCPU units -> least and most memory (ECS Developer Guide, "Task size").
    256: (512, 2048),
    512: (1024, 4096),
    1024: (2048, 8192),
    2048: (4096, 16384),
    4096: (8192, 30720),
    8192: (16384, 61440),
    16384: (32768, 122880),
}


def check_function(call: Call) -> Iterator[Failure]:
    if call.inputs.get("packageType", "Zip") != "Image":
        for key in ("handler", "runtime"):
            if call.inputs.get(key) is None:
                yield Failure(
                    key,
                    "InvalidParameterValueException: Runtime and Handler are mandatory parameters for "
                    "functions created with deployment packages.",
                )


def judge_function(call: Call) -> None:
    role = call.target("role")
    if role is not None and not assumable_by(role, "lambda.amazonaws.com"):
        raise CloudError(
            "InvalidParameterValueException: The role defined for the function cannot be assumed by Lambda."
        )
    keep_together(call, "vpcConfig.subnetIds", "vpcConfig.securityGroupIds")


def function_outputs(call: Call) -> Mapping[str, Value]:
    version = (
        str(
            int(call.old.outputs.get("version") or 0) + 1
            if call.old and call.inputs.get("publish")
            else 1
        )
        if call.inputs.get("publish")
        else "$LATEST"
    )
    partition, account = call.setting.values["partition"], call.setting.account
    arn = f"arn:{partition}:lambda:{call.region}:{account}:function:{call.id}"
    call_path = f"arn:{partition}:apigateway:{call.region}:lambda:path/2015-03-31/functions"
    subnets = call.targets.get("vpcConfig.subnetIds", [])
    config = call.inputs.get("vpcConfig")
    inside = (
        {"vpcConfig": {**config, "vpcId": subnets[0].outputs.get("vpcId")}}
        if config and subnets
        else {}
    )
    return {
        "arn": arn,
        "version": version,
        "qualifiedArn": f"{arn}:{version}",
        "invokeArn": f"{call_path}/{arn}/invocations",
        "qualifiedInvokeArn": f"{call_path}/{arn}:{version}/invocations",
        "loggingConfig": {
            "logFormat": "Text",
            "logGroup": f"/aws/lambda/{call.id}",
            **table(call.inputs, "loggingConfig"),
        },
        **inside,
    }


def function_identities(call: Call, outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    return [(FUNCTION, str(outputs["qualifiedArn"])), (FUNCTION, str(outputs["invokeArn"]))]


def rest_outputs(call: Call) -> Mapping[str, Value]:
    return {"rootResourceId": call.maker.child("root").letters(10)}


def rest_identities(call: Call, outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    return [("aws:apigateway/resource:Resource", str(outputs["rootResourceId"]))]


def resource_outputs(call: Call) -> Mapping[str, Value]:
    parent = call.world.find(
        "aws", str(call.inputs.get("parentId")), ("aws:apigateway/resource:Resource",)
    )
    above = str(parent[-1].outputs.get("path") or "") if parent else ""
    return {"path": f"{above.rstrip('/')}/{call.inputs.get('pathPart')}"}


def check_definition(call: Call) -> Iterator[Failure]:
    text = call.inputs.get("definition")
    if isinstance(text, str) and text is not UNKNOWN:
        try:
            found = json.loads(text)
        except ValueError as error:
            yield Failure(
                "definition",
                f"InvalidDefinition: Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION: {error}'",
            )
            return
        for key in ("StartAt", "States"):
            if key not in found:
                yield Failure(
                    "definition",
                    "InvalidDefinition: Invalid State Machine Definition: "
                    f"'SCHEMA_VALIDATION_FAILED: These fields are required: [{key}] at /'",
                )


def check_queue(call: Call) -> Iterator[Failure]:
    name, fifo = (
        call.inputs.get("name"),
        call.inputs.get("fifoQueue") or call.inputs.get("fifoTopic"),
    )
    if isinstance(name, str) and fifo and not name.endswith(".fifo"):
        yield Failure(
            "name",
            f"invalid {'queue' if 'sqs' in call.token else 'topic'} name: {name}: "
            "the name of a FIFO one must end in .fifo",
        )
    if isinstance(name, str) and not fifo and name.endswith(".fifo"):
        yield Failure(
            "name",
            f"invalid name: {name}: only a FIFO one may end in .fifo; set fifoQueue or fifoTopic",
        )


def check_task(call: Call) -> Iterator[Failure]:
    text = call.inputs.get("containerDefinitions")
    if isinstance(text, str) and text is not UNKNOWN:
        try:
            found = json.loads(text)
        except ValueError as error:
            yield Failure(
                "containerDefinitions",
                f"containerDefinitions is not valid JSON: {error}",
            )
            return
        if not isinstance(found, list):
            yield Failure(
                "containerDefinitions",
                "containerDefinitions is no JSON list of containers",
            )


def judge_task(call: Call) -> None:
    """Sizes that Fargate has (ECS API, RegisterTaskDefinition)."""
    if "FARGATE" not in items(call.inputs, "requiresCompatibilities"):
        return
    if call.inputs.get("networkMode") != "awsvpc":
        raise CloudError("ClientException: Fargate only supports network mode 'awsvpc'.")
    cpu, memory = _units(call.inputs.get("cpu")), _units(call.inputs.get("memory"))
    if cpu is None or memory is None:
        missing = "cpu" if cpu is None else "memory"
        raise CloudError(
            f"ClientException: Fargate requires that '{missing}' be defined at the task level."
        )
    low, high = FARGATE_MEMORY_MIB.get(cpu, (0, -1))
    if not low <= memory <= high:
        raise CloudError(
            "ClientException: No Fargate configuration exists for given values: "
            f"{cpu} CPU, {memory} memory. See the Amazon ECS documentation for the valid values."
        )


def _units(value: Value) -> int | None:
    if not value:
        return None
    text = str(value).strip().lower()
    if text.endswith(("gb", "vcpu")):
        return int(float(text.removesuffix("gb").removesuffix("vcpu")) * 1024)
    return int(float(text))


def task_outputs(call: Call) -> Mapping[str, Value]:
    partition, account = call.setting.values["partition"], call.setting.account
    base = (
        f"arn:{partition}:ecs:{call.region}:{account}:task-definition/{call.inputs.get('family')}"
    )
    count = (
        1
        + sum(
            one.inputs.get("family") == call.inputs.get("family") and one.id != call.id
            for one in call.world.resources("aws", TASK)
        )
        if call.old is None
        else call.old.outputs["revision"]
    )
    return {"arn": f"{base}:{count}", "arnWithoutRevision": base, "revision": count}


def task_identities(call: Call, outputs: Mapping[str, Value]) -> Iterable[tuple[str, str]]:
    family = str(call.inputs.get("family"))
    return [(TASK, f"{family}:{outputs['revision']}"), (TASK, str(outputs["arnWithoutRevision"]))]


def judge_service(call: Call) -> None:
    network = call.inputs.get("networkConfiguration")
    fargate = call.inputs.get("launchType") == "FARGATE"
    if fargate and not network:
        raise CloudError(
            "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is "
            "specified."
        )
    keep_together(call, "networkConfiguration.subnets", "networkConfiguration.securityGroups")
    task = call.target("taskDefinition")
    if (
        fargate
        and task is not None
        and "FARGATE" not in (task.inputs.get("requiresCompatibilities") or [])
    ):
        raise CloudError(
            "InvalidParameterException: Task definition does not support launch_type FARGATE."
        )


def keep_used_cluster(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    if any(other.type == SERVICE for _, other in dependents):
        raise CloudError(
            "ClusterContainsServicesException: The Cluster cannot be deleted while Services are active."
        )


def judge_machine_role(call: Call) -> None:
    role = call.target("roleArn")
    if role is not None and not assumable_by(role, "states.amazonaws.com"):
        raise CloudError(
            "AccessDeniedException: Neither the global service principal states.amazonaws.com, nor the "
            f"regional one is authorized to assume the provided role: {call.inputs['roleArn']}"
        )


RULES: Mapping[str, Rules] = {
    FUNCTION: Rules(
        check=check_function,
        create=judge_function,
        outputs=function_outputs,
        identities=function_identities,
    ),
    "aws:apigateway/restApi:RestApi": Rules(outputs=rest_outputs, identities=rest_identities),
    "aws:apigateway/resource:Resource": Rules(outputs=resource_outputs),
    "aws:sfn/stateMachine:StateMachine": Rules(check=check_definition, create=judge_machine_role),
    "aws:sqs/queue:Queue": Rules(check=check_queue),
    "aws:sns/topic:Topic": Rules(check=check_queue),
    TASK: Rules(
        check=check_task, create=judge_task, outputs=task_outputs, identities=task_identities
    ),
    SERVICE: Rules(create=judge_service),
    "aws:ecs/cluster:Cluster": Rules(delete=keep_used_cluster),
}
