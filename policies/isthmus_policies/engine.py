"""Lets the rules run inside the Pulumi engine.

The SDK calls every policy for every resource, and turns an unknown in a mandatory policy into a mere
note. So the pack has few policies, each of which runs all rules of its scope over plain values, in
which an unknown is a value like others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from pulumi.runtime import get_config_env
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from isthmus_policies.evaluate import Finding, Kind, RuleIndex, evaluate
from isthmus_policies.exemptions import Exemptions
from isthmus_policies.hiding import Secrets
from isthmus_policies.places import Catalogue, Places
from isthmus_policies.remedies import remediable
from isthmus_policies.remedies.mend import Mended, mend
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Rule, Scope
from isthmus_policies.sdk import (
    Unconfigurable,
    read_resource,
    read_stack_resource,
    to_tree,
    write_changes,
)
from isthmus_policies.settings import (
    NO_RESIDENCY,
    SCHEMA,
    Config,
    SettingsError,
)
from isthmus_policies.terms import Terms, read_terms, whom_to_mend
from isthmus_policies.values import Tree

ROOT = "pulumi:pulumi:Stack"
"""The stack's own resource, registered before any other: wrong settings stop the run there."""


class Found(NamedTuple):
    """What rules found of a resource, or of the whole stack, and by which terms."""

    terms: Terms | SettingsError
    findings: list[Finding]


WHOLE_STACK = "*"
"""Stands where a URN does."""


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
    _mended: dict[str, Mended] = field(default_factory=dict[str, Mended])
    _secrets: Secrets = field(default_factory=Secrets)
    _found: dict[str, Found] = field(default_factory=dict[str, Found])
    _terms_by_config: dict[str, Terms | SettingsError] = field(
        default_factory=dict[str, Terms | SettingsError]
    )

    def policies(self) -> list[Policy]:
        """The pack's policies: one that notes what is secret, one that mends, then an enforcing and
        an advising one for each scope.

        A policy has one level, which is why what only warns needs a policy of its own.
        """
        return [
            self._secrets_policy(),
            self._remedy_policy(),
            self._resource_policy("isthmus-resources", blocks=True),
            self._resource_policy("isthmus-resources-advice", blocks=False),
            self._stack_policy("isthmus-stack", blocks=True),
            self._stack_policy("isthmus-stack-advice", blocks=False),
        ]

    def _secrets_policy(self) -> Policy:
        """Changes nothing: the SDK takes the marks of secrets off for every policy but one that may.
        So it has to run whatever the configuration says of levels, also for all policies."""

        def note(args: ResourceValidationArgs) -> None:
            self._secrets.note(args.urn, to_tree(args.props))

        return ResourceValidationPolicy(
            Unconfigurable("isthmus-secrets"), "Keeps secrets from the rules; changes nothing.",
            remediate=note,  # type: ignore[arg-type]
            enforcement_level=EnforcementLevel.REMEDIATE, config_schema=_schema(),
        )  # fmt: skip

    def _remedy_policy(self) -> Policy:
        """The engine asks it before the rules, and gives whatever it answers to the others and to the cloud.

        It has no way to say anything: what was done is told by the policies that are asked next.
        """
        index = RuleIndex(remediable(self.rules))

        def remediate(args: ResourceValidationArgs) -> Mapping[str, object] | None:
            self._mended.pop(args.urn, None)
            terms = self._terms(args.get_config())
            if isinstance(terms, SettingsError) or not terms.context.settings.remediate:
                return None
            rules = index.for_type(args.resource_type)
            if not rules:
                return None
            known = [each for each in self._terms_by_config.values() if isinstance(each, Terms)]
            may_mend = whom_to_mend(terms.context.settings, known, self.today())
            mended = mend(read_resource(args), rules, terms.context, may_mend)
            self._mended[args.urn] = mended
            changes = [change for each in mended.applied for change in each.changes]
            return write_changes(args.props, changes) if changes else None

        return ResourceValidationPolicy(
            "isthmus-remedies", "Safe fixes, where the stack's settings ask for them.",
            remediate=remediate,  # type: ignore[arg-type]
            enforcement_level=EnforcementLevel.REMEDIATE, config_schema=_schema(),
        )  # fmt: skip

    def _report_mistakes(self, report: ReportViolation) -> None:
        """Also those in the configuration of the policy that mends, which cannot say so itself."""
        wrong = (each for each in self._terms_by_config.values() if not isinstance(each, Terms))
        for said in dict.fromkeys(str(each) for each in wrong):
            report(f"settings: {said}", None)

    def _tell_mended(self, urn: str, blocks: bool, report: ReportViolation) -> None:
        mended = self._mended.get(urn)
        for each in (mended.broken if blocks else mended.applied) if mended else ():
            report(each.render(), urn)

    def _resource_policy(self, name: str, *, blocks: bool) -> Policy:
        index = self._index(Scope.RESOURCE)

        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            self._tell_mended(args.urn, blocks, report)
            terms = self._terms(args.get_config())
            if blocks and args.resource_type == ROOT:
                self._report_mistakes(report)
            found = self._handed_over(args.urn, terms, blocks)
            if found is None:
                found = self._judge_resource(args, index, terms)
            if blocks:
                self._found[args.urn] = Found(terms, found)
            if isinstance(terms, Terms):
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
            found = self._handed_over(WHOLE_STACK, terms, blocks)
            if found is None:
                resources = [self._read_of_stack(each) for each in args.resources]
                if blocks:
                    _report_exemptions_of_nothing(terms.exemptions, resources, report)
                found = evaluate(resources, index, terms.context)
            if blocks:
                self._found[WHOLE_STACK] = Found(terms, found)
            self._report(found, terms.exemptions, blocks, report)

        return StackValidationPolicy(
            name, "Rules that judge resources by what else is in the stack.", validate,
            enforcement_level=_level(blocks), config_schema=_schema(),
        )  # fmt: skip

    def _judge_resource(
        self, args: ResourceValidationArgs, index: RuleIndex, terms: Terms | SettingsError
    ) -> list[Finding]:
        provider = args.provider.urn if args.provider else ""
        resource = self._secrets.hide_in(read_resource(args), provider)
        self._inputs[resource.urn] = resource.props
        if isinstance(terms, SettingsError) or not index.for_type(resource.type):
            return []
        return evaluate((resource,), index, terms.context)

    def _read_of_stack(self, given: PolicyResource) -> Resource:
        """Its outputs stand for the inputs if no policy on resources has seen them."""
        provider = given.provider.urn if given.provider else ""
        return self._secrets.hide_in(read_stack_resource(given, self._inputs), provider)

    def _handed_over(
        self, urn: str, terms: Terms | SettingsError, blocks: bool
    ) -> list[Finding] | None:
        """What the enforcing policy, which is asked first, has just found by the same terms."""
        last = self._found.pop(urn, None)
        return last.findings if last and not blocks and last.terms is terms else None

    def _index(self, scope: Scope) -> RuleIndex:
        return RuleIndex(rule for rule in self.rules if rule.scope is scope)

    def _terms(self, pack_config: Config) -> Terms | SettingsError:
        key = repr(pack_config)
        if key not in self._terms_by_config:
            try:
                self._terms_by_config[key] = read_terms(
                    self.stack_config(), pack_config, self.rules, self.places
                )
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
                entry = exemptions.find(finding.rule.id, finding.urn, self.today(),
                                        is_unknown=finding.kind is Kind.UNKNOWN)  # fmt: skip
            if entry is None:
                if finding.blocks is blocks:
                    report(finding.render(), finding.urn)
            elif entry.has_expired(self.today()):
                if finding.blocks is blocks:
                    report(f"{finding.render()} Note: {entry.say_expired()}.", finding.urn)
            elif not blocks:
                report(f"{finding.render()} Note: {entry.say_exempt()}.", finding.urn)


def _report_exemptions_of_nothing(
    exemptions: Exemptions, resources: Sequence[Resource], report: ReportViolation
) -> None:
    """The root's URN names the stack and its project."""
    urns = [each.urn for each in resources]
    stacks = {tuple(urn.removeprefix("urn:pulumi:").split("::", 2)[:2]) for urn in urns}
    for entry in exemptions.of_nothing(urns, (each for each in stacks if len(each) == 2)):
        report(f"exemptions: line {entry.line}: no resource is called '{entry.urn}'", None)


def _level(blocks: bool) -> EnforcementLevel:
    return EnforcementLevel.MANDATORY if blocks else EnforcementLevel.ADVISORY


def _schema() -> PolicyConfigSchema:
    return PolicyConfigSchema(properties=dict(SCHEMA))
