"""States and previews become resources; whatever cannot be judged is an error, never an empty stack."""

import gzip
import hashlib
import json
import tracemalloc
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus_policies.offline.document import FEATURES, Kind
from isthmus_policies.offline.problem import CannotJudge
from isthmus_policies.offline.snapshot import Source, read_snapshot, read_snapshot_from
from isthmus_policies.resource import Options, Provider
from isthmus_policies.values import HIDDEN, UNKNOWN

from .states import (
    BUCKET,
    KEY,
    PREFIX,
    ROOT,
    UNKNOWN_TEXT,
    Json,
    checkpoint,
    export,
    preview,
    provider,
    read,
    read_bytes,
    reference,
    resource,
    urn,
)  # fmt: skip

pytestmark = [pytest.mark.policy, pytest.mark.pure]

LAKE = resource(
    BUCKET, "lake", {"bucket": "lake-1"}, id="lake-1", outputs={"arn": "arn:lake-1"}, provider=reference(),
    parent=urn(ROOT, "shop-dev"), propertyDependencies={"bucket": [urn(KEY, "key")], "tags": []},
    protect=True, ignoreChanges=["tags"],
)  # fmt: skip


@pytest.mark.parametrize("wrap", [export, checkpoint, preview])
def test_a_resource_is_read_with_all_that_rules_may_ask(wrap: Any) -> None:
    document = wrap(provider(region="eu-north-1"), LAKE)
    snapshot = read(document)
    [_, lake] = snapshot.resources
    assert snapshot.kind is (Kind.PREVIEW if wrap is preview else Kind.STATE)
    assert (snapshot.stack, snapshot.project) == ("dev", "shop")
    assert (lake.urn, lake.type, lake.name) == (urn(BUCKET, "lake"), BUCKET, "lake")
    assert lake.props == {"bucket": "lake-1"}
    assert lake.outputs == {"arn": "arn:lake-1", "id": "lake-1"}
    assert lake.provider == Provider("pulumi:providers:aws", "main", {"region": "eu-north-1"})
    assert lake.parent == urn(ROOT, "shop-dev")
    assert lake.dependencies == {"bucket": (urn(KEY, "key"),)}
    assert lake.options == Options(protect=True, ignore_changes=("tags",))


def test_a_provider_may_stand_anywhere_in_the_file() -> None:
    [lake, _] = read(export(LAKE, provider(region="eu-north-1"))).resources
    assert lake.provider is not None
    assert lake.provider.get("region") == "eu-north-1"


def test_the_checksum_is_that_of_the_file() -> None:
    content = json.dumps(export(LAKE)).encode() + b"\n" * 3
    assert read_bytes(content).sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "pack",
    [
        lambda text: gzip.compress(text.encode()),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.encode("utf-8-sig"),
    ],
    ids=["gzip", "utf-16-le", "utf-16-be", "utf-8-with-mark"],
)
def test_other_encodings_are_understood(pack: Any) -> None:
    content = pack(json.dumps(export(resource(KEY, "schlüssel")), ensure_ascii=False))
    snapshot = read_bytes(content)
    assert [each.name for each in snapshot.resources] == ["schlüssel"]
    assert snapshot.sha256 == hashlib.sha256(content).hexdigest()


def test_what_awaits_its_deletion_is_left_out() -> None:
    old = {**LAKE, "delete": True}
    snapshot = read(export(LAKE, old, resource(KEY, "old", delete=True)))
    assert [each.name for each in snapshot.resources] == ["lake"]
    assert snapshot.pending_deletions == 2


def test_what_is_only_read_is_marked_and_known_by_its_outputs() -> None:
    snapshot = read(export(resource(KEY, "theirs", external=True, outputs={"arn": "k"}), LAKE))
    assert snapshot.external == {urn(KEY, "theirs")}
    assert snapshot.resources[0].props == {"arn": "k"}


def test_a_preview_leaves_out_default_providers_and_they_are_made_of_its_configuration() -> None:
    of = {"provider": reference("aws", "default_7_51_1")}
    config = {"aws:region": "eu-north-1", "aws:token": "[secret]", "gcp:region": "us-east1"}
    snapshot = read(preview(resource(KEY, "key", **of), LAKE, config=config))
    [key, _, default] = snapshot.resources
    assert key.provider is not None
    assert key.provider.get("region") == "eu-north-1"
    assert key.provider.get("token") is UNKNOWN
    assert default.props == {"region": "eu-north-1", "token": HIDDEN}
    assert (default.type, default.name) == ("pulumi:providers:aws", "default_7_51_1")


FAREWELL = {
    "severity": "error",
    "message": "error: Detected that /plugins/resource-aws-v7/pulumi-resource-aws exited prematurely. \n"
    "       This is *always* a bug in the provider.",
}


def test_a_provider_that_was_slow_to_leave_spoils_no_preview() -> None:
    assert len(read({**preview(LAKE), "diagnostics": [FAREWELL]}).resources) == 1


@pytest.mark.parametrize(
    "said", ["error: rpc error: code = Unavailable", f"error: it failed. {FAREWELL['message']}"]
)
def test_an_error_beside_it_does(said: str) -> None:
    other = {"severity": "error", "message": said}
    with pytest.raises(CannotJudge, match="the preview itself failed"):
        read({**preview(LAKE), "diagnostics": [FAREWELL, other]})


def test_a_provider_of_the_program_is_not_made_up() -> None:
    document = preview(resource(KEY, "key", provider=reference("aws", "north")),
                       config={"aws:region": "eu-north-1"})  # fmt: skip
    [key] = read(document).resources
    assert key.provider is None


def test_steps_that_delete_show_no_resource() -> None:
    document = preview(LAKE)
    document["steps"].append(
        {"op": "delete", "urn": urn(KEY, "old"), "oldState": resource(KEY, "old")}
    )
    assert [each.name for each in read(document).resources] == ["lake"]


def test_a_replacement_is_shown_twice_and_judged_once_as_it_will_be() -> None:
    before, after = resource(KEY, "key", {"rotation": 1}), resource(KEY, "key", {"rotation": 2})
    document = preview(before, after, op="replace")
    assert [each.props for each in read(document).resources] == [{"rotation": 2}]


def test_a_preview_repeats_the_configuration() -> None:
    config = {"isthmus:residency": '{"jurisdictions":["EU"]}'}
    assert read(preview(LAKE, config=config)).config == config
    assert read(export(LAKE)).config == {}


def test_unknowns_of_a_preview() -> None:
    [bucket] = read(preview(resource(BUCKET, "b", {"bucket": UNKNOWN_TEXT}))).resources
    assert bucket.get("bucket") is UNKNOWN


@pytest.mark.parametrize(
    ("positions", "source"),
    [
        (["project:///shop/main.py#12"], Source("shop/main.py", 12)),
        (["project:///shop/main.py#12,3"], Source("shop/main.py", 12)),
        (
            ["project:///.venv/lib/python3.11/site-packages/x.py#9", "project:///main.py#4"],
            Source("main.py", 4),
        ),
        (["project:///../lib.py#9", "", "project:///a b.py#2"], Source("a b.py", 2)),
        (["project:///venv/lib/site-packages/x.py#9"], None),
        (["file:///etc/passwd#1"], None),
        (["project:///main.py"], None),
        (["project:////etc/passwd#1"], None),
        ([], None),
    ],
)
def test_the_line_of_the_program(positions: list[str], source: Source | None) -> None:
    trace = [{"sourcePosition": each} for each in positions]
    each = resource(KEY, "key", stackTrace=[*trace, 7, {}], sourcePosition=(positions or [None])[0])
    assert read(export(each)).sources.get(urn(KEY, "key")) == source


def test_names_may_hold_what_separates_the_parts_of_an_urn() -> None:
    [it] = read(export(resource(KEY, f"a::{BUCKET}::b"))).resources
    assert (it.type, it.name) == (KEY, f"a::{BUCKET}::b")


def wrong(document: Json, **changes: Any) -> Json:
    return {**document, **changes}


BROKEN: dict[str, tuple[object, str]] = {
    "no object": ([], "neither a state nor a preview"),
    "a word": ("word", "neither a state nor a preview"),
    "nothing in it": ({}, "it holds nothing"),
    "something else": ({"planned_values": {}, "format_version": "1.2"}, "it holds format_version"),
    "both": ({**export(LAKE), "steps": []}, "neither a state nor a preview"),
    "no resources": (export(), "the state holds no resources"),
    "nothing deployed": ({"version": 3, "checkpoint": {"latest": None}}, "holds no resources"),
    "no checkpoint": ({"version": 3, "checkpoint": None}, "holds no resources"),
    "resources of another kind": (
        {"version": 3, "deployment": {"resources": {}}},
        "holds no resources",
    ),
    "empty preview": (preview(), "the preview holds no resources"),
    "steps of another kind": ({"steps": {}, "duration": 1}, "holds no resources"),
    "newer version": (export(LAKE, version=5), "version 5; 3 and 4 are understood"),
    "older version": (checkpoint(LAKE, version=2), "version 2; 3 and 4"),
    "no version": ({"deployment": export(LAKE)["deployment"]}, "does not say its version"),
    "odd version": (wrong(export(LAKE), version="3"), "does not say its version"),
    "true version": (wrong(export(LAKE), version=True), "does not say its version"),
    "new feature": (wrong(export(LAKE, version=4), features=["views", "x"]), "not understood: 'x'"),
    "a number for a resource": (export(LAKE, 7), "resources[1] is no object"),  # type: ignore[arg-type]
    "a step that is none": (wrong(preview(LAKE), steps=[None]), "steps[0] is no object"),
    "a state that is none": (wrong(preview(LAKE), steps=[{"newState": 1}]), "steps[0].newState"),
    "no urn": (export({"type": KEY}), "resource 0 has no urn"),
    "no type": (export(LAKE, {"urn": urn(KEY, "k")}), "resource 1 has no type"),
    "another's urn": (export({"urn": urn(BUCKET, "k"), "type": KEY}), "but its urn is"),
    "no real urn": (export({"urn": "urn:1", "type": KEY}), "but its urn is"),
    "failed preview": (
        wrong(preview(LAKE), diagnostics=[{"severity": "error", "message": "boom\nat x"}]),
        "the preview itself failed: boom at x",
    ),
    "corrupt": (wrong(preview(LAKE), maybeCorrupt=True), "may be corrupt"),
    "without sames": (wrong(preview(LAKE), changeSummary={"create": 1, "same": 9}), "0 of 9"),
    "fewer steps": (wrong(preview(LAKE), changeSummary={"create": 2}), "1 of 2 resources"),
}


@pytest.mark.parametrize(("document", "said"), BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_judged_is_told(document: object, said: str) -> None:
    with pytest.raises(CannotJudge) as raised:
        read(document)
    assert raised.value.where == "it.json"
    assert said in raised.value.what
    assert raised.value.hint


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b" \n\t ", "the file is empty"),
        (b"\xff\xfe", "the file is empty"),
        (b"Previewing update (dev)\n{}", "it is not JSON: it begins with 'P'"),
        (b'{"version": 3} {"version": 3}', "more text follows"),
        (b'{"version": 3, "version": 3}', "'version' twice"),
        (b'{"version": 3, "deployment": {"resources": [], "resources": []}}', "'resources' twice"),
        (b'{"a": "\xe4"}', "not UTF-8"),
        (gzip.compress(json.dumps(export(LAKE)).encode())[:-20], "cannot be unpacked"),
        (b"\x1f\x8bnonsense", "cannot be unpacked"),
        (b"[" * 1_000_000, "neither a state nor a preview"),
        (b'{"a":' * 1_000_000, "nested too deeply"),
        (b'{"version":3,"checkpoint":' + b'{"latest":' * 100_000, "nested too deeply"),
        (b'{"version":3,"deployment":{"resources":[' + b"[" * 1_000_000, "nested too deeply"),
        (
            b'{"version":3,"deployment":{"resources":[{"urn":"' + urn(KEY, "k").encode()
            + b'","type":"aws:kms/key:Key","inputs":{"a":' + b"[" * 200 + b"]" * 200 + b"}}]}}",
            "nested more than 100 levels",
        ),
    ],
    ids=range(15),
)  # fmt: skip
def test_bytes_that_cannot_be_judged_are_told(content: bytes, said: str) -> None:
    with pytest.raises(CannotJudge) as raised:
        read_bytes(content)
    assert said in raised.value.what


def test_known_features_are_read() -> None:
    assert read(wrong(export(LAKE, version=4), features=sorted(FEATURES))).resources


@pytest.mark.parametrize(
    "document", [export(), preview(), {"version": 3, "checkpoint": {"latest": None}}]
)
def test_an_empty_stack_can_be_asked_for(document: Json) -> None:
    snapshot = read(document, allow_empty=True)
    assert (snapshot.resources, snapshot.stack) == ((), "")


def test_a_path_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CannotJudge, match="No such file"):
        read_snapshot(tmp_path / "missing.json")
    with pytest.raises(CannotJudge, match="this is a folder"):
        read_snapshot(tmp_path)


WHOLE = json.dumps(checkpoint(provider(region="eu-north-1"), LAKE, resource(KEY, "key"))).encode()


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_that_was_cut_off_is_never_judged(length: int) -> None:
    with pytest.raises(CannotJudge):
        read_bytes(WHOLE[:length])


@given(st.binary(max_size=60), st.integers(0, len(WHOLE)), st.integers(0, 30))
def test_nothing_but_one_kind_of_error_comes_out(noise: bytes, start: int, length: int) -> None:
    content = WHOLE[:start] + noise + WHOLE[start + length :]
    with suppress(CannotJudge):  # any other exception fails the test
        assert read_bytes(content).resources


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
FIELDS = ("inputs", "outputs", "provider", "parent", "propertyDependencies", "id", "external", "delete",
          "ignoreChanges", "protect", "sourcePosition", "stackTrace")  # fmt: skip


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_fields_of_any_kind_are_read_or_left(fields: dict[str, object]) -> None:
    snapshot = read(export({**resource(KEY, "key"), **fields}), allow_empty=True)
    assert all(each.urn.startswith(PREFIX) for each in snapshot.resources)


def test_memory_grows_with_what_is_kept_and_not_with_the_file() -> None:
    ballast = [
        {**resource(KEY, f"k{n}", {"text": "x" * 10_000}), "delete": True} for n in range(1000)
    ]
    content = json.dumps(export(*ballast, LAKE)).encode()
    assert len(content) > 10_000_000
    tracemalloc.start()
    try:
        read_snapshot_from(BytesIO(content), "big")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3_000_000
