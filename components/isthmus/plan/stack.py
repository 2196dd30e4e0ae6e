"""From a loaded configuration to its plan: every mistake of both, each once, in the order of the
file."""

from isthmus.plan.build import Planned, decide
from isthmus.spec.load import Loaded


def plan_stack(loaded: Loaded) -> Planned:
    """The stack's plan if nothing at all is wrong; else every problem, with its place in the file.

    What only follows from a mistake already reported is left out.
    """
    if loaded.draft is None:
        return Planned(None, loaded.problems)
    planned = decide(loaded.draft)
    problems = loaded.document.finished(planned.problems)
    return Planned(None if problems else planned.plan, problems)
