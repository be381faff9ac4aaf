"""A stratum that the site fixes: an amendment gives no site another level."""

from __future__ import annotations

import pytest

from tests.trial_fixture import START
from trial.models import ProtocolVersion
from trial.people.amendments import NotAnAmendment, install_amendment
from trial.people.installing import install_trial
from trial.protocol.files import PROTOCOLS, parse_protocol

MIROCALS = (PROTOCOLS / "nct03039673.toml").read_text(encoding="utf-8")


def version(text: str, number: str) -> str:
    return text.replace('version = "1"', f'version = "{number}"', 1)


def asked(text: str) -> str:
    """The file as it was before a site could fix a level."""
    lines = [line for line in text.splitlines() if not line.startswith(("levels = { COUNTRY", "from_site"))]
    return "\n".join(lines) + "\n"


def install(text: str) -> None:
    install_trial(file=parse_protocol(text), environment="live", at=START)


@pytest.mark.django_db
def test_a_site_keeps_the_level_that_it_fixes() -> None:
    install(MIROCALS)
    other = version(MIROCALS, "2").replace('levels = { COUNTRY = "FR" }', 'levels = { COUNTRY = "UK" }', 1)
    with pytest.raises(NotAnAmendment, match="another level of a stratum that it fixes"):
        install_amendment(file=parse_protocol(other), at=START)
    assert ProtocolVersion.objects.count() == 1


@pytest.mark.django_db
def test_what_was_asked_may_follow_from_the_site_by_an_amendment() -> None:
    install(asked(MIROCALS))
    protocol = install_amendment(file=parse_protocol(version(MIROCALS, "2")), at=START).protocol
    assert [factor.from_site for factor in protocol.strata] == [True, False]
