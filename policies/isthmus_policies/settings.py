"""What a stack tells the policy pack: jurisdictions, required tags, how to take unknowns."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import cast

Config = Mapping[str, object]

RESIDENCY_KEY = "isthmus:residency"
POLICIES_KEY = "isthmus:policies"
PLATFORM_KEY = "isthmus:platform"
POLICIES_SETTINGS = (
    "onUnknown", "requiredTags", "maxMonthlyUsd", "maxGridGramsPerKwh", "remediate",
)  # fmt: skip
EVERY_REMEDY = "*"
_TAGS_OF_PLATFORM = {
    "owner": "owner",
    "environment": "environment",
    "dataClassification": "data-classification",
    "costCenter": "cost-center",
}
"""The setting of `isthmus:platform` to the tag that our components make of it."""

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
    by_classification: Mapping[str, frozenset[str]] = field(
        default_factory=dict[str, frozenset[str]], kw_only=True
    )
    """By the tag `data-classification`, in lower case: where data of that class may be. It narrows
    `jurisdictions`, and never widens them."""
    required_tags: tuple[str, ...] = ("owner", "environment", "data-classification")
    on_unknown: OnUnknown = OnUnknown.FAIL
    """Whether a mandatory rule stops a preview that cannot show the value the rule needs."""
    max_monthly_usd: float | None = None
    """What the accelerators of a stack may cost a month, at list price and at their most; None:
    nobody said, and it is not judged."""
    max_grid_grams_per_kwh: float | None = None
    """How much carbon dioxide (gCO2e per kWh) the grid of a region with machines may emit; None:
    nobody said, and it is not judged."""
    remediate: tuple[str, ...] = ()
    """The rules whose remedy is applied inside the engine; `*` is every rule. Nothing is changed
    unless somebody asked for it."""
    tag_values: Mapping[str, str] = field(default_factory=dict[str, str], kw_only=True)
    """What the stack's platform settings say of a tag: the values that a remedy may put there."""

    def remedies(self, rule_id: str) -> bool:
        return rule_id in self.remediate or EVERY_REMEDY in self.remediate


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
    residency = _object(
        stack_config, RESIDENCY_KEY, ("jurisdictions", "byClassification"), problems
    )
    policies = _object(stack_config, POLICIES_KEY, POLICIES_SETTINGS, problems)
    _reject_unknown_keys("policy configuration", pack_config, tuple(SCHEMA), problems)
    told = _Told({**residency, **policies, **pack_config}, problems)
    settings = Settings(
        jurisdictions=frozenset(told.texts("jurisdictions", ())),
        required_tags=told.texts("requiredTags", Settings().required_tags),
        on_unknown=told.on_unknown(),
        max_monthly_usd=told.ceiling("maxMonthlyUsd", 50000),
        max_grid_grams_per_kwh=told.ceiling("maxGridGramsPerKwh", 200),
        by_classification=told.by_classification(),
        remediate=told.remediate(),
        tag_values=_tag_values(stack_config),
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
    "byClassification": {
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "description": "By classification of data: the jurisdictions it may be in, as narrower "
        "ones than those of everything else.",
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
    "maxMonthlyUsd": {
        "type": "number",
        "minimum": 0,
        "description": "What the stack's accelerators may cost a month at most, at list price.",
    },
    "maxGridGramsPerKwh": {
        "type": "number",
        "minimum": 0,
        "description": "What the grid of a region with machines may emit, in gCO2e per kWh.",
    },
    "remediate": {
        "oneOf": [{"type": "boolean"}, {"type": "array", "items": {"type": "string"}}],
        "description": "Whether safe fixes are applied before the rules judge: true, or the rules "
        "whose fix may be.",
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

    def by_classification(self) -> dict[str, frozenset[str]]:
        key = "byClassification"
        value = self.values.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.problems.append(
                f"{key}: {value!r} is no mapping; write {key}: {{restricted: [DE]}}"
            )
            return {}
        if not self.values.get("jurisdictions"):
            self.problems.append(
                f"{key}: narrows jurisdictions, and there are none; write jurisdictions: [EU] too"
            )
        classes = cast(Mapping[str, object], value)
        return {name.casefold(): self._narrower(name, told) for name, told in classes.items()}

    def _narrower(self, name: str, told: object) -> frozenset[str]:
        key = f"byClassification.{name}"
        tags = _Told({key: told}, self.problems).texts(key, ())
        if not told:
            self.problems.append(
                f"{key}: names no jurisdiction; write {key}: [DE], or leave it out"
            )
        return frozenset(tags)

    def ceiling(self, key: str, example: int) -> float | None:
        value = self.values.get(key)
        if value is None:
            return None
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else -1
        if math.isfinite(number) and number >= 0:
            return float(number)
        self.problems.append(f"{key}: {value!r} is no number of 0 or more; write {key}: {example}")
        return None

    def remediate(self) -> tuple[str, ...]:
        value = self.values.get("remediate", False)
        if isinstance(value, bool):
            return (EVERY_REMEDY,) if value else ()
        items = cast(list[object], value) if isinstance(value, list) else [None]
        rules = tuple(item for item in items if isinstance(item, str))
        if len(rules) == len(items):
            return rules
        self.problems.append(
            f"remediate: {value!r} is neither true, false nor a list of rules; write remediate: true"
        )
        return ()

    def on_unknown(self) -> OnUnknown:
        value = self.values.get("onUnknown", OnUnknown.FAIL.value)
        if value in tuple(OnUnknown):
            return OnUnknown(cast(str, value))
        self.problems.append(f"onUnknown: {value!r} is neither of {', '.join(OnUnknown)}")
        return OnUnknown.FAIL


def _tag_values(stack_config: Mapping[str, str]) -> dict[str, str]:
    """The values of tags that the platform's settings give; its mistakes are told by who reads it
    to build."""
    try:
        value: object = json.loads(stack_config.get(PLATFORM_KEY, "{}"))
    except json.JSONDecodeError:
        return {}
    platform: Config = cast(Config, value) if isinstance(value, dict) else {}
    told = {tag: platform.get(setting) for setting, tag in _TAGS_OF_PLATFORM.items()}
    return {tag: text for tag, text in told.items() if isinstance(text, str) and text}


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
