"""Which account and partition a component builds in."""

from dataclasses import dataclass

import pulumi
from pulumi import InvokeOutputOptions, Output
from pulumi_aws import get_caller_identity_output


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account. `partition` is `aws`, `aws-cn`, `aws-us-gov` or another isolated cloud's
    name."""

    id: str
    partition: str

    @property
    def root_arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.id}:root"

    def arn(self, service: str, region: str, resource: str) -> str:
        return f"arn:{self.partition}:{service}:{region}:{self.id}:{resource}"

    def managed_policy(self, name: str) -> str:
        """ARN of a policy that AWS maintains."""
        return f"arn:{self.partition}:iam::aws:policy/{name}"


def account_of(parent: pulumi.Resource) -> Output[Account]:
    """The account that the parent's provider is authorised in, known already at preview."""
    caller = get_caller_identity_output(opts=InvokeOutputOptions(parent=parent))
    return Output.all(caller.account_id, caller.arn).apply(lambda found: account_from(*found))


def account_from(account_id: str, caller_arn: str) -> Account:
    """The caller's own ARN names the partition, so that no region has to be guessed at."""
    return Account(id=account_id, partition=caller_arn.split(":")[1])
