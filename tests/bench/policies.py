"""What the policies cost: against Checkov, by the size of a state, and inside the engine."""

from tests.bench.against_checkov import measure_against_checkov
from tests.bench.gate import measure_gate
from tests.bench.packs import measure_packs
from tests.bench.workbench import Workbench


def measure_policies(bench: Workbench, rounds: int) -> None:
    measure_against_checkov(bench, rounds)
    measure_gate(bench, rounds)
    measure_packs(bench, rounds)
