"""Cloud KMS keys: who may use them, and what it takes to destroy one."""

from collections.abc import Iterator

from isthmus_policies.graph import Graph
from isthmus_policies.questions.expect import expect, is_word
from isthmus_policies.questions.iam_grants import judge_public_grants
from isthmus_policies.resource import Resource
from isthmus_policies.rule import Context, Severity, rule
from isthmus_policies.rules.keys import seconds_of
from isthmus_policies.values import MISSING
from isthmus_policies.verdict import Pass, Verdict, Verdicts

_KEY = "gcp:kms/cryptoKey:CryptoKey"
_SHORTEST_DELAY_DAYS = 30
"""Google's own default (SDK documentation of the property)."""


@rule(
    "secrets-gcp-key-no-public-grant",
    title="No Cloud KMS grant is for everyone",
    why="allUsers is the internet; allAuthenticatedUsers is everyone with a Google account.",
    fix="gcp.kms.CryptoKeyIAMMember(name, crypto_key_id=key.id, "
    "role='roles/cloudkms.cryptoKeyEncrypterDecrypter', member=service_account.member)",
    severity=Severity.CRITICAL,
    types=(
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding",
        "gcp:kms/cryptoKeyIAMPolicy:CryptoKeyIAMPolicy",
        "gcp:kms/keyRingIAMMember:KeyRingIAMMember",
        "gcp:kms/keyRingIAMBinding:KeyRingIAMBinding",
        "gcp:kms/keyRingIAMPolicy:KeyRingIAMPolicy",
    ),
    controls=("GCP-KMS-02",),
)
def gcp_key_no_public_grant(grant: Resource, context: Context, graph: Graph) -> Iterator[Verdict]:
    return judge_public_grants(grant, graph)


@rule(
    "secrets-gcp-key-protected",
    title="Cloud KMS keys are protected against deletion",
    why="With the key goes all that is encrypted with it, backups included.",
    fix="gcp.kms.CryptoKey(name, key_ring=ring.id, opts=pulumi.ResourceOptions(protect=True))",
    severity=Severity.HIGH,
    types=(_KEY,),
    controls=("GCP-KMS-02",),
)
def gcp_key_protected(key: Resource, context: Context) -> Verdicts:
    # To abandon a key leaves it in the cloud; the default deletes (SDK documentation).
    if key.options.protect:
        return Pass()
    path = "deletionPolicy"
    is_safe = is_word(key.get(path), "PREVENT", "ABANDON")
    return expect(key, path, is_safe, "destroying the stack destroys the key")


@rule(
    "secrets-gcp-key-destroy-delay",
    title="Destroyed keys can be restored for 30 days",
    why="That a key is missing shows when the next backup is read, not at once.",
    fix="gcp.kms.CryptoKey(name, key_ring=ring.id, destroy_scheduled_duration='2592000s')",
    severity=Severity.MEDIUM,
    types=(_KEY,),
    controls=("GCP-KMS-02",),
)
def gcp_key_destroy_delay(key: Resource, context: Context) -> Verdicts:
    path = "destroyScheduledDuration"
    seconds, shortest = seconds_of(key.get(path)), _SHORTEST_DELAY_DAYS * 86_400
    is_long = key.get(path) is MISSING or (seconds is not None and seconds >= shortest)
    return expect(key, path, is_long, f"it is gone before {_SHORTEST_DELAY_DAYS} days have passed")


RULES = (gcp_key_no_public_grant, gcp_key_protected, gcp_key_destroy_delay)
