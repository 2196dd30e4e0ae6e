"""Labels as the provider keeps them: those a program gives, and with them those of the provider.

https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/version_5_upgrade#provider-default-labels;
pulumi-gcp writes `goog-pulumi-provisioned` unless told otherwise (pulumi-gcp pull request 2355).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from isthmus_simulator.check import Failure
from isthmus_simulator.cloud import Call
from isthmus_simulator.clouds.gcp.places import inner
from isthmus_simulator.values import Properties

ATTRIBUTION = {"goog-pulumi-provisioned": "true"}
OWN = ("labels", "resourceLabels", "userLabels")
KEY = re.compile(r"[\w-]{1,63}")
LABEL_COUNT = 64
"""https://cloud.google.com/resource-manager/docs/labels-overview#requirements: at most 64 labels; keys and
values of at most 63 lower-case letters, digits, underscores and dashes, a key beginning with a letter."""


def provider_labels(config: Mapping[str, Any]) -> dict[str, str]:
    given = config.get("defaultLabels")
    defaults = cast(dict[str, str], given) if isinstance(given, dict) else {}
    attributed = config.get("addPulumiAttributionLabel") not in (False, "false")
    return {**(ATTRIBUTION if attributed else {}), **defaults}


def labels_of(call: Call) -> dict[str, Any]:
    """What `pulumiLabels` and `effectiveLabels` hold."""
    return {**cast(dict[str, Any], call.setting.values.get("labels") or {}), **_own(call.inputs)}


def _own(inputs: Properties) -> dict[str, Any]:
    key = next((key for key in OWN if isinstance(inputs.get(key), dict)), "")
    return inner(inputs, key) if key else {}


def wrong_labels(call: Call) -> Iterator[str]:
    """What the API says of labels that it does not take, at most one sentence a label."""
    if "pulumiLabels" not in call.schema.outputs:
        return
    for key, value in labels_of(call).items():
        if not isinstance(value, str):
            continue
        if not (KEY.fullmatch(key) and key == key.lower() and key[0].isalpha()):
            yield (
                f"Label key '{key}' violates format constraints. The key must start with a "
                "lowercase character, can only contain lowercase letters, numeric characters, "
                "underscores and dashes. The key can be "
                "at most 63 characters long. International characters are allowed."
            )
        elif value and not (KEY.fullmatch(value) and value == value.lower()):
            yield (
                f"Label value '{value}' violates format constraints. The value can only contain "
                "lowercase letters, "
                "numeric characters, underscores and dashes. The value can be at most 63 characters long. "
                "International characters are allowed."
            )


def own_label_failures(call: Call) -> Iterator[Failure]:
    if len(_own(call.inputs)) > LABEL_COUNT:
        yield Failure("labels", f"a resource carries at most {LABEL_COUNT} labels")
