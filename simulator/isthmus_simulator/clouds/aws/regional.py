"""Accounts and hosted zones of AWS's own, by region."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "regional_ids.csv"
"""Accounts of load balancers' logs and zones of S3's websites: aws/aws-cdk (Apache-2.0), aws-cdk-lib's
region-info/build-tools/fact-tables.ts at 02a9c13; zones of load balancers: kubernetes-sigs/external-dns
(Apache-2.0), provider/aws/aws.go. Both read them off the AWS General Reference. Empty: they have none."""


@cache
def regional_ids() -> Mapping[str, Mapping[str, str]]:
    with FILE.open() as file:
        return {row["region"]: row for row in csv.DictReader(file)}


def regional_id(region: str, column: str) -> str:
    """One of AWS's own ids, '' where none is known for the region."""
    return regional_ids().get(region, {}).get(column, "")
