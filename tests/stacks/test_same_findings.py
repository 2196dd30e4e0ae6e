"""One deliberately bad stack, and exactly the same findings wherever its rules are run.

The rules run inside the engine, in a preview and in an update; over the preview and the state that the
engine writes; and over its backend. `golden/careless-preview.txt` and `golden/careless-deployed.txt`
tell what they find: rule, verdict, resource. They differ in what only the deployment brings.

`UPDATE_GOLDEN=1 pytest -n0 tests/stacks/test_same_findings.py` writes the lists anew, for review.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from isthmus_simulator.environment import REPOSITORY, state_folder
from tests.stacks.conftest import PROGRAMS, Rehearsal

pytestmark = [pytest.mark.stack, pytest.mark.policy]

GOLDEN = Path(__file__).parent / "golden"
STACK, PROJECT, NEIGHBOUR = "dev", "careless", "neighbour"
EVERY_RULE = ("--policy-pack", str(PROGRAMS / "all_rules"))
SECRETS = ("not-for-you", "Not-4-You-At-All")
_TOLD = re.compile(r"(?P<rule>[a-z0-9-]+) \[[a-z]+(?:, (?P<kind>[a-z]+))?\]: ")


class Finding(NamedTuple):
    rule: str
    verdict: str
    resource: str
    """Its URN from the type on."""


Findings = frozenset[Finding]


class Told(NamedTuple):
    """What each runner finds."""

    preview: Findings
    deployed: Findings
    preview_file: Findings
    state_file: Findings
    backend: Findings
    texts: str
    """All that was written meanwhile."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("careless")


@pytest.fixture(scope="module")
def careless(folder: Path) -> Rehearsal:
    project = folder / PROJECT
    shutil.copytree(PROGRAMS / PROJECT, project, ignore=shutil.ignore_patterns("__pycache__"))
    (project / "careless.py").rename(project / "__main__.py")
    (project / "Pulumi.yaml").write_text(
        f"name: {PROJECT}\nruntime:\n  name: python\n  options:\n"
        f"    toolchain: pip\n    virtualenv: {REPOSITORY / '.venv'}\n"
    )
    rehearsal = Rehearsal(folder / "world", project, {"PULUMI_DEBUG_COMMANDS": "true"})
    rehearsal.pulumi("stack", "init", STACK)
    return rehearsal


@pytest.fixture(scope="module")
def told(careless: Rehearsal, folder: Path) -> Told:
    """One preview and one update, in which findings are told and stop nothing."""
    (folder / "advice.json").write_text(json.dumps({"all": "advisory"}))
    advised = (*EVERY_RULE, "--policy-pack-config", str(folder / "advice.json"), "-s", STACK)
    preview = careless.pulumi(
        "preview", "--json", "--show-sames", "--event-log", str(folder / "preview.log"), *advised
    )
    update = careless.pulumi(
        "up", "--yes", "--skip-preview", "--event-log", str(folder / "update.log"), *advised
    )
    (folder / "preview.json").write_text(preview.stdout)
    (folder / "state.json").write_text(careless.pulumi("stack", "export", "-s", STACK).stdout)
    return Told(
        preview=in_engine(folder / "preview.log"),
        deployed=in_engine(folder / "update.log"),
        preview_file=checked(careless, "--state", str(folder / "preview.json")),
        state_file=checked(careless, "--state", str(folder / "state.json")),
        backend=checked(careless, "--all"),
        texts=update.stdout + update.stderr + (folder / "update.log").read_text(),
    )


def in_engine(log: Path) -> Findings:
    """The findings among the engine's events."""
    events = (json.loads(line).get("policyEvent") for line in log.read_text().splitlines())
    told = ((each, _TOLD.match(each["message"].partition("\n")[2])) for each in events if each)
    return frozenset(
        Finding(found["rule"], found["kind"] or "fail", within_stack(event["resourceUrn"]))
        for event, found in told
        if found
    )


def checked(rehearsal: Rehearsal, *arguments: str, project: str = PROJECT) -> Findings:
    return findings_of(report_of(rehearsal, *arguments), project)


def report_of(rehearsal: Rehearsal, *arguments: str) -> dict[str, Any]:
    done = rehearsal.isthmus(
        *("simulate", "isthmus", "check", "--pack", "all", "--format", "json", "-o", "-"),
        *arguments,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    return json.loads(done.stdout)


def findings_of(report: Mapping[str, Any], project: str) -> Findings:
    return frozenset(
        Finding(each["rule"], each["verdict"], within_stack(each["urn"]))
        for each in report["findings"]
        if each["urn"].startswith(f"urn:pulumi:{STACK}::{project}::")
    )


def within_stack(urn: str) -> str:
    """The URN without stack and project, and without the SDK's version in a default provider's name."""
    return re.sub(r"::default_[\d_]+$", "::default", urn.split("::", 2)[2])


def golden(name: str, found: Findings) -> list[str]:
    file = GOLDEN / f"careless-{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text("".join(f"{line}\n" for line in lines(found)))
    return file.read_text().splitlines()


def lines(found: Findings) -> list[str]:
    return sorted(" ".join(each) for each in found)


def test_the_stack_is_large_and_mostly_wrong(careless: Rehearsal, told: Told) -> None:
    custom = [each for each in careless.state(STACK) if each.get("custom")]
    own = [each for each in custom if not each["type"].startswith("pulumi:providers:")]
    assert len(own) >= 60
    assert {each["type"].partition(":")[0] for each in own} == {"aws", "gcp", "azure-native"}
    assert len({each.rule for each in told.deployed}) >= 100
    assert {each.verdict for each in told.preview} == {"fail", "unknown"}


def test_a_preview_finds_what_is_expected(told: Told) -> None:
    assert lines(told.preview) == golden("preview", told.preview)


def test_an_update_finds_what_is_expected(told: Told) -> None:
    assert lines(told.deployed) == golden("deployed", told.deployed)


def test_the_preview_in_a_file_is_judged_as_in_the_engine(told: Told) -> None:
    assert lines(told.preview_file) == lines(told.preview)


def test_the_state_in_a_file_is_judged_as_in_the_engine(told: Told) -> None:
    assert lines(told.state_file) == lines(told.deployed)


def test_the_backend_is_judged_as_the_state_in_a_file(told: Told) -> None:
    assert lines(told.backend) == lines(told.state_file)


def test_no_secret_is_told(told: Told) -> None:
    assert [secret for secret in SECRETS if secret in told.texts] == []


def test_what_was_unknown_is_known_once_deployed(told: Told) -> None:
    """But for secrets, which no rule ever reads. What was wrong at preview is still wrong, but for the
    block for a bucket that is only read: its name turns out to be that of a bucket of the stack."""
    unknown = {each.resource for each in told.deployed if each.verdict == "unknown"}
    assert {resource.rpartition("::")[2] for resource in unknown} == {"secret-source"}
    assert len(unknown) == 3
    mended = {each for each in told.preview if each.verdict == "fail"} - told.deployed
    assert {each.resource.rpartition("::")[2] for each in mended} == {"elsewhere"}


@pytest.fixture(scope="module")
def neighbour(careless: Rehearsal, told: Told, folder: Path) -> Path:
    """The folder of another project with a stack like it in the same backend, and settings of its own."""
    states = state_folder(careless.environment()) / ".pulumi" / "stacks"
    state = (states / PROJECT / f"{STACK}.json").read_text()
    (states / NEIGHBOUR).mkdir()
    (states / NEIGHBOUR / f"{STACK}.json").write_text(
        state.replace(f":{STACK}::{PROJECT}::", f":{STACK}::{NEIGHBOUR}::")
    )
    project = folder / NEIGHBOUR
    project.mkdir()
    (project / "Pulumi.yaml").write_text(f"name: {NEIGHBOUR}\nruntime: python\n")
    (project / f"Pulumi.{STACK}.yaml").write_text(
        "config:\n  isthmus:residency:\n    jurisdictions: [US]\n"
    )
    return project


def test_a_project_is_judged_by_its_own_settings_in_its_own_folder(
    careless: Rehearsal, told: Told, neighbour: Path
) -> None:
    here, there = "--all", ("--all", "-C", str(neighbour))
    assert settings_by_project(report_of(careless, here)) == {PROJECT: ["EU"], NEIGHBOUR: []}
    assert settings_by_project(report_of(careless, *there)) == {PROJECT: [], NEIGHBOUR: ["US"]}
    assert checked(careless, here) == told.backend
    abroad = {each for each in told.backend if each.resource == "aws:s3/bucket:Bucket::abroad"}
    [residency] = {each for each in abroad if each.rule == "residency-resource-location-allowed"}
    assert residency not in checked(careless, *there, project=NEIGHBOUR)


def test_the_settings_of_a_file_hold_for_every_project(
    careless: Rehearsal, told: Told, neighbour: Path
) -> None:
    own = str(careless.project / f"Pulumi.{STACK}.yaml")
    report = report_of(careless, "--all", "-C", str(neighbour), "--config", own)
    assert findings_of(report, PROJECT) == findings_of(report, NEIGHBOUR) == told.backend


def test_one_stack_is_judged_by_its_name_and_folder(
    careless: Rehearsal, told: Told, neighbour: Path
) -> None:
    assert checked(careless, "-s", STACK) == told.backend
    report = report_of(careless, "-s", STACK, "-C", str(neighbour))
    assert settings_by_project(report) == {NEIGHBOUR: ["US"]}


def settings_by_project(report: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        judged["project"]: settings["jurisdictions"]
        for judged, settings in zip(report["inputs"], report["summary"]["settings"], strict=True)
    }
