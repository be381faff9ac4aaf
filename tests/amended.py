"""Changes of a protocol file as an amendment makes them: a day, and the label that names it."""

from __future__ import annotations

from tests.site_fixture import SiteFixture, paris
from trial.people.amendments import install_amendment
from trial.protocol.files import PROTOCOLS, parse_protocol

LAST_VISIT = (("day = 169", "day = 176"), ("Day 169", "Day 176"), ("Jour 169", "Jour 176"))
"""The last visit of IMODALS a week later. Each pair: what stands there, and by what it is replaced."""


def a_week_later(text: str) -> str:
    """The protocol file with its last visit a week later."""
    for old, new in LAST_VISIT:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def with_confirmation(value: str = "true") -> str:
    """The protocol, with or without an investigator's confirmation of eligibility."""
    text = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")
    text = text.replace('version = "1"', 'version = "2"', 1)
    return f"{text}\n[signatures]\nconfirm_eligibility = {value}\n"


def ask_for_confirmation(ward: SiteFixture) -> None:
    """From now on the protocol of the trial asks for it."""
    install_amendment(file=parse_protocol(with_confirmation()), at=paris("2015-10-05 08:30"))
    ward.world.trial.refresh_from_db()
