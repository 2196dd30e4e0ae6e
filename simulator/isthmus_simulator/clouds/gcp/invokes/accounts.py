"""Who asks and in which project; the accounts that Google itself has there."""

from collections.abc import Callable, Mapping

from isthmus_simulator.cloud import Invoke, Query
from isthmus_simulator.clouds.gcp.places import project_number, text_of
from isthmus_simulator.clouds.gcp.refusals import unset
from isthmus_simulator.values import Properties, Value

PROJECT = "gcp:organizations/project:Project"
DEFAULT_COMPUTE_NAME = "Compute Engine default service account"


def project_asked(query: Query, key: str = "project") -> str:
    """The project of the arguments or the provider's; none is an error."""
    found = text_of(query.args, key).removeprefix("projects/") or query.setting.account
    if not found:
        raise unset("project")
    return found


def client_config(query: Query) -> Mapping[str, Value]:
    setting = query.setting
    return {
        "accessToken": "simulated",
        "defaultLabels": setting.values.get("labels") or {},
        "id": f'projects/"{setting.account}"/regions/"{setting.region}"/zones/"{setting.zone}"',
        "project": setting.account,
        "region": setting.region,
        "zone": setting.zone,
    }


def user_info(_: Query) -> Mapping[str, Value]:
    return {"email": "simulated@example.com", "id": "simulated@example.com"}


def project(query: Query) -> Mapping[str, Value]:
    """The provider's own project exists without a stack that made it."""
    wanted = project_asked(query, "projectId")
    made = query.session.get("gcp", PROJECT, f"projects/{wanted}")
    known = made.outputs if made else {}
    base: Properties = {
        "autoCreateNetwork": True,
        "billingAccount": "",
        "deletionPolicy": "PREVENT",
        "folderId": "",
        "labels": {},
        "effectiveLabels": {},
        "pulumiLabels": {},
        "name": wanted,
        "orgId": "",
        "tags": {},
    }
    return {
        **base,
        **known,
        "id": f"projects/{wanted}",
        "projectId": wanted,
        "number": project_number(wanted),
    }


def _agent(address: Callable[[str], str], *, key: str = "email") -> Invoke:
    """An answer with one of Google's accounts in the project asked for."""

    def answer(query: Query) -> Mapping[str, Value]:
        project_id = project_asked(query)
        email = address(project_number(project_id))
        return {key: email, "id": email, "member": f"serviceAccount:{email}", "project": project_id}

    return answer


def default_compute_account(query: Query) -> Mapping[str, Value]:
    project_id = project_asked(query)
    email = f"{project_number(project_id)}-compute@developer.gserviceaccount.com"
    name = f"projects/{project_id}/serviceAccounts/{email}"
    return {
        "displayName": DEFAULT_COMPUTE_NAME,
        "email": email,
        "id": name,
        "member": f"serviceAccount:{email}",
        "name": name,
        "project": project_id,
        "uniqueId": query.maker.digits(21),
    }


def default_app_account(query: Query) -> Mapping[str, Value]:
    project_id = project_asked(query)
    email = f"{project_id}@appspot.gserviceaccount.com"
    name = f"projects/{project_id}/serviceAccounts/{email}"
    return {
        "displayName": "App Engine default service account",
        "email": email,
        "id": name,
        "name": name,
        "member": f"serviceAccount:{email}",
        "project": project_id,
        "uniqueId": query.maker.digits(21),
    }


def logging_settings(query: Query) -> Mapping[str, Value]:
    """Projects made since 2023 have an account of their own for log encryption
    (https://cloud.google.com/logging/docs/routing/managed-encryption-storage)."""
    project_id = project_asked(query)
    account = f"service-{project_number(project_id)}@gcp-sa-logging.iam.gserviceaccount.com"
    name = f"projects/{project_id}/cmekSettings"
    return {
        "id": name,
        "name": name,
        "kmsKeyName": "",
        "kmsKeyVersionName": "",
        "project": project_id,
        "serviceAccountId": account,
    }


def service_account(query: Query) -> Mapping[str, Value]:
    """Found by account id, email or full name."""
    from isthmus_simulator.clouds.gcp.refusals import not_found

    asked = text_of(query.args, "accountId")
    project_id = project_asked(query)
    email = asked.rsplit("/", 1)[-1]
    email = email if "@" in email else f"{email}@{project_id}.iam.gserviceaccount.com"
    found = query.session.find("gcp", email, ["gcp:serviceaccount/account:Account"])
    if not found:
        raise not_found(f"Service account {email}")
    return {**found[-1].outputs, "id": found[-1].id}


INVOKES: Mapping[str, Invoke] = {
    "gcp:organizations/getClientConfig:getClientConfig": client_config,
    "gcp:organizations/getClientOpenIdUserInfo:getClientOpenIdUserInfo": user_info,
    "gcp:organizations/getProject:getProject": project,
    "gcp:compute/getDefaultServiceAccount:getDefaultServiceAccount": default_compute_account,
    "gcp:appengine/getDefaultServiceAccount:getDefaultServiceAccount": default_app_account,
    "gcp:serviceaccount/getAccount:getAccount": service_account,
    "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": _agent(
        lambda number: f"service-{number}@gs-project-accounts.iam.gserviceaccount.com",
        key="emailAddress",
    ),
    "gcp:bigquery/getDefaultServiceAccount:getDefaultServiceAccount": _agent(
        lambda number: f"bq-{number}@bigquery-encryption.iam.gserviceaccount.com"
    ),
    "gcp:storage/getTransferProjectServiceAccount:getTransferProjectServiceAccount": _agent(
        lambda number: f"project-{number}@storage-transfer-service.iam.gserviceaccount.com"
    ),
    "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": logging_settings,
}
