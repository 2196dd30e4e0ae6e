"""Reports to write: one from names and values that attack whoever shows them, one that is clean."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from isthmus_policies.exemptions import Exemption, Exemptions
from isthmus_policies.gate import Subject, choose_rules, judge
from isthmus_policies.remedies.proposals import with_remedies
from isthmus_policies.reports import json_report
from isthmus_policies.reports.change import Change, compare
from isthmus_policies.reports.model import Report
from isthmus_policies.settings import OnUnknown, Settings

from ..offline.states import (
    BUCKET,
    KEY,
    SECRET,
    SIGNATURE,
    UNKNOWN_TEXT,
    Json,
    export,
    open_group,
    preview,
    provider,
    read,
    resource,
)

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
GROUP = "aws:ec2/securityGroup:SecurityGroup"
OPEN_GROUP = "exposure-security-group-no-internet-ingress"
TAGGED = "tags-resource-required"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>\"'",
    "a|b`c`\n| d |\r\n# heading\n- item",
    "\x1b[31mred\x1b[0m\x07\x9b2J",
    "nul\x00bs\x08ffff\uffff",
    "@org/team #1 [x](javascript:alert(1)) ![y](https://evil.example/p.png) https://evil.example",
    '=HYPERLINK("http://evil.example")',
    "{{7*7}}${7*7}{% raw %}",
    "]]><x/>&amp;<!--",
    "gnp\u202eexe\u200b.txt",
    "half \ud800 pair",
    "very " + "long " * 200,
)
PLAIN_SECRET = "correct-horse-battery"
SEALED = "v1:SEALED-TEXT"
EVIL = " ".join(HOSTILE)
SETTINGS = Settings(
    frozenset({"EU"}),
    required_tags=("owner", "environment", EVIL),
    tag_values={"owner": EVIL, "environment": "test", EVIL: "evil"},
    by_classification={EVIL: frozenset({"EU", EVIL})},
    on_unknown=OnUnknown.FAIL,
)
OTHER_STACK = f"urn:pulumi:other::shop::{GROUP}::"


def hostile_resources() -> list[Json]:
    """Open security groups with such names and such sources, and secrets where rules look."""
    found: list[Json] = [provider(region="eu-north-1")]
    for name in HOSTILE:
        group = open_group(name, "0.0.0.0/0")
        group["inputs"]["tags"] = {name: name}
        found.append(group)
    plain = {SIGNATURE: SECRET[SIGNATURE], "plaintext": f'"alias/aws/{PLAIN_SECRET}"'}
    found.append(
        resource("aws:ebs/volume:Volume", "sealed", {"kmsKeyId": SECRET, "encrypted": True})
    )
    found.append(resource("aws:ebs/volume:Volume", "shown", {"kmsKeyId": plain, "encrypted": True}))
    found.append(
        resource(KEY, "key", {"enableKeyRotation": plain, "description": PLAIN_SECRET[:3]})
    )
    return found


def exemption(
    urn: str, rule: str, expires: date = date(2027, 6, 30), reason: str = ""
) -> Exemption:
    reason = reason or f"{HOSTILE[0]} {HOSTILE[2]} {HOSTILE[6]}"
    return Exemption(rule, urn, reason, "@owner|`x`", "=T-1<b>", expires, 3)


def hostile(*rule_ids: str) -> Report:
    """Fails, unknowns and exempted findings; used, unused and expired exemptions."""
    entries = [
        exemption(f"{GROUP}::{HOSTILE[0]}", OPEN_GROUP),
        exemption(f"{GROUP}::{HOSTILE[1]}", OPEN_GROUP, date(2026, 1, 1)),
        exemption(f"{KEY}::key", OPEN_GROUP),
    ]
    snapshot = read(export(*hostile_resources()))
    subject = Subject(snapshot, SETTINGS, "a test")
    report = judge(
        [subject], choose_rules((), rule_ids), Exemptions(entries),
        exemption_file="isthmus-exemptions.yaml", now=NOW,
    )  # fmt: skip
    return with_remedies(report, [subject])


def brief() -> Report:
    """The same by three rules: all there is to see, on few pages."""
    return hostile(OPEN_GROUP, "encryption-ebs-disk-customer-key", TAGGED)


def since_base(report: Report) -> Change:
    """Compared with a base that knew the first groups, and of which some is gone for each reason. It
    was written by an enemy."""
    groups = [open_group(name, "0.0.0.0/0") for name in ("mended", *HOSTILE[:-3])]
    subject = Subject(read(export(provider(), *groups)), Settings(), "a test")
    base = json.loads(json_report.render(judge([subject], choose_rules([], [OPEN_GROUP]), now=NOW)))
    mine = dict.fromkeys(("path", "severity", "message"), EVIL)
    base["created"], base["summary"]["packs"] = HOSTILE[0], HOSTILE
    base["findings"] += [{**mine, "urn": f"{OTHER_STACK}{name}", "rule": name} for name in HOSTILE]
    base["findings"].append({**mine, "urn": f"{OTHER_STACK}x", "rule": OPEN_GROUP})
    with TemporaryDirectory() as folder:
        file = Path(folder) / "<img src=x>\x1b[31m.json"
        file.write_text(json.dumps(base), encoding="utf-8")
        return compare(report, file)


def clean() -> Report:
    """A key with nothing wrong, under a single rule."""
    snapshot = read(export(resource(KEY, "key", {"enableKeyRotation": True})))
    return judge(
        [Subject(snapshot, Settings(frozenset({"EU"})), "a test")],
        choose_rules([], ["keys-aws-key-rotation"]), now=NOW,
    )  # fmt: skip


def particular() -> Report:
    """Two stacks, of which one has every setting there is."""
    key = export(resource(KEY, "key", {"enableKeyRotation": True}))
    told = Settings(
        frozenset({"EU", "CH"}),
        by_classification={"restricted": frozenset({"DE", "SE"}), "secret": frozenset({"FI"})},
        required_tags=("team",),
        max_monthly_usd=1234567.0,
        max_grid_grams_per_kwh=98.5,
        on_unknown=OnUnknown.WARN,
    )
    return judge(
        [Subject(read(key), told, "a file"), Subject(read(key), Settings(), "nowhere")],
        choose_rules([], ["keys-aws-key-rotation"]), now=NOW,
    )  # fmt: skip


def undecided() -> Report:
    """An unknown that does not block, of a preview, with the line of the program."""
    key = resource(
        KEY,
        "key",
        {"enableKeyRotation": UNKNOWN_TEXT},
        sourcePosition="project:///shop/my main.py#12",
    )
    settings = Settings(on_unknown=OnUnknown.WARN)
    return judge([Subject(read(preview(key)), settings, "a test")], choose_rules(), now=NOW)


def many(count: int) -> Report:
    """So many open security groups and buckets."""
    groups = [open_group(f"group-{n}", "0.0.0.0/0") for n in range(count // 2)]
    buckets = [resource(BUCKET, f"bucket-{n}") for n in range(count - count // 2)]
    subject = Subject(read(export(provider(), *groups, *buckets)), Settings(), "a test")
    return judge([subject], choose_rules(["all"]), now=NOW)
