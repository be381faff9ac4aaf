"""After an early end of treatment the file says which visits still stand; the others make nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dosing.core.stops import Stand, Stop, Treatment, stops_from
from dosing.models import Deviation, Reminder
from dosing.pages.what_ends import effects
from dosing.reading.queries import calendar_of, due_list
from dosing.services.correcting_ends import NEVER, correct_end
from dosing.services.judging import TreatmentEnded
from dosing.services.status import find_again, hold, release, withdraw
from tests.dosing.test_amendments import IMODALS
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant, WithdrawalScope
from trial.people.amendments import install_amendment
from trial.protocol.files import UnreadableProtocol, parse_protocol

TUESDAY = paris("2015-10-13 10:00")
FALLING = ("V4", "V5", "V6")
"""Of IMODALS, as if they belonged to the treatment. V2, V3 and the last, V7, stand."""


def text(word: str = "falls_away") -> str:
    found = IMODALS.replace('version = "1"', 'version = "2"', 1)
    for code in FALLING:
        found = found.replace(
            f'code = "{code}"\n', f'code = "{code}"\nafter_end_of_treatment = "{word}"\n', 1
        )
    return found


@pytest.fixture
def person(ward: SiteFixture) -> Participant:
    """Treated by a version of which three visits fall away."""
    install_amendment(file=parse_protocol(text()), at=START)
    ward.world.trial.refresh_from_db()
    person = ward.booked(email="anne@example.org")
    ward.inject(person, 1)
    return ward.again(person)


def ended(ward: SiteFixture, person: Participant, scope: str = "treatment", **more: object) -> None:
    said = {"reason": "Fever", "by": ward.nurse, "at": TUESDAY, "day": MONDAY} | more
    withdraw(participant=ward.again(person), scope=scope, **said)  # type: ignore[arg-type]


def states(ward: SiteFixture, person: Participant, at: str = "2015-10-13 10:00") -> dict[str, str]:
    view = calendar_of(ward.again(person), at=paris(at))
    assert view is not None
    return {day.code: day.state.value for day in view.visits}


def reminded(person: Participant) -> set[str]:
    rows = Reminder.objects.filter(participant=person, state="open", event__startswith="visit:")
    return {row.event.removeprefix("visit:") for row in rows}


def test_the_file_says_it_and_a_visit_stands_where_it_says_nothing() -> None:
    stays = {visit.code: visit.stands for visit in parse_protocol(text()).protocol.visits}
    assert [code for code, stands in stays.items() if not stands] == list(FALLING)
    assert all(visit.stands for visit in parse_protocol(text("stands")).protocol.visits)
    with pytest.raises(UnreadableProtocol, match="after_end_of_treatment"):
        parse_protocol(text("sometimes"))


def test_before_an_end_every_visit_stands(ward: SiteFixture, person: Participant) -> None:
    assert set(states(ward, person).values()) <= {"planned", "late", "due"}
    assert set(FALLING) <= reminded(person)


def test_after_it_they_are_stopped_and_nobody_is_reminded(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person)
    found = states(ward, person, "2016-06-01 10:00")
    assert {code for code, state in found.items() if state == "stopped"} == set(FALLING)
    assert not reminded(person) & set(FALLING) and "V7" in reminded(person)
    due = due_list([ward.site], on=date(2016, 6, 1), at=paris("2016-06-01 10:00"))
    assert {day.code for day in due.visits} & set(FALLING) == set()


@pytest.mark.parametrize("outcome", ["missed", "moved"])
def test_they_are_neither_missed_nor_moved_and_make_no_deviation(
    ward: SiteFixture, person: Participant, outcome: str
) -> None:
    ended(ward, person)
    day = {"day": date(2016, 6, 10)} if outcome == "moved" else {}
    with pytest.raises(TreatmentEnded):
        ward.visit(person, "V5", outcome=outcome, reason="x", at=paris("2016-06-01 10:00"), **day)
    assert not Deviation.objects.exists()


def test_one_that_took_place_all_the_same_is_recorded(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person)
    target = person.plans.get(superseded_at=None).visits.get(code="V5").date
    ward.visit(ward.again(person), "V5", day=target, at=paris(f"{target} 16:00"))
    assert states(ward, person)["V5"] == "done"


def test_the_trial_is_completed_with_the_last_visit_that_stands(
    ward: SiteFixture, person: Participant
) -> None:
    ended(ward, person)
    for visit in person.plans.get(superseded_at=None).visits.exclude(code__in=FALLING):
        assert ward.status(person) == "follow_up"
        ward.visit(ward.again(person), visit.code, day=visit.date, at=paris(f"{visit.date} 16:00"))
    assert ward.status(person) == "completed"


def test_an_end_that_never_was_brings_them_back(ward: SiteFixture, person: Participant) -> None:
    before = reminded(person)
    ended(ward, person)
    said = {"reason": "Another person", "by": ward.nurse, "at": TUESDAY}
    correct_end(participant=ward.again(person), scope=NEVER, **said)
    assert "stopped" not in states(ward, person).values()
    assert reminded(person) == before - {"V1"}  # of yesterday nobody is reminded any more


def test_the_page_of_an_end_names_those_that_fall_away(ward: SiteFixture, person: Participant) -> None:
    ((_scope, _doses, visits, *_rest),) = effects(ward.again(person), [WithdrawalScope.TREATMENT])
    assert visits == "go on, but not V4, V5, V6"


def test_a_hold_ends_none_of_them(ward: SiteFixture, person: Participant) -> None:
    said = {"participant": ward.again(person), "reason": "Fever", "by": ward.investigator, "at": TUESDAY}
    hold(until=None, **said)
    assert "stopped" not in states(ward, person).values()
    release(**said)


def test_who_was_lost_and_is_found_comes_to_those_that_stand(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person, "lost")
    find_again(participant=ward.again(person), reason="He called.", by=ward.nurse, at=TUESDAY)
    found = states(ward, person)
    assert {code for code, state in found.items() if state == "stopped"} == set(FALLING)
    assert not reminded(person) & set(FALLING)


def test_who_had_the_whole_treatment_comes_to_every_visit(ward: SiteFixture, person: Participant) -> None:
    for number in range(2, 16):
        ward.inject(ward.again(person), number)
    assert ward.status(person) == "follow_up"
    assert "stopped" not in states(ward, person, "2015-12-12 10:00").values()


def test_a_calendar_from_before_keeps_its_visits(ward: SiteFixture) -> None:
    """What was planned by a version that says nothing of it stands, also after an amendment."""
    person = ward.booked()
    ward.inject(person, 1)
    install_amendment(file=parse_protocol(text()), at=START)
    ended(ward, person)
    assert "stopped" not in states(ward, person).values()


DAY = MONDAY
ON, HELD, OVER, LEFT = Treatment.GOES_ON, Treatment.HELD, Treatment.OVER, Treatment.LEFT


@pytest.mark.parametrize(
    ("stands", "early"),
    [
        ([Stand(ON, "", DAY), Stand(OVER, "treatment", DAY)], DAY),
        ([Stand(ON, "", DAY), Stand(HELD, "hold", DAY), Stand(OVER, "treatment", DAY + timedelta(5))], 5),
        ([Stand(ON, "", DAY), Stand(OVER, "", DAY), Stand(LEFT, "lost", DAY), Stand(OVER, "", DAY)], None),
        ([Stand(ON, "", DAY), Stand(HELD, "hold", DAY)], None),
    ],
)
def test_only_a_treatment_that_was_not_over_is_ended_early(stands: list[Stand], early: object) -> None:
    since = DAY + timedelta(early) if isinstance(early, int) else early
    found = stops_from(stands)
    assert (found.early and found.early.since) == since
    if since is None:
        assert found.of_visit(stands=False) == found.visits
    else:
        assert isinstance(found.of_visit(stands=False), Stop)
