"""Nobody is drawn beyond a target, before a site opens or after it closed; screening says so before anybody
is examined. Draws on paper are entered: they happened."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from randomization.corrections import enter_paper_randomization
from randomization.limits import check_can_recruit, few_envelopes_left, recruitment_notes, target_notices
from randomization.models import Envelope
from randomization.services import draw_envelope
from tests.at_once import at_once
from tests.trial_fixture import START, TrialFixture, new_trial
from trial.models import AuditEntry, Participant
from trial.people.amendments import install_amendment
from trial.people.installing import install_trial
from trial.people.site_days import WrongDay, close_site, open_site
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, parse_protocol
from trial.refusals import InvalidInput
from trial.screening.recruiting import ListExhausted, TargetReached
from trial.screening.services import SiteNotOpen, screen

IMODALS = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")
MIROCALS = (PROTOCOLS / "nct03039673.toml").read_text(encoding="utf-8")


def draw(world: TrialFixture, at: datetime, stratum: str = "all") -> Envelope:
    participant = world.participant()
    Participant.objects.filter(pk=participant.pk).update(stratum=stratum)
    return draw_envelope(participant=participant, by=world.nurse, at=at)


def amended(*changes: tuple[str, str], text: str = IMODALS) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def small(target: int, *, more: str = "") -> TrialFixture:
    """The trial with another target from its beginning."""
    text = amended(("target = 36", f"target = {target}")) + more
    trial = install_trial(file=parse_protocol(text), environment="live", at=START)
    return TrialFixture(trial, open_site(site=trial.sites.get(), on=date(2015, 9, 1), by=None, at=START))


def test_the_place_after_the_target_is_not_drawn_although_the_list_has_it(at: datetime, db: None) -> None:
    world = small(2)
    world.blinded_list(5)
    for _ in range(2):
        draw(world, at)

    with pytest.raises(TargetReached, match="2 of 2 are randomised: the target of the trial is reached"):
        draw(world, at)

    assert Envelope.objects.exclude(participant=None).count() == 2


def test_an_amendment_with_a_greater_target_lets_the_next_one_in(at: datetime, db: None) -> None:
    world = small(1)
    world.blinded_list(5)
    draw(world, at)
    with pytest.raises(TargetReached):
        draw(world, at)

    text = amended(("target = 36", "target = 2"), ('version = "1"', 'version = "2"'))
    install_amendment(file=parse_protocol(text), at=at)

    assert draw(world, at).position == 2
    with pytest.raises(TargetReached):
        draw(world, at)


def test_a_list_that_ends_with_the_target_says_target_and_not_order_more(at: datetime, db: None) -> None:
    world = small(2)
    world.blinded_list(2)
    for _ in range(2):
        draw(world, at)

    with pytest.raises(TargetReached):
        draw(world, at)


def test_a_list_shorter_than_the_target_is_used_up_first(at: datetime, db: None) -> None:
    world = small(3)
    world.blinded_list(1)
    draw(world, at)

    with pytest.raises(ListExhausted):
        draw(world, at)
    with pytest.raises(ListExhausted, match="nobody can be randomised now"):
        check_can_recruit(world.site)


def test_a_draw_on_paper_beyond_the_target_is_entered_and_said(at: datetime, db: None) -> None:
    world = small(1)
    world.blinded_list(3)
    draw(world, at)
    late = world.participant()
    number = Envelope.objects.get(stratum__key="all", position=2).number

    enter_paper_randomization(
        participant=late,
        number=number,
        happened_at=at,
        reason="The network was down at night.",
        by=world.person(Role.INVESTIGATOR),
        at=at + timedelta(hours=1),
    )

    entry = AuditEntry.objects.filter(action="envelope.drawn").latest("sequence")
    assert json.loads(entry.body)["beyond_target"] == "1 of 1"


@pytest.mark.django_db(transaction=True)
def test_64_draws_at_once_in_two_strata_stop_together_at_the_target(at: datetime) -> None:
    text = amended(("target = 220", "target = 20"), text=MIROCALS)
    trial = install_trial(file=parse_protocol(text), environment="live", at=START)
    site = open_site(site=trial.sites.order_by("number")[0], on=date(2015, 9, 1), by=None, at=START)
    world = TrialFixture(trial, site)
    world.blinded_list(16, strata=trial.protocol_version.protocol.stratum_keys())
    people = [world.participant() for _ in range(64)]
    for index, person in enumerate(people):
        person.stratum = ("FR/BULBAR", "FR/LIMB")[index % 2]
        person.save(update_fields=["stratum"])
    nurse = world.nurse

    outcomes = at_once(
        *(lambda person=person: draw_envelope(participant=person, by=nurse, at=at) for person in people)
    )

    assert Counter(map(type, outcomes))[Envelope] == 20
    assert Envelope.objects.exclude(participant=None).count() == 20


def test_screening_refuses_before_anybody_is_examined(at: datetime, db: None) -> None:
    world = small(1)
    world.blinded_list(3)
    assert recruitment_notes([world.site]) == []
    draw(world, at)

    with pytest.raises(TargetReached):
        screen(site=world.site, by=world.nurse, at=at)

    assert recruitment_notes([world.site]) == [
        "1 of 1 are randomised: the target of the trial is reached. Nobody more is randomised without an "
        "amendment of the protocol. Ask the trial manager."
    ]


def test_a_site_of_its_own_target_is_full_alone(at: datetime, db: None) -> None:
    world = small(3, more="\n[targets]\nsites = { 01 = 3 }\n")
    world.blinded_list(5)
    assert (recruitment_notes([world.site]), target_notices(world.nurse)) == ([], [])

    for _ in range(3):
        draw(world, at)

    assert target_notices(world.nurse) == [
        "3 of 3 are randomised: 100 % of the trial’s target.",
        "Site 01: 3 of 3 are randomised, 100 % of its target.",
    ]


def test_a_stratum_that_is_used_up_is_named_before_the_examination(at: datetime, db: None) -> None:
    text = amended(("target = 220", "target = 20"), text=MIROCALS) + '\n[targets.strata]\n"FR/BULBAR" = 1\n'
    trial = install_trial(file=parse_protocol(text), environment="live", at=START)
    site = open_site(site=trial.sites.order_by("number")[0], on=date(2015, 9, 1), by=None, at=START)
    world = TrialFixture(trial, site)
    world.blinded_list(2, strata=trial.protocol_version.protocol.stratum_keys())
    draw(world, at, "FR/BULBAR")

    with pytest.raises(TargetReached, match="in stratum FR/BULBAR"):
        draw(world, at, "FR/BULBAR")

    assert recruitment_notes([site]) == [
        "Nobody can be randomised in stratum FR/BULBAR now. Think of it before you examine somebody."
    ]
    assert draw(world, at, "FR/LIMB").stratum.key == "FR/LIMB"


def test_a_site_closes_as_it_opens(at: datetime, db: None) -> None:
    world = new_trial()
    world.blinded_list(3)
    by = world.person(Role.ADMINISTRATOR)
    close_site(site=world.site, on=at.date(), reason="Enough", by=by, at=at)

    with pytest.raises(SiteNotOpen, match="closed since"):
        screen(site=world.site, by=world.nurse, at=at)
    with pytest.raises(SiteNotOpen):
        draw(world, at)

    open_site(site=world.site, on=at.date(), by=by, at=at)
    world.site.refresh_from_db()
    assert (world.site.opened_on, world.site.closed_on) == (date(2015, 9, 1), None)
    assert draw(world, at).position == 1


def test_a_site_that_will_close_goes_on_until_that_day(at: datetime, db: None) -> None:
    world = new_trial()
    world.blinded_list(3)
    close_site(site=world.site, on=at.date() + timedelta(days=1), reason="Enough", by=None, at=at)

    assert draw(world, at).position == 1
    with pytest.raises(SiteNotOpen):
        draw(world, at + timedelta(days=1))


@pytest.mark.parametrize("reason", ["", "  "])
def test_closing_takes_a_reason_and_a_day_on_which_the_site_was_open(
    at: datetime, db: None, reason: str
) -> None:
    world = new_trial()
    with pytest.raises(InvalidInput):
        close_site(site=world.site, on=at.date(), reason=reason, by=None, at=at)
    with pytest.raises(WrongDay):
        close_site(site=world.site, on=date(2015, 8, 31), reason="Enough", by=None, at=at)
    close_site(site=world.site, on=at.date(), reason="Enough", by=None, at=at)
    with pytest.raises(WrongDay, match="opens again today"):
        open_site(site=world.site, on=at.date() + timedelta(days=1), by=None, at=at)


def test_no_reserve_is_asked_for_where_list_and_target_end_together(at: datetime, db: None) -> None:
    world = small(6)
    world.blinded_list(6)
    assert not few_envelopes_left(world.trial)  # six free, six to come
    draw(world, at)
    assert not few_envelopes_left(world.trial)


def test_few_are_left_where_more_people_are_to_come(at: datetime, db: None) -> None:
    world = small(20)
    world.blinded_list(11)
    assert not few_envelopes_left(world.trial)
    for _ in range(2):
        draw(world, at)
    assert few_envelopes_left(world.trial)
