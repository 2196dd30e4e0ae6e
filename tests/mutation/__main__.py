"""`make mutate`: breaks the policy rules, and what they share, in small ways and asks whether their
cases and tests notice."""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.contracts.house import REPOSITORY
from tests.mutation.choice import UnknownModuleError, changed_modules, named_modules
from tests.mutation.equivalent import read_equivalents
from tests.mutation.report import Score, as_json, overall, score, tell_survivors
from tests.mutation.run import laboratory, try_modules


def main(arguments: list[str] | None = None) -> int:
    options = read_options(arguments)
    live = laboratory().live
    modules = named_modules(live, options.module)
    if options.changed:
        modules = [each for each in changed_modules(live, options.changed) if each in modules]
    scores = list(judge(modules, options.jobs))
    files = {name: str(live.sources[name].file.relative_to(REPOSITORY)) for name in modules}
    print(*tell_survivors(scores, files), overall(scores), sep="\n")
    if options.json:
        options.json.write_text(json.dumps(as_json(scores, files), indent=2) + "\n")
    return 0 if all(each.passes(options.at_least) for each in scores) else 1


def judge(modules: Iterable[str], jobs: int) -> Iterable[Score]:
    named = read_equivalents()
    for tried in try_modules(modules, jobs):
        found = score(tried, named)
        print(found, flush=True)
        yield found


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("--module", action="append", default=[], help="part of a name; repeatable")
    parser.add_argument(
        "--changed", nargs="?", const="HEAD", metavar="REVISION",
        help="only what differs from a revision (HEAD), in code or cases",
    )  # fmt: skip
    parser.add_argument(
        "--at-least", type=float, default=95.0, help="percent that each module needs (95)"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--json", type=Path, help="a file for the result")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UnknownModuleError as error:
        sys.exit(f"{error}")
