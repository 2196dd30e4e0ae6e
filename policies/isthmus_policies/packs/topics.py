"""Which rules belong to packs that are about a subject, and not about a framework."""

from isthmus_policies.frameworks import requirements_of
from isthmus_policies.rule import Rule, Severity

_CRYPTOGRAPHY = ("encryption", "keys", "transport")
_CRYPTOGRAPHIC = ("customer-key", "encryption", "tls", "kms-key", "gcp-key", "bucket-key")
"""Parts of the ids of rules that are about encryption under other topics."""
_TRANSFER = ("GDPR", "Art.44")
"""Serving it is what makes a rule one of residency, whichever its topic."""

COST_ELSEWHERE = ("storage-s3-bucket-key-enabled", "storage-s3-bucket-lifecycle")
"""Rules of other topics that save money too: calls to KMS, and unfinished uploads."""
WASTE = (
    "cost-accelerator-machine-scheduled",
    "cost-accelerator-pool-bounded",
    "cost-accelerator-pool-idle",
    "cost-azureml-instance-idle",
    "cost-dataproc-cluster-idle",
    "cost-emr-cluster-idle",
    "cost-kusto-cluster-stops",
    "cost-redshift-cluster-pauses",
    "cost-sagemaker-notebook-idle",
    "cost-synapse-spark-pauses",
    "cost-workbench-instance-idle",
)
"""Rules on machines that draw power for nothing."""


def is_basic(rule: Rule) -> bool:
    return rule.severity in (Severity.HIGH, Severity.CRITICAL)


def is_about_encryption(rule: Rule) -> bool:
    if rule.topic in _CRYPTOGRAPHY:
        return True
    return any(f"-{words}-" in f"{rule.id}-" for words in _CRYPTOGRAPHIC)


def is_about_residency(rule: Rule) -> bool:
    served = ((each.framework, each.id) for each in requirements_of(rule))
    return rule.topic == "residency" or _TRANSFER in served


def is_about_cost(rule: Rule) -> bool:
    return rule.topic == "cost" or rule.id in COST_ELSEWHERE


def is_about_carbon(rule: Rule) -> bool:
    """Where machines run, and those that run for nothing: idle ones draw power as well."""
    return rule.topic == "carbon" or rule.id in WASTE
