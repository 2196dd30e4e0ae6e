"""What a stack tells the policy pack: jurisdictions, required tags, how to take unknowns."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

Config = Mapping[str, object]

RESIDENCY_KEY = "isthmus:residency"
POLICIES_KEY = "isthmus:policies"

NO_RESIDENCY = (
    "residency rules judged nothing: this stack does not say where its data may be. "
    "Fix: pulumi config set --path 'isthmus:residency.jurisdictions[0]' EU"
)


class OnUnknown(StrEnum):
    FAIL = "fail"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the pack, with their defaults."""

    jurisdictions: frozenset[str] = frozenset()
    """Where data may be stored and processed; empty: nobody said, and residency is not judged."""
    required_tags: tuple[str, ...] = ("owner", "environment", "data-classification")
    on_unknown: OnUnknown = OnUnknown.FAIL
    """Whether a mandatory rule stops a preview that cannot show the value the rule needs."""


class SettingsError(ValueError):
    """Settings that cannot be understood; the message lists every mistake, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        super().__init__("\n".join(problems))


def read_settings(stack_config: Mapping[str, str], pack_config: Config) -> Settings:
    """The pack's own configuration where it says something, else the stack's, else the defaults.

    `stack_config` maps full keys to text, as in PULUMI_CONFIG; objects are JSON.
    `pack_config` has the keys of SCHEMA; its exemptions are not among the settings, since no rule
    asks for them.
    Raises SettingsError with every mistake at once.
    """
    problems: list[str] = []
    residency = _object(stack_config, RESIDENCY_KEY, ("jurisdictions",), problems)
    policies = _object(stack_config, POLICIES_KEY, ("onUnknown", "requiredTags"), problems)
    _reject_unknown_keys("policy configuration", pack_config, tuple(SCHEMA), problems)
    told = _Told({**residency, **policies, **pack_config}, problems)
    settings = Settings(
        jurisdictions=frozenset(told.texts("jurisdictions", ())),
        required_tags=told.texts("requiredTags", Settings().required_tags),
        on_unknown=told.on_unknown(),
    )
    if problems:
        raise SettingsError(problems)
    return settings


SCHEMA: Mapping[str, dict[str, object]] = {
    "jurisdictions": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Jurisdictions data may be in, such as EU or KR.",
    },
    "onUnknown": {
        "type": "string",
        "enum": [choice.value for choice in OnUnknown],
        "description": "What a mandatory rule does when preview cannot know the value it needs.",
    },
    "exemptions": {
        "type": "string",
        "description": "Absolute path of a reviewed file of exemptions (isthmus-exemptions.yaml).",
    },
    "requiredTags": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Tags (labels) that every taggable resource must carry.",
    },
}
"""The same settings as JSON schema, for policy packs that are configured through Pulumi."""


@dataclass(frozen=True, slots=True)
class _Told:
    values: Config
    problems: list[str]

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.values.get(key)
        if value is None:
            return default
        items = cast(list[object], value) if isinstance(value, list) else []
        texts = tuple(item for item in items if isinstance(item, str) and item)
        if not isinstance(value, list) or len(texts) != len(items):
            self.problems.append(f"{key}: {value!r} is not a list of words; write {key}: [EU]")
        return texts

    def on_unknown(self) -> OnUnknown:
        value = self.values.get("onUnknown", OnUnknown.FAIL.value)
        if value in tuple(OnUnknown):
            return OnUnknown(cast(str, value))
        self.problems.append(f"onUnknown: {value!r} is neither of {', '.join(OnUnknown)}")
        return OnUnknown.FAIL


def _object(
    stack_config: Mapping[str, str], key: str, known: tuple[str, ...], problems: list[str]
) -> Config:
    text = stack_config.get(key)
    if text is None:
        return {}
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        problems.append(
            f"{key}: is not JSON ({error}); it must be an object with {', '.join(known)}"
        )
        return {}
    if not isinstance(value, dict):
        problems.append(f"{key}: {value!r} is not an object with {', '.join(known)}")
        return {}
    told = cast(Config, value)
    _reject_unknown_keys(key, told, known, problems)
    return told


def _reject_unknown_keys(
    where: str, told: Config, known: tuple[str, ...], problems: list[str]
) -> None:
    problems += [
        f"{where}: '{key}' is not a setting; there are {', '.join(known)}"
        for key in told
        if key not in known
    ]
