"""An amendment after which an investigator confirms eligibility before the draw."""

from __future__ import annotations

from tests.site_fixture import SiteFixture, paris
from trial.people.amendments import install_amendment
from trial.protocol.files import PROTOCOLS, parse_protocol


def with_confirmation(value: str = "true") -> str:
    """The protocol, with or without an investigator's confirmation of eligibility."""
    text = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")
    text = text.replace('version = "1"', 'version = "2"', 1)
    return f"{text}\n[signatures]\nconfirm_eligibility = {value}\n"


def ask_for_confirmation(ward: SiteFixture) -> None:
    """From now on the protocol of the trial asks for it."""
    install_amendment(file=parse_protocol(with_confirmation()), at=paris("2015-10-05 08:30"))
    ward.world.trial.refresh_from_db()
