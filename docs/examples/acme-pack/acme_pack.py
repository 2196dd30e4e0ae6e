"""What is in Acme's pack: its own rules, and those of Isthmus on encryption and tags."""

from acme_rules import RULES

from isthmus_policies.packs import choose, pack

PACK = tuple(
    dict.fromkeys(  # each rule once, whichever of the choices it comes from
        (
            *RULES,
            *pack("encryption").rules,
            *choose(lambda rule: rule.topic == "tags"),
        )
    )
)
