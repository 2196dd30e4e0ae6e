"""Default quotas of things that are counted one by one; vCPU quotas are the catalogue's."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from isthmus_simulator.cloud import Call, Usage


@dataclass(frozen=True, slots=True)
class Counted:
    """A quota of so many things per region; `says` is the API's error when it is reached."""

    code: str
    limit: float
    says: str


COUNTED: Mapping[str, Counted] = {
    # Amazon VPC User Guide, "Amazon VPC quotas"; error codes: EC2 API reference, "Error codes".
    # Five VPCs and gateways per region: the region's default VPC takes one of each.
    "vpcs": Counted(
        "L-F678F1CE", 4, "VpcLimitExceeded: The maximum number of VPCs has been reached."
    ),
    "elastic-ips": Counted(
        "L-0263D0A3", 5, "AddressLimitExceeded: The maximum number of addresses has been reached."
    ),
    "internet-gateways": Counted(
        "L-A4707A72",
        4,
        "InternetGatewayLimitExceeded: The maximum number of internet gateways has been reached.",
    ),
}
BY_CODE: Mapping[str, Counted] = {one.code: one for one in COUNTED.values()}


def uses(name: str) -> Callable[[Call], Iterable[Usage]]:
    usage = Usage(COUNTED[name].code, 1)
    return lambda call: (usage,)
