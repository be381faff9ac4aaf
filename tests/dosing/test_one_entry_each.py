"""Every act writes exactly one entry, and no act of the services is missing here."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest

from dosing import services
from dosing.models import CalendarFeed
from dosing.services.amending import move_everybody, move_to_version
from dosing.services.appointments import set_hour
from dosing.services.choosing import follow_actual, keep_days, move_course
from dosing.services.closing import close_day, open_day
from dosing.services.correcting_ends import correct_end
from dosing.services.feeding import make_feed, revoke_feed
from dosing.services.reviewing import review_deviation
from dosing.services.status import find_again, hold, release, withdraw
from dosing.services.unscheduled import (
    correct_unscheduled,
    record_unscheduled,
    take_back_unscheduled,
)
from randomization import services as randomization_services
from randomization.eligibility import confirming as confirming_services
from randomization.eligibility.confirming import confirm_eligibility
from randomization.services import draw_envelope
from tests.amended import a_week_later
from tests.asking_for_confirmation import ask_for_confirmation
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.models import AuditChain, AuditEntry, Participant, ProtocolVersion, User
from trial.people import delegating as delegating_services
from trial.people import installing as installing_services
from trial.people import site_days
from trial.people.amendments import install_amendment
from trial.people.delegating import create_token, delegate, end_delegation
from trial.people.installing import install_trial
from trial.people.site_days import close_site, open_site
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, load_protocol, parse_protocol
from trial.screening import checklists, consent_correction, mistakes
from trial.screening import erasing as erasing_services
from trial.screening import services as screening_services
from trial.screening.checklists import keep_checklist
from trial.screening.consent_correction import correct_consent
from trial.screening.erasing import erase_contact
from trial.screening.mistakes import mark_mistake, take_mistake_back
from trial.screening.services import record_consent, screen

Act = Callable[[], object]


def installing(ward: SiteFixture) -> Act:
    file = load_protocol(PROTOCOLS / "nct03039673.toml")
    return lambda: install_trial(file=file, environment="live", at=START)


def opening(ward: SiteFixture) -> Act:
    administrator = ward.world.person(Role.ADMINISTRATOR)
    return lambda: open_site(site=ward.site, on=date(2015, 9, 2), by=administrator, at=START)


def closing_a_site(ward: SiteFixture) -> Act:
    by, day = ward.world.person(Role.ADMINISTRATOR), date(2016, 5, 25)
    return lambda: close_site(site=ward.site, on=day, reason="36 are randomised", by=by, at=START)


def delegating(ward: SiteFixture) -> Act:
    user, by = User.objects.create(username="anne"), ward.world.person(Role.ADMINISTRATOR)
    return lambda: delegate(
        user=user, trial=ward.world.trial, role=Role.MONITOR, site=ward.site, by=by, at=START
    )


def ending(ward: SiteFixture) -> Act:
    by = ward.world.person(Role.ADMINISTRATOR)
    return lambda: end_delegation(delegation=ward.nurse, by=by, at=START, reason="Leaves.")


def token(ward: SiteFixture) -> Act:
    system, until = ward.world.person(Role.SITE_SYSTEM), START + timedelta(days=9)
    return lambda: create_token(delegation=system, name="HIS", expires_at=until, door="clinic", at=START)


def screening(ward: SiteFixture) -> Act:
    return lambda: screen(site=ward.site, by=ward.nurse, at=START, consent_signed_on=START.date())


def consenting(ward: SiteFixture) -> Act:
    participant = screen(site=ward.site, by=ward.nurse, at=START)
    return lambda: record_consent(participant=participant, signed_on=START.date(), by=ward.nurse, at=START)


def correcting_consent(ward: SiteFixture) -> Act:
    participant, day = ward.eligible(), START.date() - timedelta(days=1)
    return lambda: correct_consent(
        participant=participant, signed_on=day, reason="Read again.", by=ward.nurse, at=START
    )


def confirming(ward: SiteFixture) -> Act:
    ask_for_confirmation(ward)
    who = ward.eligible()
    return lambda: confirm_eligibility(participant=who, check=1, by=ward.investigator, at=START)


def judging(ward: SiteFixture) -> Act:
    participant = ward.consented()
    return lambda: ward.check(participant)


def keeping_a_checklist(ward: SiteFixture) -> Act:
    participant = ward.consented()
    return lambda: keep_checklist(
        participant=participant, answers={"I1": True}, strata={}, by=ward.nurse, at=START
    )


def writing_to(ward: SiteFixture) -> Act:
    participant = ward.consented()
    return lambda: ward.contact(participant, "anne@example.org")


def erasing(ward: SiteFixture) -> Act:
    participant = ward.booked(email="anne@example.org")
    return lambda: erase_contact(
        participant=participant, reason="Asked for it.", by=ward.investigator, at=START
    )


def drawing(ward: SiteFixture) -> Act:
    ward.world.blinded_list()
    participant = ward.eligible()
    return lambda: draw_envelope(participant=participant, by=ward.nurse, at=START)


def booking(ward: SiteFixture) -> Act:
    participant = ward.randomized()
    return lambda: ward.book(participant, MONDAY)


def injecting(ward: SiteFixture) -> Act:
    participant = ward.booked()
    return lambda: ward.inject(participant, 1)


def correcting(ward: SiteFixture) -> Act:
    participant = ward.booked()
    ward.inject(participant, 1)
    return lambda: ward.inject(participant, 1, correction=True, reason="Wrong side.")


def visiting(ward: SiteFixture) -> Act:
    participant = ward.booked()
    return lambda: ward.visit(participant, "V1")


def moving(ward: SiteFixture) -> Act:
    participant = ward.booked()
    more = {"outcome": "moved", "day": date(2015, 10, 20), "reason": "Away.", "at": paris("2015-10-16 10:00")}
    return lambda: ward.visit(participant, "V2", **more)


def correcting_a_visit(ward: SiteFixture) -> Act:
    participant = ward.booked()
    ward.visit(participant, "V1")
    return lambda: ward.visit(participant, "V1", correction=True, reason="Another hour.")


def holding(ward: SiteFixture) -> Act:
    participant = ward.booked()
    return lambda: hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)


def releasing(ward: SiteFixture) -> Act:
    participant = ward.booked()
    hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=START)
    return lambda: release(participant=participant, reason="Well.", by=ward.investigator, at=START)


def leaving(ward: SiteFixture) -> Act:
    participant = ward.booked()
    return lambda: withdraw(participant=participant, scope="trial", reason="Moves.", by=ward.nurse, at=START)


def ending_reminders(ward: SiteFixture) -> Act:
    participant = ward.booked(email="anne@example.org")
    return lambda: withdraw(
        participant=participant, scope="reminders", reason="Enough.", by=ward.nurse, at=START
    )


def correcting_an_end(ward: SiteFixture) -> Act:
    participant = ward.booked()
    withdraw(participant=participant, scope="trial", reason="Moves.", by=ward.nurse, at=START)
    participant = ward.again(participant)
    return lambda: correct_end(
        participant=participant, scope="never", reason="Another.", by=ward.nurse, at=START
    )


def marking_a_mistake(ward: SiteFixture) -> Act:
    participant = ward.eligible()
    return lambda: mark_mistake(participant=participant, reason="Twice.", by=ward.nurse, at=START)


def taking_a_mistake_back(ward: SiteFixture) -> Act:
    participant = ward.eligible()
    mark_mistake(participant=participant, reason="Twice.", by=ward.nurse, at=START)
    participant = ward.again(participant)
    return lambda: take_mistake_back(participant=participant, reason="Not so.", by=ward.nurse, at=START)


def moving_a_course(ward: SiteFixture) -> Act:
    participant = a_course(ward)
    start, at = date(2015, 11, 10), paris("2015-10-26 09:00")
    return lambda: move_course(
        participant=participant, course=2, start=start, reason="Fever.", by=ward.nurse, at=at
    )


def following(ward: SiteFixture) -> Act:
    participant, at = late(ward), paris("2015-10-13 10:00")
    return lambda: follow_actual(participant=participant, course=1, reason="Real.", by=ward.nurse, at=at)


def keeping(ward: SiteFixture) -> Act:
    participant, at = late(ward), paris("2015-10-13 10:00")
    return lambda: keep_days(participant=participant, course=1, reason="Booked.", by=ward.nurse, at=at)


def a_course(ward: SiteFixture) -> Participant:
    """Somebody whose first course is given."""
    participant = ward.booked()
    for number in range(1, 6):
        ward.inject(participant, number)
    return ward.again(participant)


def late(ward: SiteFixture) -> Participant:
    """Somebody whose first injection came a day late."""
    participant, at = ward.booked(), paris("2015-10-13 09:00")
    ward.inject(participant, 1, happened_at=at, at=at, deviation_reason="The train.")
    return ward.again(participant)


def setting_an_hour(ward: SiteFixture) -> Act:
    participant = ward.booked()
    return lambda: set_hour(participant=participant, number=1, hour=time(9, 30), by=ward.nurse, at=START)


def unscheduled(ward: SiteFixture) -> Act:
    said = {"day": START.date(), "reason": "Fever.", "by": ward.nurse, "at": START}
    participant = ward.booked()
    return lambda: record_unscheduled(participant=participant, **said)


def correcting_unscheduled(ward: SiteFixture) -> Act:
    unscheduled(ward)()
    said = {"day": START.date(), "reason": "Rash.", "why": "Misread.", "by": ward.nurse, "at": START}
    return lambda: correct_unscheduled(participant=Participant.objects.get(), number=1, **said)


def taking_unscheduled_back(ward: SiteFixture) -> Act:
    unscheduled(ward)()
    said = {"why": "Another participant.", "by": ward.nurse, "at": START}
    return lambda: take_back_unscheduled(participant=Participant.objects.get(), number=1, **said)


def closing(ward: SiteFixture) -> Act:
    return lambda: close_day(site=ward.site, day=MONDAY, name="Strike", by=ward.nurse, at=START)


def reopening(ward: SiteFixture) -> Act:
    closing(ward)()
    return lambda: open_day(site=ward.site, day=MONDAY, by=ward.nurse, at=START)


def reviewing(ward: SiteFixture) -> Act:
    participant = late(ward)
    return lambda: review_deviation(
        participant=participant,
        number=1,
        important=False,
        assessment="A day.",
        closed=True,
        by=ward.investigator,
        at=START,
    )


def finding(ward: SiteFixture) -> Act:
    participant = ward.booked()
    withdraw(
        participant=participant, scope="lost", day=START.date(), reason="Moved.", by=ward.nurse, at=START
    )
    return lambda: find_again(participant=ward.again(participant), reason="Wrote.", by=ward.nurse, at=START)


def amending(ward: SiteFixture) -> Act:
    participant, version = ward.booked(), newer()
    return lambda: move_to_version(
        participant=participant, digest=version.digest, reason="Newer.", by=ward.investigator, at=START
    )


def amending_all(ward: SiteFixture) -> Act:
    ward.booked()
    version = newer()
    return lambda: move_everybody(digest=version.digest, reason="Newer.", by=ward.investigator, at=START)


def newer() -> ProtocolVersion:
    """Another version of the protocol."""
    text = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")
    return install_amendment(file=parse_protocol(a_week_later(text)), at=START)


def feeding(ward: SiteFixture) -> Act:
    participant = ward.booked()
    return lambda: make_feed(by=ward.nurse, at=START, language="en", participant=participant)


def revoking(ward: SiteFixture) -> Act:
    make_feed(by=ward.nurse, at=START, language="en")
    return lambda: revoke_feed(feed=CalendarFeed.objects.get(), by=ward.nurse, at=START)


# What is prepared and done, the service that does it, and the name that the trail gives it.
ACTS = [
    (installing, "install_trial", "trial.installed"),
    (opening, "open_site", "site.opened"),
    (closing_a_site, "close_site", "site.closed"),
    (delegating, "delegate", "delegation.granted"),
    (ending, "end_delegation", "delegation.ended"),
    (token, "create_token", "token.created"),
    (screening, "screen", "participant.screened"),
    (consenting, "record_consent", "participant.consented"),
    (correcting_consent, "correct_consent", "participant.consent_corrected"),
    (confirming, "confirm_eligibility", "participant.eligibility_confirmed"),
    (judging, "check_eligibility", "participant.eligibility_checked"),
    (keeping_a_checklist, "keep_checklist", "participant.checklist_kept"),
    (writing_to, "record_contact", "contact.recorded"),
    (erasing, "erase_contact", "contact.erased"),
    (drawing, "draw_envelope", "envelope.drawn"),
    (booking, "book_first_injection", "calendar.booked"),
    (injecting, "record_injection", "injection.recorded"),
    (correcting, "record_injection", "injection.corrected"),
    (visiting, "record_visit", "visit.recorded"),
    (moving, "record_visit", "visit.recorded"),
    (correcting_a_visit, "record_visit", "visit.corrected"),
    (moving_a_course, "move_course", "course.moved"),
    (following, "follow_actual", "calendar.followed"),
    (keeping, "keep_days", "calendar.kept"),
    (setting_an_hour, "set_hour", "hour.set"),
    (unscheduled, "record_unscheduled", "unscheduled.recorded"),
    (correcting_unscheduled, "correct_unscheduled", "unscheduled.corrected"),
    (taking_unscheduled_back, "take_back_unscheduled", "unscheduled.taken_back"),
    (closing, "close_day", "day.closed"),
    (reopening, "open_day", "day.opened"),
    (reviewing, "review_deviation", "deviation.reviewed"),
    (holding, "hold", "treatment.held"),
    (releasing, "release", "treatment.released"),
    (amending, "move_to_version", "calendar.amended"),
    (amending_all, "move_everybody", "calendar.amended"),
    (feeding, "make_feed", "feed.made"),
    (revoking, "revoke_feed", "feed.revoked"),
    (finding, "find_again", "participant.found"),
    (leaving, "withdraw", "participant.withdrawn"),
    (ending_reminders, "withdraw", "participant.withdrawn"),
    (correcting_an_end, "correct_end", "participant.end_corrected"),
    (marking_a_mistake, "mark_mistake", "screening.mistake"),
    (taking_a_mistake_back, "take_mistake_back", "screening.mistake_taken_back"),
]
NO_ACTS = {
    "add_status",  # building blocks: the act that calls them writes the entry
    "withdraw_contact",
    "replace_plan",
    "move_on",
    "revoke_feeds_of",
    "end_feeds_of",
    "revoke_feeds_made_by",  # an entry for each address: tests of the duties
    *("draft", "draft_consent", "draft_early_draw", "draft_odd_consent", "draft_paper_draw"),
    "draft_off_period",
    *("draft_hold", "draft_injection", "draft_longer_hold", "draft_visit"),
    "note_long_holds",  # nobody's act but the tick's: tests/dosing/test_deviations.py
    "note_unreleased",  # the tick's as well: tests/dosing/test_given_without_release.py
    *("check_can_randomize", "check_can_screen", "check_site_open"),  # only read
    *("check_day_of_check", "check_site_takes", "is_closed"),  # only read
    *("passed", "injection_outcomes_left", "visit_outcomes_left"),  # only read
    *("end", "silence", "draft_after"),  # of withdrawals and their corrections
    "day_of_end",  # only read
    "take_envelope",
    "take_step",  # shown in tests/sealed, with the lists
    "propose_first_injection",  # only read
    "present_options",
    "next_days",  # only read
    "plan_early_visits",  # of ends and what takes them back
}


IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,64}")
"""Made by chance: now and then its digits are a year."""


@pytest.mark.parametrize(("prepare", "service", "action"), ACTS, ids=[row[0].__name__ for row in ACTS])
def test_an_act_appends_one_entry(
    ward: SiteFixture, prepare: Callable[[SiteFixture], Act], service: str, action: str
) -> None:
    act = prepare(ward)
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    act()
    (entry,) = AuditEntry.objects.exclude(pk__in=before)
    assert entry.action == action
    assert isinstance(json.loads(entry.body), dict)
    said = IDENTIFIER.sub("", entry.body)
    assert "@" not in said and "1960" not in said  # neither address nor birthday
    assert entry.chain.sequence == AuditChain.objects.get(pk=entry.chain_id).sequence == entry.sequence


def test_no_act_of_the_services_is_missing_here() -> None:
    """Whatever takes the clock (`at`) is an act, or is named as none."""
    trial_services = (
        delegating_services,
        installing_services,
        site_days,
        screening_services,
        checklists,
        consent_correction,
        mistakes,
        erasing_services,
        confirming_services,
    )
    calendar = [import_module(f"dosing.services.{each.name}") for each in iter_modules(services.__path__)]
    acts = {
        name
        for module in (*trial_services, randomization_services, *calendar)
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and "at" in inspect.signature(function).parameters
    }
    assert acts == {service for _prepare, service, _action in ACTS} | NO_ACTS
