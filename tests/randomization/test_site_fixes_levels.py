"""A stratum that the site fixes: whatever says otherwise is refused, also once an amendment brought it."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest

from randomization.corrections import enter_paper_randomization, record_true_stratum
from randomization.models import Envelope
from randomization.services import NotEligible, check_can_randomize, draw_envelope
from tests.trial.test_strata_from_site import MIROCALS, asked, version
from tests.trial_fixture import START, TrialFixture
from trial.models import AuditEntry, Participant, ProtocolVersion
from trial.people.amendments import NotAnAmendment, install_amendment
from trial.people.installing import install_trial
from trial.people.site_days import open_site
from trial.permissions import Role
from trial.protocol.files import parse_protocol
from trial.queries import find_participant
from trial.refusals import InvalidInput

FRENCH = "since an amendment: site 01 has France, and the eligibility check of .* says United Kingdom"


@pytest.fixture
def running(db: None) -> TrialFixture:
    """The trial as it began, with its country asked, at site 01 in France."""
    trial = install_trial(file=parse_protocol(asked(MIROCALS)), environment="live", at=START)
    site = open_site(site=trial.sites.order_by("number")[0], on=date(2015, 9, 1), by=None, at=START)
    world = TrialFixture(trial, site)
    world.blinded_list(3, strata=trial.protocol_version.protocol.stratum_keys())
    return world


def eligible(world: TrialFixture, stratum: str) -> Participant:
    """Somebody whose eligibility check says that stratum."""
    participant = world.participant()
    participant.stratum = stratum
    participant.save(update_fields=["stratum"])
    return participant


def draw(world: TrialFixture, participant: Participant, at: datetime) -> Envelope:
    return draw_envelope(participant=participant, by=world.nurse, at=at)


def amend(at: datetime, text: str = MIROCALS, number: str = "2") -> ProtocolVersion:
    return install_amendment(file=parse_protocol(version(text, number)), at=at)


def on_paper(world: TrialFixture, participant: Participant, happened_at: datetime, at: datetime) -> Envelope:
    number = Envelope.objects.get(stratum__key=participant.stratum, position=1).number
    return enter_paper_randomization(
        participant=participant,
        number=number,
        happened_at=happened_at,
        reason="The network was down.",
        by=world.person(Role.INVESTIGATOR),
        at=at,
    )


@pytest.mark.parametrize("gone", [0, 3])
def test_a_level_from_before_the_amendment_is_not_drawn(
    running: TrialFixture, at: datetime, gone: int
) -> None:
    """Also where its list is used up: this is said first, since another list would not help."""
    for _ in range(gone):
        draw(running, eligible(running, "UK/LIMB"), at)
    amend_all_drawn_right(running)
    wrong = eligible(running, "UK/LIMB")
    amend(at)

    with pytest.raises(NotEligible, match=FRENCH):
        draw(running, wrong, at)
    with pytest.raises(NotEligible, match=FRENCH):
        check_can_randomize(find_participant(running.nurse, wrong.number), at=at)
    assert not Envelope.objects.filter(participant=wrong).exists()


def amend_all_drawn_right(world: TrialFixture) -> None:
    """Have the true stratum of everybody recorded who was drawn with the other country."""
    for envelope in Envelope.objects.filter(participant__isnull=False):
        assert envelope.participant is not None
        record_true_stratum(
            participant=envelope.participant,
            strata={"COUNTRY": "FR", "ONSET": "LIMB"},
            reason="The site is in France.",
            by=world.person(Role.INVESTIGATOR),
            at=START,
        )


def test_whoever_agrees_with_the_site_is_drawn_as_before(running: TrialFixture, at: datetime) -> None:
    right = eligible(running, "FR/LIMB")
    amend(at)
    assert draw(running, right, at).stratum.key == "FR/LIMB"


def test_a_draw_on_paper_after_the_amendment_is_refused(running: TrialFixture, at: datetime) -> None:
    wrong = eligible(running, "UK/LIMB")
    amend(at)
    with pytest.raises(NotEligible, match=FRENCH):
        on_paper(running, wrong, at + timedelta(minutes=5), at + timedelta(hours=1))
    assert not Envelope.objects.exclude(participant=None).exists()


def test_a_draw_on_paper_from_before_the_amendment_keeps_its_number_from_anybody_else(
    running: TrialFixture, at: datetime
) -> None:
    """It was made: the envelope is gone. The entry says what the site fixes."""
    early = eligible(running, "UK/LIMB")
    amend(at + timedelta(hours=2))

    envelope = on_paper(running, early, at + timedelta(hours=1), at + timedelta(hours=3))

    assert (envelope.stratum.key, envelope.position) == ("UK/LIMB", 1)
    body = json.loads(AuditEntry.objects.filter(action="envelope.drawn").latest("sequence").body)
    assert body["site_fixes"] == "FR"


def test_the_true_stratum_cannot_be_another_countrys(running: TrialFixture, at: datetime) -> None:
    drawn = eligible(running, "FR/LIMB")
    draw(running, drawn, at)
    amend(at)
    with pytest.raises(InvalidInput) as refused:
        record_true_stratum(
            participant=drawn,
            strata={"COUNTRY": "UK", "ONSET": "LIMB"},
            reason="Misread.",
            by=running.person(Role.INVESTIGATOR),
            at=at,
        )
    assert "site 01 has France, not United Kingdom" in str(refused.value.errors["COUNTRY"])


# --- Amendments ---------------------------------------------------------------------------------------


def other(text: str = MIROCALS) -> str:
    return text.replace('levels = { COUNTRY = "FR" }', 'levels = { COUNTRY = "UK" }', 1)


def test_two_amendments_do_not_turn_a_site_over(db: None, at: datetime) -> None:
    """Fixed, asked, fixed again: the level is still the first one. The same level may come back."""
    install_trial(file=parse_protocol(MIROCALS), environment="live", at=START)
    amend(at, asked(MIROCALS), "2")
    with pytest.raises(NotAnAmendment, match=r"version 1 gave site 01 France\. Keep it"):
        amend(at, other(), "3")
    assert amend(at, MIROCALS, "3").version == "3"


def test_an_amendment_that_disagrees_with_everybody_drawn_is_refused(
    running: TrialFixture, at: datetime
) -> None:
    """Until their true stratum is recorded, for then the file is right and the draw was wrong."""
    drawn = eligible(running, "UK/LIMB")
    draw(running, drawn, at)
    with pytest.raises(
        NotAnAmendment, match=rf"would have France, and {drawn.number} was drawn there as Uni"
    ):
        amend(at)
    assert ProtocolVersion.objects.count() == 1

    amend_all_drawn_right(running)
    assert amend(at).version == "2"


def test_who_was_drawn_otherwise_before_holds_up_no_later_amendment(
    running: TrialFixture, at: datetime
) -> None:
    early = eligible(running, "UK/LIMB")
    amend(at + timedelta(hours=2))
    on_paper(running, early, at + timedelta(hours=1), at + timedelta(hours=3))
    assert amend(at + timedelta(days=1), MIROCALS.replace("target = 220", "target = 230"), "3").version == "3"
