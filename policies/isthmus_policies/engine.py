"""Lets the rules run inside the Pulumi engine; the only module that knows the policy SDK.

The SDK hands out properties behind a proxy that raises on unknown values, calls every policy for
every resource, and turns an unknown in a mandatory policy into a mere note. So the pack has few
policies, each of which runs all rules of its scope over plain values, in which an unknown is a
value like others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple, cast

from pulumi.runtime import get_config_env
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
    proxy,
)

from isthmus_policies.evaluate import Finding, Kind, RuleIndex, evaluate
from isthmus_policies.exemption_file import ExemptionsError, read_exemptions
from isthmus_policies.exemptions import Exemptions
from isthmus_policies.places import Catalogue, Places
from isthmus_policies.registry import RULES
from isthmus_policies.resource import Options, Provider, Resource
from isthmus_policies.rule import Context, Rule, Scope
from isthmus_policies.settings import (
    NO_RESIDENCY,
    SCHEMA,
    Config,
    SettingsError,
    read_settings,
)
from isthmus_policies.values import UNKNOWN, Tree, Value

_SENTINELS = frozenset(
    (
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
    )
)

ROOT = "pulumi:pulumi:Stack"
"""The stack's own resource, registered before any other: wrong settings stop the run there."""


def to_value(raw: object) -> Value:
    """A plain value of what the SDK hands out, without ever raising on an unknown.

    `["__target"]` is the proxies' own way out; their elements are proxies again. Assets and
    archives become their class name: no rule reads them.
    """
    if isinstance(raw, str):
        return UNKNOWN if raw in _SENTINELS else raw
    if raw is None or isinstance(raw, bool | int):
        return raw
    if isinstance(raw, float):  # numbers arrive as protobuf doubles
        return int(raw) if raw.is_integer() else raw
    if isinstance(raw, Mapping):
        fields = cast(Mapping[str, object], _behind(cast(object, raw), dict))
        return {key: to_value(child) for key, child in fields.items()}
    if isinstance(raw, Sequence):
        return [
            to_value(child) for child in cast(Sequence[object], _behind(cast(object, raw), list))
        ]
    return f"<{type(raw).__name__}>"


def to_tree(raw: object) -> Tree:
    value = to_value(raw)
    return value if isinstance(value, Mapping) else {}


class Terms(NamedTuple):
    """What the rules are run by: the settings, and what the stack is let off."""

    context: Context
    exemptions: Exemptions


def today() -> date:
    return datetime.now(UTC).date()


@dataclass(slots=True)
class Engine:
    """One run of the pack: the rules, and the inputs seen so far.

    A stack policy only gets what the providers answered, from which a preview drops parts that it
    does not know, and which mixes computed values with given ones. The inputs that the resource
    policy saw are what rules are written for; the stack policy puts the two together.
    """

    rules: Sequence[Rule]
    places: Places = field(default_factory=Catalogue)
    stack_config: Callable[[], Mapping[str, str]] = get_config_env
    today: Callable[[], date] = today
    _inputs: dict[str, Tree] = field(default_factory=dict[str, Tree])
    _terms_by_config: dict[str, Terms | SettingsError] = field(
        default_factory=dict[str, Terms | SettingsError]
    )

    def policies(self) -> list[Policy]:
        """The pack's policies: an enforcing and an advising one for each scope.

        A policy has one level, which is why what only warns needs a policy of its own.
        """
        return [
            self._resource_policy("isthmus-resources", blocks=True),
            self._resource_policy("isthmus-resources-advice", blocks=False),
            self._stack_policy("isthmus-stack", blocks=True),
            self._stack_policy("isthmus-stack-advice", blocks=False),
        ]

    def _resource_policy(self, name: str, *, blocks: bool) -> Policy:
        index = self._index(Scope.RESOURCE)

        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            resource = read_resource(args)
            self._inputs[resource.urn] = resource.props
            terms = self._terms(args.get_config())
            if isinstance(terms, SettingsError):
                if blocks and resource.type == ROOT:
                    report(f"settings: {terms}", None)
            elif index.for_type(resource.type):
                found = evaluate((resource,), index, terms.context)
                self._report(found, terms.exemptions, blocks, report)

        return ResourceValidationPolicy(
            name, "Rules that judge a resource by its own inputs.", validate,
            enforcement_level=_level(blocks), config_schema=_schema(),
        )  # fmt: skip

    def _stack_policy(self, name: str, *, blocks: bool) -> Policy:
        index = self._index(Scope.STACK)

        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            terms = self._terms(args.get_config())
            if isinstance(terms, SettingsError):
                if blocks:
                    report(f"settings: {terms}", None)
                return
            if not blocks and not terms.context.settings.jurisdictions:
                report(NO_RESIDENCY, None)
            resources = [read_stack_resource(each, self._inputs) for each in args.resources]
            if blocks:
                _report_exemptions_of_nothing(terms.exemptions, resources, report)
            found = evaluate(resources, index, terms.context)
            self._report(found, terms.exemptions, blocks, report)

        return StackValidationPolicy(
            name, "Rules that judge resources by what else is in the stack.", validate,
            enforcement_level=_level(blocks), config_schema=_schema(),
        )  # fmt: skip

    def _index(self, scope: Scope) -> RuleIndex:
        return RuleIndex(rule for rule in self.rules if rule.scope is scope)

    def _terms(self, pack_config: Config) -> Terms | SettingsError:
        key = repr(pack_config)
        if key not in self._terms_by_config:
            try:
                settings = read_settings(self.stack_config(), pack_config)
                exemptions = _read_exemptions(pack_config)
                self._terms_by_config[key] = Terms(Context(settings, self.places), exemptions)
            except SettingsError as error:
                self._terms_by_config[key] = error
        return self._terms_by_config[key]

    def _report(
        self, found: list[Finding], exemptions: Exemptions, blocks: bool, report: ReportViolation
    ) -> None:
        """A finding that is exempt is still told, as advice; one whose exemption has expired is
        told as ever, and with it which one."""
        for finding in found:
            entry = None
            if finding.kind is not Kind.ERROR:
                entry = exemptions.find(finding.rule.id, finding.urn, self.today())
            if entry is None:
                if finding.blocks is blocks:
                    report(finding.render(), finding.urn)
            elif entry.has_expired(self.today()):
                if finding.blocks is blocks:
                    report(f"{finding.render()} Note: {entry.say_expired()}.", finding.urn)
            elif not blocks:
                report(f"{finding.render()} Note: {entry.say_exempt()}.", finding.urn)


def _read_exemptions(pack_config: Config) -> Exemptions:
    path = pack_config.get("exemptions")
    if path is None:
        return Exemptions()
    if not isinstance(path, str) or not Path(path).is_absolute():
        # The engine runs a pack in the pack's own folder, wherever the stack is.
        raise SettingsError([f"exemptions: {path!r} is not an absolute path"])
    try:
        return read_exemptions(Path(path), (rule.id for rule in RULES))
    except ExemptionsError as error:
        raise SettingsError(str(error).splitlines()) from None


def _report_exemptions_of_nothing(
    exemptions: Exemptions, resources: Sequence[Resource], report: ReportViolation
) -> None:
    """The root's URN names the stack and its project."""
    urns = [each.urn for each in resources]
    stacks = {tuple(urn.removeprefix("urn:pulumi:").split("::", 2)[:2]) for urn in urns}
    for entry in exemptions.of_nothing(urns, (each for each in stacks if len(each) == 2)):
        report(f"exemptions: line {entry.line}: no resource is called '{entry.urn}'", None)


def read_resource(args: ResourceValidationArgs) -> Resource:
    return Resource(
        urn=args.urn, type=args.resource_type, name=args.name, props=to_tree(args.props),
        provider=_provider(args.provider), parent=args.opts.parent, options=_options(args.opts),
    )  # fmt: skip


def read_stack_resource(given: PolicyResource, inputs: Mapping[str, Tree]) -> Resource:
    outputs = to_tree(given.props)
    return Resource(
        urn=given.urn, type=given.resource_type, name=given.name,
        props=inputs.get(given.urn, outputs), outputs=outputs,
        provider=_provider(given.provider), parent=given.parent.urn if given.parent else None,
        dependencies={
            key: tuple(other.urn for other in others)
            for key, others in given.property_dependencies.items()
        },
        options=_options(given.opts),
    )  # fmt: skip


def _behind(raw: object, plain: type) -> object:
    return raw if isinstance(raw, plain) else raw["__target"]  # type: ignore[index]


def _provider(given: PolicyProviderResource | None) -> Provider | None:
    if given is None:
        return None
    return Provider(given.resource_type, given.name, to_tree(given.props))


def _options(given: PolicyResourceOptions) -> Options:
    return Options(protect=given.protect, ignore_changes=tuple(given.ignore_changes))


def _level(blocks: bool) -> EnforcementLevel:
    return EnforcementLevel.MANDATORY if blocks else EnforcementLevel.ADVISORY


def _schema() -> PolicyConfigSchema:
    return PolicyConfigSchema(properties=dict(SCHEMA))
