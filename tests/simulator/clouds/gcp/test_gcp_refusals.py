import pytest

from isthmus_simulator.cloud import CloudError
from tests.simulator.clouds.gcp.conftest import Project, Refused
from tests.simulator.clouds.gcp.gcp_cases import CASES, Case

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("case", CASES, ids=[case.what for case in CASES])
def test_google_refuses_it_in_its_own_words_and_takes_the_nearest_right_thing(
    case: Case, project: Project
) -> None:
    for token, inputs in case.before:
        project.create(token, inputs)
    before = len(project.all())
    with pytest.raises((CloudError, Refused), match=case.says):
        project.create(case.token, case.bad)
    assert len(project.all()) == before
    project.create(case.token, case.good)
    assert len(project.all()) == before + 1
