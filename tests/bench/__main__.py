"""`make bench`: our demo against a flat program of the same resources, resources per second by size, and
the policies: against Checkov, by size, and inside the engine.

Whole commands are timed, in turn (A B C A B C ...), so that a machine that slows down slows all of them;
ratios are taken pair by pair. Nothing here judges: there is no test on a time.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from tests.bench.demo import compare
from tests.bench.policies import measure_policies
from tests.bench.sizes import measure_sizes
from tests.bench.workbench import Workbench

PARTS: Mapping[str, Callable[[Workbench, int], None]] = {
    "compare": compare,
    "sizes": lambda bench, rounds: measure_sizes(bench),
    "policies": measure_policies,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="counted rounds of the comparisons")
    parser.add_argument("--only", choices=tuple(PARTS), help="one part of it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="isthmus-bench-") as folder:
        bench = Workbench(Path(folder), Console(width=110))
        for name, measure in PARTS.items():
            if options.only in (None, name):
                measure(bench, options.rounds)


if __name__ == "__main__":
    main()
