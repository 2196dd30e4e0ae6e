"""Resources per second by size."""

from tests.bench.measure import run
from tests.bench.workbench import Workbench, make_table

SIZES = (100, 1_000, 3_000)
MANY = '''"""{count} plain resources on one simulated cloud."""
import pulumi_aws as aws

group = aws.cloudwatch.LogGroup("group")
for number in range({count} - 1):
    aws.cloudwatch.LogStream(f"stream-{{number}}", log_group_name=group.name)
'''
UP = ("pulumi", "--non-interactive", "up", "--yes", "--skip-preview", "-s", "bench")


def measure_sizes(bench: Workbench) -> None:
    table = make_table(
        "Resources per second, one cloud", "resources", "preview", "up", "up again (no change)"
    )
    for count in SIZES:
        name = f"many-{count}"
        project = bench.make_project(name, MANY.format(count=count))
        preview = bench.preview(name, project)
        first, again = (run(UP, project, bench.environment(name)) for _ in range(2))
        table.add_row(
            f"{count:,}",
            *(
                f"{count / one.seconds:.0f} ({one.seconds:.1f} s, {one.peak_mib:.0f} MiB)"
                for one in (preview, first, again)
            ),
        )
        bench.console.print(f"{count:,} resources measured")
    bench.console.print(table)
