"""Look-ups of keys, roles, policies, secrets and image registries."""

from collections.abc import Mapping

from isthmus_simulator.cloud import CloudError, Invoke, Query
from isthmus_simulator.clouds.aws.invokes.accounts import region_of
from isthmus_simulator.clouds.aws.invokes.services import CREATED, found_by, readable
from isthmus_simulator.clouds.aws.reading import items, table
from isthmus_simulator.clouds.aws.rules.outside import managed_policies
from isthmus_simulator.templates import Maker
from isthmus_simulator.values import Value


def alias(query: Query) -> Mapping[str, Value]:
    name, here = str(query.args["name"]), region_of(query)
    found = found_by(query, "aws:kms/alias:Alias", name)
    if found is None and not name.startswith("alias/aws/"):
        raise CloudError(
            f"reading KMS Alias ({name}): NotFoundException: Alias {name} is not found."
        )
    base = f"arn:{query.setting.values['partition']}:kms:{here}:{query.setting.account}"
    key = str(found.outputs["targetKeyId"]) if found else Maker(f"{here}/{name}").uuid()
    return {
        "id": f"{base}:{name}",
        "arn": f"{base}:{name}",
        "name": name,
        "region": here,
        "targetKeyId": key,
        "targetKeyArn": f"{base}:key/{key}",
    }


def key(query: Query) -> Mapping[str, Value]:
    asked, here = str(query.args["keyId"]), region_of(query)
    found = found_by(query, "aws:kms/key:Key", asked)
    named = found_by(query, "aws:kms/alias:Alias", asked)
    found = found or (
        found_by(query, "aws:kms/key:Key", named.outputs.get("targetKeyId")) if named else None
    )
    owned = asked.startswith("alias/aws/")
    if found is None and not owned:
        raise CloudError(
            f"reading KMS Key ({asked}): NotFoundException: Key '{asked}' does not exist"
        )
    ident = found.id if found else Maker(f"{here}/{asked}").uuid()
    outputs = found.outputs if found else {}
    return {
        **query.args,
        "id": ident,
        "keyId": asked,
        "region": here,
        "awsAccountId": query.setting.account,
        "creationDate": CREATED,
        "arn": f"arn:{query.setting.values['partition']}:kms:{here}:{query.setting.account}:key/{ident}",
        "description": outputs.get("description") or "",
        "enabled": True,
        "keyState": "Enabled",
        "origin": "AWS_KMS",
        "keyManager": "AWS" if owned else "CUSTOMER",
        "keyUsage": outputs.get("keyUsage") or "ENCRYPT_DECRYPT",
        "keySpec": "SYMMETRIC_DEFAULT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "multiRegion": bool(outputs.get("multiRegion")),
        "cloudHsmClusterId": "",
        "customKeyStoreId": "",
        "deletionDate": "",
        "expirationModel": "",
        "validTo": "",
        "pendingDeletionWindowInDays": 0,
        "multiRegionConfigurations": [],
        "xksKeyConfigurations": [],
    }


def policy(query: Query) -> Mapping[str, Value]:
    partition, account = query.setting.values["partition"], query.setting.account
    asked = str(query.args.get("arn") or "")
    owned = {name.rsplit("/", 1)[-1]: name for name in managed_policies()}
    short = str(query.args.get("name") or asked.rsplit("/", 1)[-1])
    found = found_by(query, "aws:iam/policy:Policy", asked, query.args.get("name"))
    if found is not None:
        return {
            **query.args,
            **found.outputs,
            "id": found.id,
            "tags": table(found.outputs, "tags"),
        }
    if short in owned and (not asked or asked == f"arn:{partition}:iam::aws:policy/{owned[short]}"):
        arn, path = (
            f"arn:{partition}:iam::aws:policy/{owned[short]}",
            f"/{owned[short]}"[: -len(short)],
        )
        # The text of AWS's own policies is not reproduced: this one grants nothing.
        text = '{"Version":"2012-10-17","Statement":[]}'
        return {
            **query.args,
            "id": arn,
            "arn": arn,
            "name": short,
            "path": path,
            "policy": text,
            "description": "",
            "attachmentCount": 0,
            "policyId": f"ANPA{Maker(arn).hex(17).upper()}",
            "tags": {},
        }
    raise CloudError(
        f"reading IAM Policy ({asked or short}): NoSuchEntity: Policy "
        f"{asked or f'arn:{partition}:iam::{account}:policy/{short}'} was not found."
    )


def role(query: Query) -> Mapping[str, Value]:
    name = str(query.args["name"])
    found = found_by(query, "aws:iam/role:Role", name)
    if found is not None:
        return {
            "description": "",
            "permissionsBoundary": "",
            **found.outputs,
            "id": found.id,
            "roleLastUseds": [],
            "tags": table(found.outputs, "tags"),
        }
    if not name.startswith("AWSServiceRoleFor"):
        raise CloudError(
            f"reading IAM Role ({name}): NoSuchEntity: The role with name {name} cannot be found."
        )
    service = f"{name.removeprefix('AWSServiceRoleFor').lower()}.amazonaws.com"
    path = f"/aws-service-role/{service}/"
    arn = f"arn:{query.setting.values['partition']}:iam::{query.setting.account}:role{path}{name}"
    return {
        "id": name,
        "name": name,
        "arn": arn,
        "path": path,
        "assumeRolePolicy": "{}",
        "createDate": CREATED,
        "description": "",
        "maxSessionDuration": 3600,
        "permissionsBoundary": "",
        "roleLastUseds": [],
        "tags": {},
        "uniqueId": f"AROA{Maker(arn).hex(17).upper()}",
    }


def session_context(query: Query) -> Mapping[str, Value]:
    arn = str(query.args["arn"])
    return {
        "id": arn,
        "arn": arn,
        "issuerArn": arn,
        "issuerId": "",
        "issuerName": "",
        "sessionName": "",
    }


def secret(query: Query) -> Mapping[str, Value]:
    asked = query.args.get("arn") or query.args.get("name")
    found = found_by(query, "aws:secretsmanager/secret:Secret", asked)
    if found is None:
        raise CloudError(f"reading Secrets Manager Secret ({asked}): couldn't find resource")
    outputs = found.outputs
    return {
        "id": found.id,
        "arn": found.id,
        "name": outputs["name"],
        "region": found.region,
        "createdDate": CREATED,
        "lastChangedDate": CREATED,
        "description": outputs.get("description") or "",
        "policy": "",
        "type": "",
        "kmsKeyId": outputs.get("kmsKeyId") or "",
        "tags": table(outputs, "tags"),
    }


def secret_version(query: Query) -> Mapping[str, Value]:
    found = found_by(query, "aws:secretsmanager/secret:Secret", query.args["secretId"])
    version = "aws:secretsmanager/secretVersion:SecretVersion"
    linked = query.session.linked_from(found.key) if found else []
    versions = [one for _, one in linked if one.type == version]
    if not versions or found is None:
        raise CloudError(
            f"reading Secrets Manager Secret Version ({query.args['secretId']}): couldn't find resource"
        )
    outputs = versions[-1].outputs
    return {
        **query.args,
        "id": versions[-1].id,
        "arn": found.id,
        "secretArn": found.id,
        "createdDate": CREATED,
        "versionId": outputs.get("versionId"),
        "versionStages": outputs.get("versionStages"),
        "region": found.region,
        "versionStage": query.args.get("versionStage") or "AWSCURRENT",
        "secretBinary": "",
        "secretString": readable(outputs.get("secretString")),
    }


def random_password(query: Query) -> Mapping[str, Value]:
    length = int(query.args.get("passwordLength") or 32)
    text = f"Simulated1{Maker('password').hex(60)}"[:length]
    return {**query.args, "id": text, "randomPassword": text, "region": region_of(query)}


def registry_token(query: Query) -> Mapping[str, Value]:
    account, here = str(query.args.get("registryId") or query.setting.account), region_of(query)
    host = f"https://{account}.dkr.ecr.{here}.{query.setting.values['dnsSuffix']}"
    # Base64 of `AWS:simulated`, the form of docker's basic authentication.
    return {
        **query.args,
        "id": here,
        "authorizationToken": "QVdTOnNpbXVsYXRlZA==",
        "userName": "AWS",
        "password": "simulated",
        "expiresAt": "2026-01-01T12:00:00Z",
        "proxyEndpoint": host,
        "registryId": account,
    }


def repository(query: Query) -> Mapping[str, Value]:
    found = found_by(query, "aws:ecr/repository:Repository", query.args["name"])
    if found is None:
        raise CloudError(f"reading ECR Repository ({query.args['name']}): couldn't find resource")
    outputs = found.outputs
    return {
        **outputs,
        "id": found.id,
        "encryptionConfigurations": items(outputs, "encryptionConfigurations"),
        "imageScanningConfigurations": [],
        "imageTagMutabilityExclusionFilters": [],
        "mostRecentImageTags": [],
        "tags": table(outputs, "tags"),
    }


INVOKES: Mapping[str, Invoke] = {
    "aws:kms/getAlias:getAlias": alias,
    "aws:kms/getKey:getKey": key,
    "aws:iam/getPolicy:getPolicy": policy,
    "aws:iam/getRole:getRole": role,
    "aws:iam/getSessionContext:getSessionContext": session_context,
    "aws:secretsmanager/getSecret:getSecret": secret,
    "aws:secretsmanager/getSecretVersion:getSecretVersion": secret_version,
    "aws:secretsmanager/getRandomPassword:getRandomPassword": random_password,
    "aws:ecr/getAuthorizationToken:getAuthorizationToken": registry_token,
    "aws:ecr/getCredentials:getCredentials": registry_token,
    "aws:ecr/getRepository:getRepository": repository,
}
