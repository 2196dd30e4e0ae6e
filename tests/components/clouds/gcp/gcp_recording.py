"""What Google Cloud would compute, as far as the room reads it; runs a piece of the room against it."""

from functools import partial
from typing import Any

from pulumi.runtime import mocks
from tests.components.clouds.recording import record_with

PROJECT_ID = "isthmus-test"
PROJECT_NUMBER = "123456789"
LOGGING_ACCOUNT = "cmek-p123456789@gcp-sa-logging.iam.gserviceaccount.com"
STORAGE_ACCOUNT = "service-123456789@gs-project-accounts.iam.gserviceaccount.com"
SECRETS_ACCOUNT = "service-123456789@gcp-sa-secretmanager.iam.gserviceaccount.com"


class Answers(mocks.Mocks):
    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        functions: dict[str, dict[str, Any]] = {
            "gcp:organizations/getProject:getProject": {
                "projectId": PROJECT_ID,
                "number": PROJECT_NUMBER,
            },
            "gcp:storage/getProjectServiceAccount:getProjectServiceAccount": {
                "emailAddress": STORAGE_ACCOUNT
            },
            "gcp:logging/getProjectCmekSettings:getProjectCmekSettings": {
                "serviceAccountId": LOGGING_ACCOUNT
            },
        }
        return functions[args.token], []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        kind = args.typ.split(":")[-1]
        name = args.inputs.get("name", f"{args.name}-1a2b3c4")
        computed: dict[str, dict[str, Any]] = {
            "Account": {"email": f"{args.inputs.get('accountId')}@{PROJECT_ID}.example"},
            "Bucket": {"url": f"gs://{name}"},
            "Cluster": {
                "privateClusterConfig": {"privateEndpoint": "10.64.240.2"},
                "masterAuth": {"clusterCaCertificate": "Y2E="},
            },
            "Secret": {"secretId": name},
            "ServiceIdentity": {"email": SECRETS_ACCOUNT},
        }
        own = computed.get(kind, {})
        return f"projects/{PROJECT_ID}/{kind}/{name}", {"name": name, **args.inputs, **own}


record = partial(record_with, Answers())
