"""Nobody is drawn beyond a target, before a site opens or after it closed; screening says so before anybody
is examined. Draws on paper are entered: they happened."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dosing.models import Deviation
from randomization.corrections import enter_paper_randomization
from randomization.limits import check_can_recruit, few_envelopes_left, recruitment_notes, target_notices
from randomization.models import Envelope
from randomization.services import draw_envelope
from tests.at_once import at_once
from tests.trial_fixture import START, TrialFixture, new_trial
from trial.models import AuditEntry, Participant
from trial.people.amendments import install_amendment
from trial.people.installing import install_trial
from trial.people.site_days import Closing, WrongDay, close_site, open_site, past_closings
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, parse_protocol
from trial.refusals import InvalidInput, NotConfirmed
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


def on_paper(world: TrialFixture, position: int, at: datetime) -> dict[str, object]:
    """What the entry says of a draw that was made on paper then and is entered an hour later."""
    enter_paper_randomization(
        participant=world.participant(),
        number=Envelope.objects.get(stratum__key="all", position=position).number,
        happened_at=at,
        reason="The network was down at night.",
        by=world.person(Role.INVESTIGATOR),
        at=at + timedelta(hours=1),
    )
    return dict(json.loads(AuditEntry.objects.filter(action="envelope.drawn").latest("sequence").body))


def drafted() -> list[tuple[str, str, date | None]]:
    return list(Deviation.objects.values_list("kind", "event", "happened_on"))


def test_a_draw_on_paper_beyond_the_target_is_entered_and_drafted(at: datetime, db: None) -> None:
    world = small(1)
    world.blinded_list(3)
    draw(world, at)

    body = on_paper(world, 2, at)

    assert (body["beyond_target"], body["deviations"]) == ("1 of 1", [1])
    assert drafted() == [("drawn_beyond_target", "draw", at.date())]


def test_a_draw_on_paper_on_the_day_on_which_the_site_closes_is_drafted(at: datetime, db: None) -> None:
    """The day on which a site closes belongs to the time in which it is closed, as for a draw."""
    world = new_trial()
    world.blinded_list(3)
    close_site(site=world.site, on=at.date(), reason="Enough", by=world.person(Role.ADMINISTRATOR), at=at)

    body = on_paper(world, 1, at)

    assert (body["site_closed_on"], body["deviations"]) == (str(at.date()), [1])
    assert drafted() == [("drawn_site_shut", "draw", at.date())]


def test_a_draw_on_paper_the_day_before_the_site_closes_is_as_any_other(at: datetime, db: None) -> None:
    world = new_trial()
    world.blinded_list(3)
    by, tomorrow = world.person(Role.ADMINISTRATOR), at.date() + timedelta(days=1)
    close_site(site=world.site, on=tomorrow, reason="Enough", by=by, at=at)

    assert "site_closed_on" not in on_paper(world, 1, at)
    assert drafted() == []


def entered_later(world: TrialFixture, drawn_at: datetime, at: datetime) -> dict[str, object]:
    """What the entry says of a draw on paper that is entered at a later moment."""
    enter_paper_randomization(
        participant=world.participant(),
        number=Envelope.objects.filter(participant=None).order_by("position")[0].number,
        happened_at=drawn_at,
        reason="The network was down at night.",
        by=world.person(Role.INVESTIGATOR),
        at=at,
    )
    return dict(json.loads(AuditEntry.objects.filter(action="envelope.drawn").latest("sequence").body))


@pytest.mark.parametrize(("days", "is_shut"), [(-1, False), (0, True), (1, True), (2, True), (3, False)])
def test_a_draw_on_paper_while_the_site_was_closed_is_drafted_after_it_opened_again(
    at: datetime, db: None, days: int, is_shut: bool
) -> None:
    """Closed for three days, open again since: the row of the site knows nothing of it, the trail does."""
    world, by = new_trial(), None
    world.blinded_list(3)
    first, again = at + timedelta(days=2), at + timedelta(days=5)
    close_site(site=world.site, on=first.date(), reason="Audit", by=by, at=first)
    open_site(site=world.site, on=again.date(), by=by, at=again)

    body = entered_later(world, first + timedelta(days=days), again + timedelta(days=1))

    told = {name: body[name] for name in ("site_closed_on", "site_opened_again_on") if name in body}
    shut = {"site_closed_on": str(first.date()), "site_opened_again_on": str(again.date())}
    assert told == (shut if is_shut else {})
    day = first.date() + timedelta(days=days)
    assert drafted() == ([("drawn_site_shut", "draw", day)] if is_shut else [])


def test_a_closing_that_was_taken_back_as_of_its_own_day_never_was(at: datetime, db: None) -> None:
    world = new_trial()
    world.blinded_list(3)
    close_site(site=world.site, on=at.date(), reason="Mistake", by=None, at=at)
    open_site(site=world.site, on=at.date(), by=None, at=at + timedelta(days=2))
    assert "site_closed_on" not in entered_later(world, at, at + timedelta(days=3))
    assert (drafted(), past_closings(world.site)) == ([], ())


def test_each_of_two_closings_counts(at: datetime, db: None) -> None:
    world = new_trial()
    days = [at + timedelta(days=n) for n in range(8)]
    for first, again in ((1, 3), (5, 6)):
        close_site(site=world.site, on=days[first].date(), reason="Audit", by=None, at=days[first])
        open_site(site=world.site, on=days[again].date(), by=None, at=days[again])
    assert past_closings(world.site) == (
        Closing(days[1].date(), days[3].date()),
        Closing(days[5].date(), days[6].date()),
    )


def test_a_draw_on_paper_of_before_the_site_opened_is_drafted(at: datetime, db: None) -> None:
    world = new_trial()
    world.blinded_list(3)
    opening = at.date() + timedelta(days=2)
    open_site(site=world.site, on=opening, by=None, at=at)

    body = entered_later(world, at, at + timedelta(days=3))

    assert (body["site_opened_on"], body["deviations"]) == (str(opening), [1])
    assert drafted() == [("drawn_site_shut", "draw", at.date())]


def test_a_draw_on_paper_of_before_the_trial_is_refused(at: datetime, db: None) -> None:
    """No list was in use then: the time on the paper is read wrongly."""
    world = new_trial()
    world.blinded_list(3)
    with pytest.raises(InvalidInput, match="The list was not in use at that time"):
        entered_later(world, START - timedelta(days=400), at)
    assert not AuditEntry.objects.filter(action="envelope.drawn").exists()
    assert (Envelope.objects.filter(participant__isnull=False).count(), drafted()) == (0, [])


def test_a_draw_on_paper_against_two_rules_is_drafted_twice(at: datetime, db: None) -> None:
    world = small(1)
    world.blinded_list(3)
    draw(world, at)
    close_site(site=world.site, on=at.date(), reason="Enough", by=world.person(Role.ADMINISTRATOR), at=at)

    assert on_paper(world, 2, at)["deviations"] == [1, 2]
    assert [kind for kind, _, _ in drafted()] == ["drawn_beyond_target", "drawn_site_shut"]


def test_more_than_the_target_is_never_called_a_hundred_per_cent(at: datetime, db: None) -> None:
    world = small(2, more="\n[targets]\nsites = { 01 = 2 }\n")
    world.blinded_list(5)
    for _ in range(2):
        draw(world, at)
    on_paper(world, 3, at)

    assert target_notices(world.nurse) == [
        "3 of 2 are randomised: beyond the trial’s target (150 %).",
        "Site 01: 3 of 2 are randomised, beyond its target (150 %).",
    ]


def test_the_share_that_is_said_is_the_share_that_is_reached(at: datetime, db: None) -> None:
    world = small(7)
    world.blinded_list(7)
    for _ in range(6):
        draw(world, at)
    assert target_notices(world.nurse) == ["6 of 7 are randomised: 85 % of the trial’s target."]


LOWER = (("target = 36", "target = 1"), ('version = "1"', 'version = "2"'))


def test_a_target_below_what_is_randomised_is_asked_about_and_nothing_is_written(
    at: datetime, db: None, tmp_path: Path
) -> None:
    world = new_trial()
    world.blinded_list(3)
    for _ in range(2):
        draw(world, at)
    path = tmp_path / "lower.toml"
    path.write_text(amended(*LOWER), encoding="utf-8")
    entries = AuditEntry.objects.count()

    with pytest.raises(CommandError) as asked:
        call_command("install_amendment", str(path))

    assert str(asked.value) == (
        "Nothing was done.\ntrial.target is 1, but 2 are randomised already. Nobody more would be, and "
        "*Progress* would say that the target is passed. Is it right? --confirm trial.target=1"
    )
    assert (world.trial.protocol_versions.count(), AuditEntry.objects.count()) == (1, entries)


@pytest.mark.parametrize("confirmed", [{}, {"trial.target": "2"}, {"trial.target": True}])
def test_only_the_very_target_confirms(at: datetime, db: None, confirmed: dict[str, object]) -> None:
    world = new_trial()
    world.blinded_list(3)
    for _ in range(2):
        draw(world, at)
    file = parse_protocol(amended(*LOWER))

    with pytest.raises(NotConfirmed):
        install_amendment(file=file, at=at, confirmed=confirmed)

    install_amendment(file=file, at=at, confirmed={"trial.target": "1"})
    entry = AuditEntry.objects.get(action="protocol.amended")
    assert json.loads(entry.body)["confirmed"] == {"trial.target": "1"}


def test_targets_of_sites_and_strata_are_asked_about_as_well(at: datetime, db: None) -> None:
    world = new_trial()
    world.blinded_list(3)
    for _ in range(2):
        draw(world, at)
    text = amended(*LOWER[1:]) + "\n[targets]\nsites = { 01 = 1 }\nstrata = { all = 1 }\n"

    with pytest.raises(NotConfirmed) as asked:
        install_amendment(file=parse_protocol(text.replace("target = 36", "target = 1", 1)), at=at)

    assert {doubt.field for doubt in asked.value.doubts} == {
        "trial.target",
        "targets.sites.01",
        "targets.strata.all",
    }


def test_a_target_that_is_just_reached_is_asked_nothing(at: datetime, db: None) -> None:
    world = new_trial()
    world.blinded_list(3)
    for _ in range(2):
        draw(world, at)
    text = amended(("target = 36", "target = 2"), LOWER[1])
    assert install_amendment(file=parse_protocol(text), at=at).protocol.target == 2


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
