"""Python programs, policy packs and component packages run by the engine that is installed here."""

import json
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import REPO
from .processes import is_running, wait_for

pytestmark = pytest.mark.toolchain

RUNTIME = f"runtime: {{name: python, options: {{virtualenv: {REPO / '.venv'}}}}}\n"

PROGRAM = """
import os, pathlib, time
import pulumi

class Shelf(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("test:index:Shelf", name)

config = pulumi.Config()
shelf = Shelf("shelf")
pulumi.export("title", config.get("title"))
pulumi.export("code", config.get_secret("code"))
if config.get_bool("fail"):
    raise ValueError("the shelf fell")
if config.get("wait"):
    pathlib.Path(config.get("wait")).write_text(str(os.getpid()))
    time.sleep(60)
"""

PACK = """
import pulumi
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def judge(args, report):
    if args.resource_type == "test:index:Shelf":
        report(f"no shelves in {pulumi.get_project()}/{pulumi.get_stack()}")

PolicyPack("pack", enforcement_level=EnforcementLevel.MANDATORY,
           policies=[ResourceValidationPolicy("no-shelves", "No shelves.", judge)])
"""

PLUGIN = """
from typing import Optional, TypedDict
import pulumi
from pulumi.provider.experimental import component_provider_host

class ShelfArgs(TypedDict):
    boards: pulumi.Input[int]
    \"\"\"How many boards.\"\"\"

class Shelf(pulumi.ComponentResource):
    def __init__(self, name: str, args: ShelfArgs, opts: Optional[pulumi.ResourceOptions] = None):
        super().__init__("shelves:index:Shelf", name, {}, opts)

component_provider_host(name="shelves", components=[Shelf])
"""


@dataclass(frozen=True, slots=True)
class Workshop:
    """A folder with a program, a stack and an engine that reaches no network."""

    folder: Path
    environment: dict[str, str]

    def pulumi(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pulumi", *arguments],
            cwd=self.folder / "program",
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            ["pulumi", *arguments],
            cwd=self.folder / "program",
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def write(self, folder: str, settings: str, text: str, program: str) -> Path:
        made = self.folder / folder
        made.mkdir()
        (made / settings).write_text(text)
        (made / "__main__.py").write_text(program)
        return made


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    folder = tmp_path_factory.mktemp("workshop")
    (folder / "state").mkdir()
    environment = {
        "PATH": f"{REPO / '.toolchain' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "for a test",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    provide_installed_plugins(folder / "home" / "plugins")
    made = Workshop(folder, environment)
    made.write("program", "Pulumi.yaml", f"name: shop\n{RUNTIME}", PROGRAM)
    made.pulumi("stack", "init", "dev", "--non-interactive")
    made.pulumi("config", "set", "title", "catalogue")
    made.pulumi("config", "set", "--secret", "code", "1234")
    return made


def provide_installed_plugins(plugins: Path) -> None:
    """The engine downloads the provider of every installed SDK. None is needed here, so any file
    of the right name and version will do."""
    for entry in map(Path, sys.path):
        for description in entry.glob("*/pulumi-plugin.json"):
            plugin = json.loads(description.read_text())
            if plugin["resource"]:
                name = f"resource-{plugin['name']}"
                command = plugins / f"{name}-v{plugin['version']}" / f"pulumi-{name}"
                command.parent.mkdir(parents=True, exist_ok=True)
                command.write_text("#!/bin/sh\nexit 1\n")
                command.chmod(0o755)


def test_a_program_runs_with_its_configuration(workshop: Workshop) -> None:
    done = workshop.pulumi("up", "--yes", "--skip-preview", "--non-interactive")
    assert done.returncode == 0, done.stdout + done.stderr
    shown = workshop.pulumi("stack", "output", "--json", "--show-secrets")
    assert json.loads(shown.stdout) == {"title": "catalogue", "code": "1234"}
    hidden = workshop.pulumi("stack", "output", "--json")
    assert json.loads(hidden.stdout)["code"] == "[secret]"


def test_a_failing_program_shows_where_and_fails(workshop: Workshop) -> None:
    with setting(workshop, "fail", "true"):
        done = workshop.pulumi("preview", "--non-interactive")
    assert done.returncode != 0
    assert "ValueError: the shelf fell" in done.stdout
    assert "program/__main__.py" in done.stdout


def test_a_policy_pack_judges_and_knows_the_stack(workshop: Workshop) -> None:
    pack = workshop.write("pack", "PulumiPolicy.yaml", f"{RUNTIME}version: 0.0.1\n", PACK)
    done = workshop.pulumi("preview", "--policy-pack", str(pack), "--non-interactive")
    assert done.returncode != 0
    assert "no shelves in shop/dev" in done.stdout


def test_a_component_package_describes_itself(workshop: Workshop) -> None:
    plugin = workshop.write("plugin", "PulumiPlugin.yaml", RUNTIME, PLUGIN)
    done = workshop.pulumi("package", "get-schema", str(plugin))
    assert done.returncode == 0, done.stdout + done.stderr
    shelf = json.loads(done.stdout)["resources"]["shelves:index:Shelf"]
    assert shelf["inputProperties"]["boards"]["description"] == "How many boards."


def test_a_python_sdk_is_generated(workshop: Workshop) -> None:
    plugin = workshop.write("sdk", "PulumiPlugin.yaml", RUNTIME, PLUGIN)
    made = workshop.folder / "generated"
    done = workshop.pulumi(
        "package", "gen-sdk", str(plugin), "--language", "python", "--out", str(made)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "boards" in (made / "python" / "pulumi_shelves" / "shelf.py").read_text()


def test_a_program_does_not_outlive_a_killed_engine(workshop: Workshop) -> None:
    pid_file = workshop.folder / "pid"
    with setting(workshop, "wait", str(pid_file)):
        engine = workshop.start("preview", "--non-interactive")
        wait_for(lambda: pid_file.exists() and bool(pid_file.read_text()))
        engine.kill()
        engine.wait()
    wait_for(lambda: not is_running(int(pid_file.read_text())))


@contextmanager
def setting(workshop: Workshop, key: str, value: str) -> Generator[None]:
    workshop.pulumi("config", "set", key, value)
    yield
    workshop.pulumi("config", "rm", key)
