"""`isthmus check` as a user runs it: sources, settings, exemptions, reports, exit codes, streams."""

import gc
import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from tests.policies.offline.states import (
    KEY,
    Json,
    checkpoint,
    export,
    open_group,
    preview,
    provider,
    resource,
)

from isthmus_cli import main

pytestmark = [pytest.mark.policy, pytest.mark.pure]

RULE = "exposure-security-group-no-internet-ingress"
OPEN = export(provider(), open_group("web", "0.0.0.0/0"))
SAFE = export(provider(), open_group("web", "10.0.0.0/8"))
ENTRY = f"""
- rule: {RULE}
  urn: aws:ec2/securityGroup:SecurityGroup::web
  reason: The public site; nothing else runs in this group.
  owner: web-team
  ticket: SEC-1
  expires: 9999-12-31
"""


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, *arguments: str, **environment: str) -> Done:
    """The command in this process, for speed; `start` starts it for real."""
    out, err = StringIO(), StringIO()
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PULUMI_")}
    told = patch.dict(os.environ, {**inherited, **environment}, clear=True)
    with chdir(folder), told, redirect_stdout(out), redirect_stderr(err):
        code = call(["check", *arguments])
    return Done(code, out.getvalue(), err.getvalue())


def call(words: list[str]) -> int:
    try:
        with pytest.raises(SystemExit) as left:
            main.run(words)
    finally:
        gc.enable()  # the command turns it off
    return int(left.value.code or 0)


def start(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "isthmus_cli.main", "check", *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def write(file: Path, document: Json | str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a stack file, and its state in a file backend beside it."""
    write(tmp_path / "Pulumi.yaml", "name: shop\nruntime: python\nstackConfigDir: stacks\n")
    write(
        tmp_path / "stacks/Pulumi.dev.yaml",
        "config:\n  isthmus:residency:\n    jurisdictions: [EU, NO]\n  shop:other: 1\n",
    )
    write(tmp_path / "backend/.pulumi/stacks/shop/dev.json", checkpoint_of(OPEN))
    return tmp_path


def checkpoint_of(document: Json) -> Json:
    return checkpoint(*document["deployment"]["resources"])


def backend(project: Path) -> str:
    return f"file://{project / 'backend'}"


def told(done: Done) -> dict[str, Any]:
    return json.loads(done.stdout)


def test_findings_are_shown_and_block(tmp_path: Path) -> None:
    done = run(tmp_path, "--state", str(write(tmp_path / "s.json", OPEN)), "--rule", RULE)
    assert (done.returncode, done.stderr) == (1, "")
    assert "web  aws:ec2/securityGroup:SecurityGroup" in done.stdout
    assert f"fail  critical  {RULE}" in done.stdout
    assert (
        "1 finding must be fixed: 1 rule of all on 2 resources, 1 fail (1 critical)." in done.stdout
    )


def test_a_clean_stack(tmp_path: Path) -> None:
    done = start(tmp_path, "--state", str(write(tmp_path / "s.json", SAFE)), "--rule", RULE)
    assert (done.returncode, done.stderr) == (0, "")
    assert "nothing blocks" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say what to judge"),
        (("--state", "missing.json"), "missing.json: cannot be read: No such file"),
        (("--state", "."), "this is a folder"),
        (("--state", "empty.json"), "the file is empty"),
        (("--state", "text.json"), "it is not JSON"),
        (("--state", "none.json"), "holds no resources"),
        (
            ("--state", "safe.json", "--rule", "keys-aws-key-rotatoin"),
            "Did you mean keys-aws-key-rotation",
        ),
        (("--state", "safe.json", "--pack", "founation"), "Did you mean foundation"),
        (
            ("--state", "safe.json", "--exemptions", "missing.yaml"),
            "missing.yaml:1: cannot be read",
        ),
        (
            ("--state", "safe.json", "--exemptions", "text.json"),
            "text.json:1: the file is not a list",
        ),
        (("--state", "safe.json", "--config", "missing.yaml"), "missing.yaml: cannot be read"),
        (("--state", "safe.json", "--config", "text.json"), "it has no `config:`"),
        (("--state", "safe.json", "--jurisdictions", "EUU"), "Did you mean EU"),
        (("--state", "safe.json", "--jurisdictions", "EU,"), "is not a list of words"),
        (("--state", "safe.json", "--base", "text.json"), "it is not readable JSON"),
        (
            ("--state", "safe.json", "--format", "json", "--format", "html", "-o", "x"),
            "2 forms, but 1",
        ),
        (("--state", "safe.json", "--format", "json", "-o", "no/x.json"), "cannot be written"),
        (("--state", "safe.json", "-s", "dev"), "two sources at once"),
        (("-s", "dev"), "no Pulumi.yaml"),
        (("--all",), "PULUMI_BACKEND_URL is not set"),
        (("--nope",), "--nope"),
        (("--state", "safe.json", "--format", "yaml"), "yaml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_judged_is_exit_code_2(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    write(tmp_path / "empty.json", "")
    write(tmp_path / "text.json", "hello")
    write(tmp_path / "none.json", export())
    write(tmp_path / "safe.json", SAFE)
    done = run(tmp_path, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_every_file_that_cannot_be_judged_is_told(tmp_path: Path) -> None:
    write(tmp_path / "empty.json", "")
    write(tmp_path / "text.json", "hello")
    done = run(tmp_path, "--state", "empty.json", "--state", "text.json")
    assert done.returncode == 2
    assert "empty.json: the file is empty" in done.stderr
    assert "text.json: it is not JSON" in done.stderr


def test_an_empty_stack_can_be_allowed(tmp_path: Path) -> None:
    write(tmp_path / "none.json", export())
    done = run(tmp_path, "--state", "none.json", "--allow-empty")
    assert done.returncode == 0
    assert "there was nothing to judge" in done.stdout


def test_messages_act_on_no_terminal(tmp_path: Path) -> None:
    done = start(tmp_path, "--state", "\x1b[31mred.json")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr
    assert "\\x1b[31mred.json" in done.stderr


def test_a_stack_of_the_project_by_its_backend(project: Path) -> None:
    done = run(
        project, "-s", "dev", "--rule", RULE, "--format", "json",
        PULUMI_BACKEND_URL=backend(project),
    )  # fmt: skip
    assert done.returncode == 1
    [given] = told(done)["inputs"]
    assert (given["stack"], given["project"], given["kind"]) == ("dev", "shop", "state")
    [settings] = told(done)["summary"]["settings"]
    assert settings["jurisdictions"] == ["EU", "NO"]
    assert settings["from"] == "stacks/Pulumi.dev.yaml"


@pytest.mark.parametrize("name", ["organization/shop/dev", "stacks/Pulumi.dev.yaml"])
def test_other_ways_to_name_a_stack(project: Path, name: str) -> None:
    done = run(project, "-s", name, "--rule", RULE, PULUMI_BACKEND_URL=backend(project))
    assert done.returncode == 1


def test_the_only_stack_needs_no_name_and_the_folder_can_be_given(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = run(elsewhere, "-C", str(project), "--rule", RULE, PULUMI_BACKEND_URL=backend(project))
    assert done.returncode == 1


def test_a_stack_that_was_never_deployed(project: Path) -> None:
    done = run(project, "-s", "dve", PULUMI_BACKEND_URL=backend(project))
    assert done.returncode == 2
    assert "Did you mean dev?" in done.stderr


def test_a_backend_that_is_no_folder_asks_the_engine(project: Path) -> None:
    """The engine here is a stand-in that answers as `pulumi stack export` does."""
    engine = write(
        project / "bin/pulumi",
        f"#!{sys.executable}\nimport sys\n"
        "print(open('export.json').read() if sys.argv[1:] == "
        "['--non-interactive', 'stack', 'export', '--stack=acme/shop/dev'] else sys.exit('no such stack'))\n",
    )
    engine.chmod(0o755)
    write(project / "export.json", OPEN)
    path = f"{engine.parent}{os.pathsep}{os.environ['PATH']}"
    cloud = {"PULUMI_BACKEND_URL": "https://api.example.com", "PATH": path}
    done = run(project, "-s", "acme/shop/dev", "--rule", RULE, **cloud)
    assert (done.returncode, done.stderr) == (1, "")
    failed = run(project, "-s", "dev", **cloud)
    assert failed.returncode == 2
    assert "`pulumi stack export` failed: no such stack" in failed.stderr


def test_without_an_engine_the_way_out_is_told(project: Path) -> None:
    done = run(project, "-s", "dev", PATH="/nonexistent")
    assert done.returncode == 2
    assert "there is no `pulumi` to ask" in done.stderr
    assert "isthmus simulate isthmus check" in done.stderr


def test_every_stack_of_a_backend(project: Path) -> None:
    blog = json.loads(json.dumps(checkpoint_of(SAFE)).replace("::shop::", "::blog::"))
    write(project / "backend/.pulumi/stacks/blog/dev.json", blog)
    done = run(
        project, "--all", "--rule", RULE, "--format", "json", PULUMI_BACKEND_URL=backend(project)
    )
    assert done.returncode == 1
    assert [each["project"] for each in told(done)["inputs"]] == ["blog", "shop"]
    [blog_settings, shop_settings] = told(done)["summary"]["settings"]
    assert (blog_settings["from"], shop_settings["from"]) == ("defaults", "stacks/Pulumi.dev.yaml")


def test_a_preview_brings_its_configuration(tmp_path: Path) -> None:
    config = {"isthmus:residency": '{"jurisdictions":["KR"]}'}
    state = preview(provider(), open_group("web", "10.0.0.0/8"), config=config)
    write(tmp_path / "p.json", state)
    done = run(tmp_path, "--state", "p.json", "--format", "json")
    assert told(done)["summary"]["settings"][0]["jurisdictions"] == ["KR"]
    assert {each["rule"] for each in told(done)["findings"]} == {
        "residency-resource-location-allowed"
    }
    europe = run(tmp_path, "--state", "p.json", "--jurisdictions", "EU", "--format", "json")
    assert told(europe)["findings"] == []
    assert told(europe)["summary"]["settings"][0]["from"] == "the preview and the command line"


def test_a_stack_file_can_be_given(tmp_path: Path) -> None:
    write(tmp_path / "s.json", SAFE)
    write(tmp_path / "c.yaml", 'config:\n  isthmus:residency: \'{"jurisdictions": ["KR"]}\'\n')
    done = run(tmp_path, "--state", "s.json", "--config", "c.yaml", "--format", "json")
    assert told(done)["summary"]["settings"][0]["jurisdictions"] == ["KR"]


def test_classes_of_data_are_told_in_the_report(tmp_path: Path) -> None:
    write(tmp_path / "s.json", SAFE)
    residency = '{"jurisdictions": ["EU"], "byClassification": {"restricted": ["SE", "DE"]}}'
    write(tmp_path / "c.yaml", f"config:\n  isthmus:residency: '{residency}'\n")
    done = run(tmp_path, "--state", "s.json", "--config", "c.yaml", "--format", "json")
    [settings] = told(done)["summary"]["settings"]
    assert settings["by_classification"] == {"restricted": ["DE", "SE"]}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (
            "config:\n  isthmus:residency: {jurisdictions: [EU], byClassification: {r: [DEE]}}\n",
            "DEE",
        ),
        ("config:\n  isthmus:residency:\n    secure: AAABAA==\n", "is encrypted"),
        (
            "config:\n  isthmus:residency:\n    jurisdiction: [EU]\n",
            "'jurisdiction' is not a setting",
        ),
        ("config:\n  isthmus:residency: [\n", "line 3: this is not YAML"),
        ("encryptionsalt: x\n", "it has no `config:`"),
    ],
)
def test_a_stack_file_that_cannot_be_followed(tmp_path: Path, config: str, said: str) -> None:
    write(tmp_path / "s.json", SAFE)
    write(tmp_path / "c.yaml", config)
    done = run(tmp_path, "--state", "s.json", "--config", "c.yaml")
    assert done.returncode == 2
    assert said in done.stderr


def test_unknowns_fail_or_warn(tmp_path: Path) -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    write(tmp_path / "p.json", preview(resource(KEY, "key", {"enableKeyRotation": unknown})))
    arguments = ("--state", "p.json", "--rule", "keys-aws-key-rotation")
    assert run(tmp_path, *arguments).returncode == 1
    assert run(tmp_path, *arguments, "--on-unknown", "warn").returncode == 0


def test_exemptions_beside_the_stack_file_are_found(project: Path) -> None:
    write(project / "stacks/isthmus-exemptions.yaml", ENTRY)
    arguments = ("--rule", RULE, "--format", "json")
    done = run(project, "-s", "dev", *arguments, PULUMI_BACKEND_URL=backend(project))
    assert done.returncode == 0
    assert [each["verdict"] for each in told(done)["findings"]] == ["exempt"]
    write(project / "export.json", OPEN)
    from_file = run(project, "--state", "export.json", *arguments)
    assert from_file.returncode == 0


def test_exemptions_of_another_project_are_not_taken(project: Path) -> None:
    write(project / "stacks/isthmus-exemptions.yaml", ENTRY)
    foreign = json.loads(json.dumps(OPEN).replace("::shop::", "::blog::"))
    write(project / "export.json", foreign)
    assert run(project, "--state", "export.json", "--rule", RULE).returncode == 1


def test_exemptions_can_be_given(tmp_path: Path) -> None:
    write(tmp_path / "s.json", OPEN)
    write(tmp_path / "e.yaml", ENTRY)
    done = run(tmp_path, "--state", "s.json", "--rule", RULE, "--exemptions", "e.yaml")
    assert done.returncode == 0
    assert "until 9999-12-31: The public site" in done.stdout
    write(tmp_path / "e.yaml", ENTRY.replace("::web", "::wbe").replace("SEC-1", '""'))
    both = run(tmp_path, "--state", "s.json", "--exemptions", "e.yaml")
    assert both.returncode == 2
    assert "e.yaml:6: ticket is no text" in both.stderr


def test_an_exemption_of_nothing(tmp_path: Path) -> None:
    write(tmp_path / "s.json", OPEN)
    write(tmp_path / "e.yaml", ENTRY.replace("::web", "::wbe"))
    done = run(tmp_path, "--state", "s.json", "--rule", RULE, "--exemptions", "e.yaml")
    assert done.returncode == 2
    assert "no resource is called 'aws:ec2/securityGroup:SecurityGroup::wbe'" in done.stderr


def test_one_run_writes_every_form(tmp_path: Path) -> None:
    write(tmp_path / "s.json", OPEN)
    forms = ("json", "sarif", "junit", "markdown", "html", "oscal", "csv")
    pairs = [word for form in forms for word in ("--format", form, "-o", f"out.{form}")]
    done = run(tmp_path, "--state", "s.json", "--format", "console", "-o", "-", *pairs)
    assert (done.returncode, done.stderr) == (1, "")
    assert "must be fixed" in done.stdout
    assert all((tmp_path / f"out.{form}").stat().st_size > 100 for form in forms)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [*(f"out.{form}" for form in forms), "s.json"]
    )


def test_a_report_in_a_file_leaves_a_line_for_the_log(tmp_path: Path) -> None:
    write(tmp_path / "s.json", OPEN)
    done = run(tmp_path, "--state", "s.json", "--rule", RULE, "--format", "json", "-o", "out.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "isthmus: 1 finding must be fixed (1 rule on 2 resources, 1 finding)\n"


def test_a_report_that_cannot_be_made_replaces_none(tmp_path: Path) -> None:
    write(tmp_path / "s.json", "")
    write(tmp_path / "out.json", "before")
    assert run(tmp_path, "--state", "s.json", "--format", "json", "-o", "out.json").returncode == 2
    assert (tmp_path / "out.json").read_text() == "before"


def test_what_changed_since_an_earlier_report(tmp_path: Path) -> None:
    write(tmp_path / "s.json", OPEN)
    arguments = ("--state", "s.json", "--rule", RULE)
    run(tmp_path, *arguments, "--format", "json", "-o", "base.json")
    write(tmp_path / "s.json", export(provider(), open_group("api", "0.0.0.0/0")))
    forms = ("console", "markdown", "html")
    pairs = [word for form in forms for word in ("--format", form, "-o", f"out.{form}")]
    done = run(tmp_path, *arguments, "--base", "base.json", *pairs)
    assert done.returncode == 1
    for form in forms:
        assert "1 new, 1 gone, 0 still there" in (tmp_path / f"out.{form}").read_text()


def test_the_gate_imports_neither_the_engine_nor_what_a_report_does_not_need(
    tmp_path: Path,
) -> None:
    write(tmp_path / "s.json", OPEN)
    program = (
        "import sys\n"
        "from isthmus_cli.main import run\n"
        "try:\n"
        "    run(['check', '--state', 's.json', '--pack', 'all', '--format', 'json', '-o', 'o.json'])\n"
        "except SystemExit as done:\n"
        "    assert done.code == 1, done.code\n"
        "heavy = ('pulumi', 'grpc', 'google', 'isthmus_simulator', 'isthmus.plan', 'isthmus.clouds',\n"
        "         'rich', 'jinja2', 'trestle', 'junitparser', 'isthmus_policies.engine')\n"
        "print([m for m in sys.modules if m.startswith(heavy)])\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
