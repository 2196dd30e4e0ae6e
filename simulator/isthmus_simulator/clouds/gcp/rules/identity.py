"""Who may do what: service accounts, members of grants and the roles they are given."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call, Rules
from isthmus_simulator.clouds.gcp.ids import GRANT
from isthmus_simulator.clouds.gcp.places import inner, project_number, project_of, text_of
from isthmus_simulator.clouds.gcp.refusals import bad_request
from isthmus_simulator.values import Value

ACCOUNT = "gcp:serviceaccount/account:Account"
ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
CLUSTER = "gcp:container/cluster:Cluster"
EVERYONE = ("allUsers", "allAuthenticatedUsers")
ROLE_FORM = re.compile(r"(roles|organizations/[^/]+/roles|projects/[^/]+/roles)/[\w.]+")
OWN_ACCOUNT = re.compile(r"serviceAccount:([^@]+@([a-z0-9-]+)\.iam\.gserviceaccount\.com)")
WORKLOAD = re.compile(r"serviceAccount:([a-z0-9-]+\.svc\.id\.goog)\[[^\]/]+/[^\]]+\]")


def members_of(call: Call) -> list[str]:
    members = call.inputs.get("members")
    given = (
        cast(list[object], members) if isinstance(members, list) else [call.inputs.get("member")]
    )
    return [one for one in given if isinstance(one, str)]


def check_grant(call: Call) -> Iterator[Failure]:
    """The provider's own look at members (tpgiamresource, `validateIAMMember`)."""
    for one in members_of(call):
        if ":" not in one and one not in EVERYONE:
            path = "member" if "member" in call.inputs else "members"
            yield Failure(
                path,
                f"invalid value for {path} (IAM members must have one of the values outlined here: "
                f"https://cloud.google.com/billing/docs/reference/rest/v1/Policy#Binding): {one}",
            )


def create_grant(call: Call) -> None:
    for one in members_of(call):
        _refuse_member(call, one)
    role = text_of(call.inputs, "role")
    if role and not ROLE_FORM.fullmatch(role):
        raise bad_request(
            f'Invalid role: {role}. The role name must be in the form "roles/{{role}}", '
            '"organizations/{organization_id}/roles/{role}", or "projects/{project_id}/roles/{role}".'
        )
    if (
        role.startswith(f"projects/{project_of(call)}/")
        and call.world.get("gcp", ROLE, role) is None
    ):
        raise bad_request(f"Role ({role}) does not exist in the resource's hierarchy.")


def _refuse_member(call: Call, member: str) -> None:
    """Accounts of this world's project must exist; those of other projects cannot be judged."""
    own = OWN_ACCOUNT.fullmatch(member)
    if own and own[2] == call.setting.account and not call.world.find("gcp", own[1], [ACCOUNT]):
        raise bad_request(f"Service account {own[1]} does not exist.")
    workload = WORKLOAD.fullmatch(member)
    if (
        workload
        and workload[1].startswith(f"{call.setting.account}.")
        and not _has_pool(call, workload[1])
    ):
        raise bad_request(
            f"Identity Pool does not exist ({workload[1]}). Please check that you specified a valid "
            "resource name as returned in the `name` attribute in the configuration API."
        )


def _has_pool(call: Call, pool: str) -> bool:
    """A project's pool comes with its first cluster that federates workloads; Autopilot always does."""
    return any(
        inner(one.inputs, "workloadIdentityConfig").get("workloadPool") == pool
        or one.inputs.get("enableAutopilot") in (True, "true")
        for one in call.world.resources("gcp", CLUSTER)
    )


def key_outputs(call: Call) -> dict[str, Value]:
    """A key of an account: clearly made up, and the same for the same id."""
    made = f"simulated-private-key-{call.maker.child('privateKey').hex(40)}"
    return {
        "privateKey": made,
        "publicKey": f"simulated-public-key-{call.maker.child('publicKey').hex(40)}",
        "validAfter": "2026-01-01T00:00:00Z",
        "validBefore": "9999-12-31T23:59:59Z",
        "name": call.id,
    }


AGENT_DOMAINS = {
    # https://cloud.google.com/iam/docs/service-agents: those whose account is not named after the service.
    "compute": "compute-system",
    "container": "container-engine-robot",
    "storage": "gs-project-accounts",
    "run": "serverless-robot-prod",
    "cloudfunctions": "gcf-admin-robot",
    "dataflow": "dataflow-service-producer-prod",
    "redis": "cloud-redis",
    "file": "cloud-filer",
    "sqladmin": "gcp-sa-cloud-sql",
}


def identity_outputs(call: Call) -> dict[str, Value]:
    service = text_of(call.inputs, "service").removesuffix(".googleapis.com")
    domain = AGENT_DOMAINS.get(service, f"gcp-sa-{service}")
    email = f"service-{project_number(project_of(call))}@{domain}.iam.gserviceaccount.com"
    return {"email": email, "member": f"serviceAccount:{email}"}


def project_outputs(call: Call) -> dict[str, Value]:
    return {
        "number": project_number(text_of(call.inputs, "projectId")),
        "name": call.inputs.get("name") or call.name,
    }


GRANT_RULES = Rules(check=check_grant, create=create_grant)


def rules_of_grant(token: str) -> Rules | None:
    return GRANT_RULES if GRANT.search(token) else None


RULES: Mapping[str, Rules] = {
    "gcp:serviceaccount/key:Key": Rules(outputs=key_outputs),
    "gcp:projects/serviceIdentity:ServiceIdentity": Rules(outputs=identity_outputs),
    "gcp:organizations/project:Project": Rules(outputs=project_outputs),
}
