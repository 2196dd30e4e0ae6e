"""The life of one resource in the world: check, create, read, update, delete, in the cloud's words."""

import re
from collections.abc import Iterable
from typing import cast

from isthmus_simulator.check import SECRET_REASON, Failure, check_inputs
from isthmus_simulator.cloud import Call, Cloud, CloudError, Setting, Usage, facts_of, rules_of
from isthmus_simulator.schema import SchemaStore, TypeSchema
from isthmus_simulator.synthesis import compute_outputs
from isthmus_simulator.templates import Maker, fill
from isthmus_simulator.values import UNKNOWN, Properties, Value, lookup, reveal, seal
from isthmus_simulator.world import Resource, Session

DEFAULTS = "__defaults"
"""Input key that lists which inputs the provider filled in itself, as bridged providers keep it."""


class Lifecycle:
    """Binds a cloud and a configured account to the types of its package."""

    def __init__(self, cloud: Cloud, setting: Setting, schemas: SchemaStore) -> None:
        self.cloud = cloud
        self.setting = setting
        self.schemas = schemas

    def schema(self, token: str) -> TypeSchema:
        found = self.schemas.type_schema(token)
        if found is None:
            raise CloudError(f"{self.cloud.package} has no resource type {token}")
        return found

    def call(self, token: str, urn: str, inputs: Properties, seed: str) -> Call:
        facts = facts_of(self.cloud, token)
        given = {**facts.defaults, **cast(Properties, reveal(inputs))}
        visible = {key: value for key, value in given.items() if not key.startswith("__")}
        call = Call(
            cloud=self.cloud,
            setting=self.setting,
            token=token,
            urn=urn,
            logical_name=urn.rsplit("::", 1)[-1],
            inputs=visible,
            schema=self.schema(token),
            facts=facts,
            maker=Maker(seed),
        )
        name = visible.get(self.name_property(call)) or ""
        call.name = name if isinstance(name, str) else ""
        return call

    def name_property(self, call: Call) -> str:
        return call.facts.name or self.cloud.name_property(call.schema)

    # --- check -------------------------------------------------------------------------------------

    def check(
        self,
        token: str,
        urn: str,
        olds: Properties,
        news: Properties,
        *,
        proposed_name: str | None,
        seed: str,
        session: Session | None = None,
    ) -> tuple[Properties, list[Failure]]:
        schema = self.schema(token)
        failures = check_inputs(schema, news, self.cloud.strictness)
        call = self.call(token, urn, news, seed)
        inputs = self._named(call, olds, news, proposed_name)
        call = self.call(token, urn, inputs, seed)
        fill_in = rules_of(self.cloud, token).fill
        if fill_in:
            call.session = session
            inputs = {**inputs, **fill_in(call, olds)}
            call = self.call(token, urn, inputs, seed)
        failures.extend(self._misnamed(call))
        rule = rules_of(self.cloud, token).check
        if rule and not failures:
            failures = list(rule(call))
        return inputs, [_discreet(one, news) for one in failures]

    def fills_in(self, token: str) -> bool:
        """Whether check reads the world for this type."""
        self.schema(token)
        return rules_of(self.cloud, token).fill is not None

    def keeps_name(self, token: str, urn: str, olds: Properties, news: Properties) -> bool:
        """Whether the program gave the name and keeps it: providers then delete first, since
        two things cannot have one name (nameRequiresDeleteBeforeReplace of pulumi-terraform-bridge)."""
        key = self.name_property(self.call(token, urn, news, ""))
        given = bool(key) and key not in (news.get(DEFAULTS) or ())
        return (
            given and news.get(key) is not None and reveal(news.get(key)) == reveal(olds.get(key))
        )

    def _misnamed(self, call: Call) -> Iterable[Failure]:
        pattern = call.facts.name_pattern
        if pattern and call.name and not re.fullmatch(pattern, call.name):
            reason = fill(
                call.facts.name_error, {**call.template_values(), "value": call.name}, call.maker
            )
            yield Failure(self.name_property(call), str(reason))

    def _named(
        self, call: Call, olds: Properties, news: Properties, proposed: str | None
    ) -> Properties:
        key = self.name_property(call)
        template = call.facts.autoname
        if not key or template == "" or news.get(key) is not None or news.get(f"{key}Prefix"):
            return news
        old_name = reveal(olds.get(key)) if key in (olds.get(DEFAULTS) or ()) else None
        if old_name is None and proposed is None and template is None:
            old_name = self.cloud.autoname(call.logical_name, call.maker)
        elif old_name is None and proposed is None:
            old_name = fill(template, {"name": call.logical_name}, call.maker)
        return {**news, key: old_name or proposed, DEFAULTS: [key]}

    # --- create, update ----------------------------------------------------------------------------

    def create(
        self, session: Session, token: str, urn: str, inputs: Properties
    ) -> tuple[str, Properties]:
        generation = session.next_generation(urn)
        call = self._enter(session, token, urn, inputs, seed=f"{urn}#{generation}")
        call.id = self._identify(call)
        self._judge(call)
        existing = session.get(self.cloud.package, token, call.id, self._home(call))
        if existing is not None and (existing.account, existing.region) != self._home(call):
            existing = None
        if existing is not None and not call.facts.adopts:
            raise CloudError(self._taken(call))
        if existing is not None:
            session.delete(existing.key)
        outputs = self._outputs(call, inputs)
        row = Resource(
            0,
            self.cloud.package,
            token,
            call.id,
            call.name or call.logical_name,
            call.region,
            self.setting.account,
            urn,
            seal(inputs),
            seal(outputs),
            builtin=False,
        )
        key = session.insert(row)
        self._claim_name(call, key)
        self._connect(call, key, outputs)
        return call.id, outputs

    def update(
        self, session: Session, token: str, urn: str, resource_id: str, inputs: Properties
    ) -> Properties:
        found = self.find(session, token, urn, resource_id, inputs)
        if found is None:
            raise CloudError(self.missing(token, resource_id))
        call = self._enter(session, token, urn, inputs, seed="")
        call.id, call.old = resource_id, found
        session.release_quota(found.key)
        self._judge(call)
        outputs = self._outputs(call, inputs)
        session.update(found.key, cast(Properties, seal(inputs)), cast(Properties, seal(outputs)))
        session.clear_identities(found.key)
        self._connect(call, found.key, outputs)
        return outputs

    def find(
        self, session: Session, token: str, urn: str, resource_id: str, inputs: Properties
    ) -> Resource | None:
        """The resource of this id in the account and region that its inputs lead to."""
        home = self._home(self.call(token, urn, inputs, seed=""))
        return session.get(self.cloud.package, token, resource_id, home)

    def _home(self, call: Call) -> tuple[str, str]:
        return self.setting.account, call.region

    def _enter(self, session: Session, token: str, urn: str, inputs: Properties, seed: str) -> Call:
        call = self.call(token, urn, inputs, seed)
        call.session = session
        call.targets = dict(self._resolve(call))
        return call

    def _identify(self, call: Call) -> str:
        template = call.facts.id
        if not template:
            return self.cloud.generic_id(call)
        filled = fill(template, call.template_values(), call.maker.child("id"))
        return str(filled)

    def _judge(self, call: Call) -> None:
        rule = rules_of(self.cloud, call.token).create
        if rule:
            rule(call)

    def _outputs(self, call: Call, inputs: Properties) -> Properties:
        call.maker = Maker(f"{self.cloud.package}/{call.token}/{call.id}")
        given = {**call.facts.defaults, **inputs}
        return compute_outputs(call, given)

    def _claim_name(self, call: Call, key: int) -> None:
        if not call.facts.unique or not call.name:
            return
        scopes = {
            "global": "",
            "account": self.setting.account,
            "region": f"{self.setting.account}/{call.region}",
        }
        template = call.facts.unique
        scope = scopes.get(template)
        if scope is None:
            scope = str(fill(template, call.template_values(), call.maker))
        if not call.world.claim(self.cloud.package, f"{call.token}@{scope}", call.name, key):
            raise CloudError(self._taken(call))

    def _taken(self, call: Call) -> str:
        if not call.facts.exists:
            return self.cloud.taken(call, call.name)
        return str(
            fill(call.facts.exists, {**call.template_values(), "value": call.name}, call.maker)
        )

    def _connect(self, call: Call, key: int, outputs: Properties) -> None:
        """Register what the resource answers to, what it refers to and what it uses up."""
        plain = cast(Properties, reveal(outputs))
        texts = {call.id, call.name, plain.get("arn"), plain.get("selfLink"), plain.get("id")}
        texts |= {
            fill(one, {**plain, **call.template_values()}, call.maker)
            for one in call.facts.identities
        }
        values = [(call.token, text) for text in texts if isinstance(text, str) and text]
        rule = rules_of(self.cloud, call.token)
        if rule.identities:
            values.extend(rule.identities(call, plain))
        call.world.add_identities(self.cloud.package, key, values)
        links = [(path, target.key) for path, found in call.targets.items() for target in found]
        call.world.set_links(key, links)
        for usage in rule.usage(call) if rule.usage else ():
            self._use(call, usage, key)

    def _use(self, call: Call, usage: Usage, key: int) -> None:
        package, region = self.cloud.package, "" if usage.everywhere else call.region
        limit = call.world.quota_limit(package, usage.quota, region)
        limit = self.cloud.default_limit(usage.quota) if limit is None else limit
        used = call.world.quota_used(package, usage.quota, region)
        if limit is not None and used + usage.amount > limit:
            raise CloudError(self.cloud.limit_exceeded(call, usage, used, limit))
        call.world.use_quota(package, usage.quota, region, usage.amount, key)

    # --- references --------------------------------------------------------------------------------

    def _resolve(self, call: Call) -> Iterable[tuple[str, list[Resource]]]:
        for path, types in call.facts.refs.items():
            found: list[Resource] = []
            for value in _texts(lookup(call.inputs, path)):
                matches = self._find(call, value, types)
                if (
                    not matches
                    and path not in call.facts.open
                    and not self._outside(call, value, types)
                ):
                    raise CloudError(self.missing(types[0], value))
                found.extend(matches[-1:])
            yield path, found

    def _find(self, call: Call, value: str, types: tuple[str, ...]) -> list[Resource]:
        found = call.world.find(self.cloud.package, value, types)
        lenders = [rule for one in types if (rule := rules_of(self.cloud, one).lend)]
        if found or not lenders:
            return found
        for lend in lenders:
            lend(call, value)
        return call.world.find(self.cloud.package, value, types)

    def _outside(self, call: Call, value: str, types: tuple[str, ...]) -> bool:
        rules = [rule for one in types if (rule := rules_of(self.cloud, one).outside)]
        return any(rule(call, value) for rule in rules)

    def missing(self, token: str, value: str) -> str:
        template = facts_of(self.cloud, token).not_found
        if not template:
            return self.cloud.missing(token, value)
        return str(fill(template, {"value": value, "account": self.setting.account}, Maker(value)))

    # --- delete ------------------------------------------------------------------------------------

    def delete(
        self,
        session: Session,
        token: str,
        urn: str,
        resource_id: str,
        inputs: Properties | None = None,
    ) -> None:
        """Deleting what is gone already succeeds, as the real providers have it."""
        found = self.find(session, token, urn, resource_id, inputs or {})
        if found is None:
            return
        call = self.call(token, urn, found.inputs, seed="")
        call.session, call.id, call.old = session, found.id, found
        dependents = [
            (path, other)
            for path, other in session.linked_from(found.key)
            if path not in facts_of(self.cloud, other.type).loose
        ]
        rule = rules_of(self.cloud, token).delete
        kept = rule(call, dependents) if rule else refuse_if_used(call, dependents)
        if not kept:
            session.delete(found.key)


def _discreet(failure: Failure, inputs: Properties) -> Failure:
    """The failure without its words where they may hold a secret."""
    value = inputs.get(re.split(r"[.\[]", failure.path)[0])
    return Failure(failure.path, SECRET_REASON) if value != reveal(value) else failure


def refuse_if_used(call: Call, dependents: list[tuple[str, Resource]]) -> None:
    """Raise the facts' `in_use` when something depends on the resource; what delete rules may end with."""
    if dependents and call.facts.in_use:
        user = dependents[0][1].id
        values = {**call.template_values(), "user": user, "value": call.id}
        raise CloudError(str(fill(call.facts.in_use, values, call.maker)))


def _texts(value: Value) -> list[str]:
    """The known, non-empty texts of a value or of (nested) lists of values."""
    if value is None or value is UNKNOWN:
        return []
    if isinstance(value, list):
        return [text for item in cast(list[Value], value) for text in _texts(item)]
    return [value] if isinstance(value, str) and value else []
