"""Where Azure's geo-redundancy copies data: to the paired region, which nobody chooses."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.demands import demands_on
from isthmus_policies.questions.expect import is_word
from isthmus_policies.questions.law import TRANSFERS
from isthmus_policies.questions.whereabouts import NOT_ASKED, judge_place, locate
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.tables import GeoCopy, geo_copies
from isthmus_policies.values import UNKNOWN, Located, Value
from isthmus_policies.verdict import Pass, Unknown, Verdict

_STORAGE_ACCOUNT = "azure-native:storage:StorageAccount"


@rule(
    "residency-storage-account-geo-redundancy",
    title="Geo-redundant copies of storage accounts stay in an allowed jurisdiction",
    why="Azure copies the account to the paired region, which may be in another country.",
    fix="azure_native.storage.StorageAccount(name, sku={'name': 'Standard_ZRS'})",
    severity=Severity.HIGH,
    types=(_STORAGE_ACCOUNT,),
    controls=("AZ-SA-09",),
    requirements=TRANSFERS,
)
def storage_account_geo_redundancy(
    account: Resource, context: Context, graph: Graph
) -> Iterator[Verdict]:
    return _judge_copies(account, context, graph)


@rule(
    "residency-azure-geo-redundancy",
    title="Geo-redundant backups and vaults stay in an allowed jurisdiction",
    why="Azure copies them to the paired region, which may be in another country, and for many "
    "services it does so unless told not to.",
    fix="choose local or zone redundancy, or a region whose pair is allowed too",
    severity=Severity.HIGH,
    types=tuple(token for token in geo_copies() if token != _STORAGE_ACCOUNT),
    requirements=TRANSFERS,
)
def azure_geo_redundancy(resource: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    return _judge_copies(resource, context, graph)


def _judge_copies(resource: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    if not context.settings.jurisdictions:
        yield NOT_ASKED
        return
    for copy in geo_copies()[resource.type]:
        for said in tuple(resource.find(copy.path)) or (Located(copy.path, copy.default),):
            yield _judge_copy(resource, copy, said, context, graph)


def _judge_copy(
    resource: Resource, copy: GeoCopy, said: Located, context: Context, graph: Graph
) -> Verdict:
    if copy.unless and is_word(resource.get(copy.unless[0]), copy.unless[1]):
        return Pass()
    if said.value is UNKNOWN:
        return Unknown("whether it is copied elsewhere is not known yet", said.path)
    if not is_word(_as_text(said.value), *copy.words):
        return Pass()
    return _judge_pair(resource, copy, said.path, context, graph)


def _judge_pair(
    resource: Resource, copy: GeoCopy, path: str, context: Context, graph: Graph
) -> Verdict:
    home = locate(resource, graph)
    if not isinstance(home, Located) or not isinstance(home.value, str):
        return Unknown("which region it is copied to is not known yet", path)
    known = context.places.location("azure", home.value)
    if known is not None and known.name in copy.not_in:
        return Pass()
    pair = context.places.paired_region("azure", home.value)
    if pair is None:
        return Unknown(f"'{home.value}' has no pair in the region catalogue", path)
    demands = demands_on(resource, context, graph)
    return judge_place(resource, Located(path, pair.name), context, demands)


def _as_text(value: Value) -> Value:
    return str(value).casefold() if isinstance(value, bool) else value


RULES = (storage_account_geo_redundancy, azure_geo_redundancy)
