"""Policy packs inside the engine: what a resource costs more than without any."""

from collections.abc import Mapping
from pathlib import Path

from rich.progress import track

from isthmus_simulator.environment import REPOSITORY
from tests.bench.measure import margins, spread
from tests.bench.workbench import Workbench, make_table

FEW, MANY = 200, 800
NONE, IDLE, FOUNDATION, ALL = "no pack", "a policy that does nothing", "foundation", "all rules"
PROGRAM = '''"""{count} resources of four types."""
import pulumi_aws as aws

tags = {{"owner": "ml", "environment": "development", "data-classification": "internal"}}
for number in range({count} // 4):
    key = aws.kms.Key(f"key-{{number}}", enable_key_rotation=True, tags=tags)
    lake = aws.s3.Bucket(f"lake-{{number}}", tags=tags)
    aws.s3.BucketPublicAccessBlock(
        f"block-{{number}}", bucket=lake.id, block_public_acls=True, block_public_policy=True,
        ignore_public_acls=True, restrict_public_buckets=True,
    )
    aws.ebs.Volume(
        f"disk-{{number}}", availability_zone="us-east-1a", size=100, encrypted=True,
        kms_key_id=key.arn, tags=tags,
    )
'''
IDLE_PACK = '''"""Serves one policy, without rules: what the engine and the SDK take for any pack."""
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

idle = ResourceValidationPolicy("idle", "Does nothing.", lambda args, report: None)
PolicyPack("idle", [idle], enforcement_level=EnforcementLevel.MANDATORY)
'''
PACK = '''"""Serves all rules."""
from pulumi_policy import EnforcementLevel, PolicyPack

from isthmus_policies.engine import Engine
from isthmus_policies.registry import RULES

PolicyPack("all", Engine(RULES).policies(), enforcement_level=EnforcementLevel.MANDATORY)
'''
TELL_ONLY = '{"all": "advisory"}'
"""Findings are told, and stop nothing: a preview that stops at one has measured half of it."""


def measure_packs(bench: Workbench, rounds: int) -> None:
    choices = _choices(bench)
    projects = {
        count: bench.make_project(f"packed-{count}", PROGRAM.format(count=count))
        for count in (FEW, MANY)
    }
    seconds: dict[tuple[str, int], list[float]] = {}
    for number in track(range(rounds + 1), "with packs, in turn", console=bench.console):
        for count, project in projects.items():
            for name, options in choices.items():
                took = bench.preview(f"packed-{count}", project, *options).seconds
                if number:  # the first round warms caches up
                    seconds.setdefault((name, count), []).append(took)
    _print(bench, seconds)


def _choices(bench: Workbench) -> Mapping[str, tuple[str, ...]]:
    config = bench.folder / "tell-only.json"
    config.write_text(TELL_ONLY)
    idle = bench.make_folder("idle", "PulumiPolicy.yaml", IDLE_PACK)
    everything = bench.make_folder("all-rules", "PulumiPolicy.yaml", PACK)
    return {
        NONE: (),
        IDLE: _with_pack(idle, config),
        FOUNDATION: _with_pack(REPOSITORY / "policies", config),
        ALL: _with_pack(everything, config),
    }


def _with_pack(pack: Path, config: Path) -> tuple[str, ...]:
    return ("--policy-pack", str(pack), "--policy-pack-config", str(config))


def _print(bench: Workbench, seconds: Mapping[tuple[str, int], list[float]]) -> None:
    table = make_table(
        "Preview on one simulated cloud, with policy packs",
        "pack", f"{FEW} resources", f"{MANY} resources", "more than without, each further resource",
    )  # fmt: skip
    bare = _margins(seconds, NONE)
    for name in (NONE, IDLE, FOUNDATION, ALL):
        more = [own - none for own, none in zip(_margins(seconds, name), bare, strict=True)]
        table.add_row(
            name,
            *(spread(seconds[name, count], "s") for count in (FEW, MANY)),
            spread(more, "ms") if name != NONE else "",
        )
    bench.console.print(table)


def _margins(seconds: Mapping[tuple[str, int], list[float]], name: str) -> list[float]:
    """Milliseconds for each resource more, round by round."""
    return margins(seconds[name, FEW], seconds[name, MANY], MANY - FEW)
