"""Specs to plan, made from what differs to a small one that is fine."""

from collections.abc import Callable
from typing import Any

import pytest

from isthmus.plan.build import decide
from isthmus.spec.model import Spec
from isthmus.spec.problem import Problem, dotted

MakeSpec = Callable[..., Spec]
FindProblem = Callable[..., Problem]


def _site(**changes: Any) -> dict[str, Any]:
    return {"cloud": "aws", "region": "eu-north-1", **changes}


@pytest.fixture
def make_spec() -> MakeSpec:
    """A spec with one site in Stockholm, or with the given sites and sections."""

    def make(
        sites: dict[str, dict[str, Any]] | None = None,
        environment: str = "development",
        jurisdictions: tuple[str, ...] = ("EU",),
        **network: Any,
    ) -> Spec:
        return Spec.model_validate(
            {
                "platform": {
                    "owner": "team",
                    "environment": environment,
                    "dataClassification": "internal",
                },
                "residency": {"jurisdictions": jurisdictions},
                "network": {"range": "10.64.0.0/10", **network},
                "sites": {name: _site(**site) for name, site in (sites or {"north": {}}).items()},
            }
        )

    return make


@pytest.fixture
def find_problem(make_spec: MakeSpec) -> FindProblem:
    """The one problem of a spec, whose path must be the given one."""

    def find(path: str, *args: Any, **kwargs: Any) -> Problem:
        problems = decide(make_spec(*args, **kwargs)).problems
        assert [dotted(problem.path) for problem in problems] == [path], problems
        return problems[0]

    return find
