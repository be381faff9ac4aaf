"""A life at random: whatever a ward may do to one participant's calendar, done through the services.

Each rule asks the model what must come of the act, does it, and compares: an act that deserves a refusal
gets one of those that it deserves and leaves nothing behind; any other is done, with one entry in the
trail. After each act that changed something, everything that the database says is compared with the model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dosing.core.facts import plan_from
from dosing.core.options import OptionKind
from dosing.models import (
    CalendarFeed,
    ClosedDay,
    Deviation,
    InjectionRecord,
    Plan,
    Reminder,
    VisitRecord,
)
from dosing.reading.queries import InjectionDay, VisitDay, calendar_of, due_list
from dosing.reading.situation import explained, facts_of
from dosing.services import amending, booking, choosing, closing, feeding, recording, reviewing, status
from dosing.services.judging import SaidOfInjection, SaidOfVisit
from dosing.tick import tick
from tests.dosing.model import (
    A_DAY,
    DRAWN_ON,
    LONGEST_SHIFT,
    NUMBERS,
    PARIS,
    VISITS,
    DayTold,
    Dose,
    Model,
    Seen,
)
from tests.french import in_french
from tests.site_fixture import SiteFixture
from trial.audit import first_break
from trial.models import AuditChain, AuditEntry, Participant, ProtocolVersion
from trial.people.amendments import install_amendment
from trial.protocol.files import ProtocolFile
from trial.refusals import Refusal
from trial.screening.services import record_contact

HOURS = [time(9), time(9), time(0, 1), time(0, 1), time(23, 59), time(2, 30)]
ELSEWHERE = [PARIS, PARIS, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland")]
"""Zones in which a clock may be read; whoever travels is still judged by the days of the site."""
SCOPES = ["treatment", "treatment", "reminders", "visits", "lost", "lost", "contact", "trial", "death"]


class Dice:
    """What one step needs of chance, all from one number."""

    def __init__(self, seed: int) -> None:
        self._source = Random(seed)

    def pick(self, *options: Any) -> Any:
        return self._source.choice(options)

    def number(self, least: int, most: int) -> int:
        return self._source.randint(least, most)

    def once_in(self, times: int) -> bool:
        return self.number(1, times) == 1


SEED = st.integers(0, 2**32 - 1)


def _told(day: InjectionDay | VisitDay) -> DayTold:
    """What the product says of a day, as the model says it."""
    return str(day.state), day.stopped_by, day.stopped_since, day.happened_on


class Life(RuleBasedStateMachine):
    """One participant from the draw on. `ward`, `participant` and `second` are given by the test."""

    ward: SiteFixture
    participant: Participant
    second: ProtocolFile

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.model, self.changed, self.compared = Model(), True, 0

    def teardown(self) -> None:
        """Look at what is slow to look at once, then leave nothing behind."""
        try:
            self.look_once()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def look_once(self) -> None:
        """What is looked at when a life is over."""
        for chain in AuditChain.objects.all():
            assert first_break(chain, AuditEntry) is None, "the trail is broken"
        self.the_plan_follows_from_its_facts()
        self.each_day_has_the_state_that_follows()

    # --- Doing -----------------------------------------------------------------------------------

    def attempt(self, act: Callable[..., Any], expected: set[str], **values: Any) -> bool:
        """Do it as the ward would; True when it was done, as it then must be."""
        by, before = values.pop("by", self.ward.nurse), AuditEntry.objects.count()
        note(f"  {self.model.now:%Y-%m-%d %H:%M} {act.__name__} {values}")
        try:
            act(by=by, at=self.model.now, **values)
        except Refusal as refusal:
            name = type(refusal).__name__
            assert name in expected, f"{act.__name__} was refused as {name}, not as {expected or 'nothing'}"
            assert AuditEntry.objects.count() == before, "a refusal wrote an entry"
            return False
        assert not expected, f"{act.__name__} was done in spite of {expected}"
        assert AuditEntry.objects.count() == before + 1, "an act is one entry"
        self.changed = True
        return True

    def on(self, act: Callable[..., Any], expected: set[str], **values: Any) -> bool:
        """The same, on the participant."""
        person = self.ward.again(self.participant)
        return self.attempt(act, expected, participant=person, **values)

    @initialize(seed=SEED)
    def something_has_happened(self, seed: int) -> None:
        """Most lives begin somewhere on the way; a few before day 1 is booked."""
        dice = Dice(seed)
        if dice.once_in(4):
            self.book_on(DRAWN_ON + dice.pick(-1, 0, 8, 9) * A_DAY, "The train.")
        if dice.once_in(8):
            return
        self.book_on(DRAWN_ON + dice.number(1, 7) * A_DAY, "")
        if dice.once_in(8):
            self.a_dose_of_before_the_draw()
        if dice.once_in(6):
            self.the_first_ones_are_missed(dice.pick(1, 1, 2, 5))
        elif not dice.once_in(4):
            self.the_first_dose(dice.pick(0, 0, 0, 1, 2, 3, -1), dice.pick("given", "given", "partial"))
            self.doses_on_their_days(dice.pick(0, 0, 1, 2, 4, 4, 5, 7, 9, 9, 10, 13))
            due = [code for code, (day, *_window) in self.model.visits().items() if day <= self.model.today]
            self.visits_on_their_days(dice.number(0, len(due)))

    def the_first_dose(self, late: int, outcome: str) -> None:
        """On its day or beside it, so that there is something to choose."""
        nine = datetime.combine(self.model.start(1) + late * A_DAY, time(9), PARIS).astimezone(UTC)
        self.model.now = max(self.model.now, nine)
        self.record(1, Dose(outcome, nine), PARIS, reason="Fever.", why="The train.")

    def the_first_ones_are_missed(self, count: int) -> None:
        """Day 1 is the day of the first injection, whichever that will be."""
        for number in range(1, count + 1):
            nine = datetime.combine(self.model.injections()[number], time(9), PARIS).astimezone(UTC)
            self.model.now = max(self.model.now, nine)
            self.record(number, Dose("missed"), PARIS, reason="Fever.")

    def a_dose_of_before_the_draw(self) -> None:
        """Half an hour before it, on the same day: whoever enters that has mistaken the hour."""
        moment = datetime.combine(DRAWN_ON, time(9), PARIS).astimezone(UTC)
        self.record(1, Dose("given", moment), PARIS, why="The train.")

    @rule(seed=SEED)
    def time_passes(self, seed: int) -> None:
        """Also over the night in which the clocks change; every day has its ticks."""
        dice = Dice(seed)
        days = dice.number(0, 8)
        there = datetime.combine(self.model.today + days * A_DAY, time(dice.number(0, 23), 1), PARIS)
        self.model.now = max(self.model.now, there.astimezone(UTC))
        now, wanted = self.model.now, self.model.wanted()
        sent = Reminder.objects.filter(participant=self.participant, sent_at=now)
        earlier = set(sent.values_list("pk", flat=True))  # no time may have passed since the last tick
        tick(at=now)
        for row in sent.exclude(pk__in=earlier):
            assert (row.rule, row.event, row.event_date) in wanted, "a message that nobody waits for"
            assert row.event_date >= self.model.today, "a message of a day that has passed"
        self.model.note_long_hold()
        self.changed = True

    @precondition(lambda self: self.model.status == "randomized" or not self.model.day_1)
    @rule(seed=SEED)
    def book(self, seed: int) -> None:
        dice = Dice(seed)
        self.book_on(DRAWN_ON + dice.number(-1, 9) * A_DAY, dice.pick("", "The train."))

    def book_on(self, day: date, reason: str) -> None:
        expected = self.model.why_not_book(day, reason)
        if self.on(booking.book_first_injection, expected, day=day, reason=reason):
            self.model.book(day)

    @precondition(lambda self: self.model.day_1)
    @rule(seed=SEED)
    def inject(self, seed: int) -> None:
        """Any injection, or the next one; on its day, beside it, or today; mostly when its time has come."""
        dice = Dice(seed)
        number = self.next_injection() if dice.pick(True, False) else dice.number(0, 16)
        planned = self.model.injections().get(number, self.model.today)
        day = self.some_day(dice, planned + dice.pick(0, 0, 0, 1, 2, 6, -1, -2) * A_DAY)
        then = datetime.combine(day, dice.pick(*HOURS), PARIS).astimezone(UTC)
        outcome = dice.pick("given", "given", "given", "partial", "missed")
        if not dice.once_in(2 if outcome == "missed" else 4):
            self.model.now = max(self.model.now, then)
        dose = Dose(outcome, None if outcome == "missed" else then)
        again = number in self.model.recorded()
        values = self.words(dice) | {"correction": again != dice.once_in(8)}
        self.record(number, dose, dice.pick(*ELSEWHERE), **values)

    @precondition(lambda self: self.model.day_1)
    @rule(seed=SEED)
    def give_the_next_ones(self, seed: int) -> None:
        """What happens most often: the next injections on their days."""
        dice = Dice(seed)
        self.doses_on_their_days(dice.number(1, 5))

    def doses_on_their_days(self, count: int) -> None:
        for _day in range(count):
            number = self.next_injection()
            nine = datetime.combine(self.model.injections()[number], time(9), PARIS).astimezone(UTC)
            self.model.now = max(self.model.now, nine)
            self.record(number, Dose("given", nine), PARIS)

    def record(
        self,
        number: int,
        dose: Dose,
        zone: ZoneInfo,
        reason: str = "",
        why: str = "",
        correction: bool = False,
    ) -> None:
        done = self.on(
            recording.record_injection,
            self.model.why_not_inject(number, dose, reason, why, correction),
            number=number,
            said=SaidOfInjection(
                outcome=dose.outcome,
                happened_at=dose.moment and dose.moment.astimezone(zone),
                reason=reason,
                deviation_reason=why,
                correction=correction,
                without_release=True,
            ),
        )
        if done:
            self.model.inject(number, dose)

    def some_day(self, dice: Dice, likely: date) -> date:
        """Mostly the likely one; else today, or the day before day 1."""
        assert self.model.day_1
        return dice.pick(*[likely] * 7, *[self.model.today] * 2, self.model.day_1 - A_DAY)

    def words(self, dice: Dice) -> dict[str, Any]:
        return {"reason": dice.pick("", "Fever.", "Fever."), "why": dice.pick("", "The train.", "The train.")}

    def next_injection(self) -> int:
        recorded = self.model.recorded()
        return next((number for number in NUMBERS if number not in recorded), 15)

    @precondition(lambda self: self.model.day_1)
    @rule(seed=SEED)
    def visit(self, seed: int) -> None:
        """Any visit, or the next one; mostly when its time has come."""
        dice = Dice(seed)
        left = [code for code in VISITS if code not in self.model.over()]
        code = left[0] if left and dice.pick(True, False) else dice.pick(*VISITS, "V8")
        window = self.model.visits().get(code, (self.model.today,))
        day = self.some_day(
            dice, dice.pick(window[0], *window[1:], dice.pick(*window) + dice.pick(1, -1) * A_DAY)
        )
        outcome = dice.pick("done", "done", "missed", "moved")
        if not dice.once_in(3):
            ahead = dice.number(0, 3) if outcome == "moved" else 0
            until = datetime.combine(day - ahead * A_DAY, time(8), PARIS).astimezone(UTC)
            self.model.now = max(self.model.now, until)
        row = Seen(outcome, None if outcome == "missed" else day)
        again = code in self.model.over()
        self.attend(code, row, **self.words(dice), correction=again != dice.once_in(8))

    @precondition(lambda self: self.model.day_1)
    @rule(seed=SEED)
    def come_to_the_next_visits(self, seed: int) -> None:
        """What happens most often: the next visits on the days on which they are expected."""
        dice = Dice(seed)
        self.visits_on_their_days(dice.number(1, 3))

    def visits_on_their_days(self, count: int) -> None:
        soon = self.model.today + 40 * A_DAY
        for code in [code for code in VISITS if code not in self.model.over()][:count]:
            day = self.model.expected(code)
            if day > soon:
                return
            ten = datetime.combine(day, time(10), PARIS).astimezone(UTC)
            self.model.now = max(self.model.now, ten)
            self.attend(code, Seen("done", day), why="Moved.")

    def attend(self, code: str, row: Seen, reason: str = "", why: str = "", correction: bool = False) -> None:
        done = self.on(
            recording.record_visit,
            self.model.why_not_visit(code, row, reason, why, correction),
            code=code,
            said=SaidOfVisit(
                outcome=row.outcome,
                day=row.day,
                reason=reason,
                deviation_reason=why,
                correction=correction,
            ),
        )
        if done:
            self.model.visit(code, row)

    @rule(seed=SEED)
    def hold_or_release(self, seed: int) -> None:
        """A release comes in the evening too, when the reminders of tomorrow are due already."""
        dice = Dice(seed)
        if self.model.status == "on_hold":
            self.model.now += timedelta(hours=dice.number(0, 30))
        days = dice.pick(None, None, 0, 3, 14, 20, 40, -1)
        until = None if days is None else self.model.today + days * A_DAY
        if (self.model.status == "on_hold") != dice.once_in(8):
            expected = set() if self.model.status == "on_hold" else {"NotOnHold"}
            if self.on(status.release, expected, reason="Well.", by=self.ward.investigator):
                self.model.release()
            return
        why = dice.pick("", "", "The sponsor asks for it.")
        values = {"reason": "Fever.", "until": until, "deviation_reason": why, "by": self.ward.investigator}
        if self.on(status.hold, self.model.why_not_hold(until, why), **values):
            self.model.hold(until)

    @precondition(lambda self: self.model.status != "withdrawn")
    @rule(seed=SEED)
    def move_course(self, seed: int) -> None:
        dice = Dice(seed)
        begun = (max(self.model.recorded(), default=1) + 4) // 5
        course = min(begun + 1, 4) if not dice.once_in(4) else dice.number(1, 4)
        start = (self.model.day_1 or DRAWN_ON) + timedelta(days=28 * (course - 1) + dice.number(-1, 9))
        expected = self.model.why_not_move(course, start)
        if self.on(choosing.move_course, expected, course=course, start=start, reason="Fever."):
            self.model.move_course(course, start)

    @precondition(lambda self: self.model.day_1)
    @rule()
    def look_at_the_options(self) -> None:
        """What is offered is what the protocol allows, and nothing is changed by looking."""
        person, model = self.ward.again(self.participant), self.model
        found = choosing.present_options(participant=person, at=model.now)
        offered = {(row.course, row.start) for row in found if row.kind is OptionKind.MOVE}
        assert model.day_1
        planned = [(course, model.counted(course)) for course in (2, 3)]
        lawful = {
            (course, start)
            for course, first in planned
            for start in (first + n * A_DAY for n in range(LONGEST_SHIFT[model.version] + 1))
            if not model.why_not_move(course, start) and start != model.start(course)
        }
        assert offered == lawful, "the options are not what the protocol allows"
        follow = [row.start for row in found if row.kind is OptionKind.FOLLOW]
        slipped = model.day_1 + model.slip(1) * A_DAY
        assert follow == ([] if model.why_not_answer(1, True) else [slipped]), "another day 1 is offered"

    @precondition(lambda self: self.model.status != "withdrawn")
    @rule(seed=SEED)
    def answer_a_slip(self, seed: int) -> None:
        dice = Dice(seed)
        course, follow = dice.pick(1, 1, 2, 3), dice.pick(True, False)
        act = choosing.follow_actual if follow else choosing.keep_days
        if self.on(act, self.model.why_not_answer(course, follow), course=course, reason="So it is."):
            self.model.answer(course, follow)

    @rule(seed=SEED)
    def end(self, seed: int) -> None:
        """Rarely, as little happens afterwards."""
        dice = Dice(seed)
        scope, back = dice.pick(*SCOPES), dice.pick(0, 0, 2, 3, None, -1)
        dated = scope in {"death", "lost"} and back is not None
        day = self.model.today - (back or 0) * A_DAY if dated else None
        expected = self.model.why_not_end(scope, day)
        if not expected and scope != "reminders" and not dice.once_in(5):
            return
        if self.on(status.withdraw, expected, scope=scope, reason="So.", day=day):
            self.model.end(scope, day)
            if self.model.day_1:
                self.somebody_goes_on_writing(scope, day)

    def somebody_goes_on_writing(self, scope: str, day: date | None) -> None:
        """Who has not heard yet that it is over: an injection of after the death, a visit that is no more."""
        if scope == "death" and day:
            noon = datetime.combine(day + A_DAY, time(12), PARIS).astimezone(UTC)
            self.record(self.next_injection(), Dose("given", noon), PARIS, why="Entered late.")
        left = [code for code in VISITS if code not in self.model.over()]
        for code in left[:2]:
            self.attend(code, Seen("missed"), reason="Did not come.")

    @precondition(lambda self: not self.model.mail)
    @rule(seed=SEED)
    def agree_to_reminders(self, seed: int) -> None:
        """Whoever took the consent to reminders back may give it again, as long as anybody may write."""
        if not Dice(seed).once_in(4):
            return
        address = {"email": "anne@example.org", "language": "fr", "consented_on": self.model.today}
        expected = {"WrongStatus"} if self.model.nobody_may_write() else set()
        if self.on(record_contact, expected, **address):
            self.model.mail = True

    @precondition(lambda self: self.model.status == "withdrawn")
    @rule()
    def find_again(self) -> None:
        expected = set() if self.model.scope == "lost" else {"NotLost"}
        if self.on(status.find_again, expected, reason="Wrote a card."):
            self.model.find_again()

    @precondition(lambda self: self.model.newest == 1)
    @rule()
    def the_protocol_is_amended(self) -> None:
        """Nobody is moved by that."""
        install_amendment(file=self.second, at=self.model.now)
        self.model.newest, self.changed = 2, True

    @precondition(lambda self: self.model.newest == 2)
    @rule(seed=SEED)
    def move_to_the_amendment(self, seed: int) -> None:
        """One participant, or everybody who is behind."""
        dice = Dice(seed)
        version = ProtocolVersion.objects.order_by("-id")[0]
        values: dict[str, Any] = {
            "digest": version.digest,
            "reason": "Amendment 1.",
            "by": self.ward.investigator,
        }
        expected = self.model.why_not_amend()
        if dice.pick(True, False):
            if self.on(amending.move_to_version, expected, **values):
                self.model.amend()
            return
        moved = amending.move_everybody(at=self.model.now, **values)
        assert len(moved) == (not expected), "somebody was moved who should not be, or nobody was"
        if moved:
            self.model.amend()
        self.changed = True

    @rule(seed=SEED)
    def close_or_open_a_day(self, seed: int) -> None:
        """It is warned of; nothing moves."""
        dice = Dice(seed)
        model = self.model
        known, day = sorted(model.closed_days), DRAWN_ON + dice.number(0, 60) * A_DAY
        day = dice.pick(*known) if known and dice.pick(True, False) else day
        if dice.pick(True, False):
            values, expected = {"name": "Works"}, {"DayClosed"} if day in known else set()
            done = self.attempt(closing.close_day, expected, site=self.ward.site, day=day, **values)
        else:
            expected = set() if day in known else {"DayOpen"}
            done = self.attempt(closing.open_day, expected, site=self.ward.site, day=day)
        if done:
            model.closed_days ^= {day}

    @precondition(lambda self: self.model.deviations)
    @rule(seed=SEED)
    def judge_a_deviation(self, seed: int) -> None:
        dice = Dice(seed)
        number, closed = dice.number(1, len(self.model.deviations) + 1), dice.pick(True, False)
        expected = {"NotFound"} if number > len(self.model.deviations) else set()
        expected |= {"DeviationClosed"} if number in self.model.closed_deviations else set()
        values = {"important": False, "assessment": "No effect.", "by": self.ward.investigator}
        if self.on(reviewing.review_deviation, expected, number=number, closed=closed, **values) and closed:
            self.model.closed_deviations.add(number)

    @precondition(lambda self: self.model.feeds < 2)
    @rule()
    def make_an_address(self) -> None:
        expected = {"WrongStatus"} if self.model.status == "withdrawn" else set()
        if self.on(feeding.make_feed, expected, language="fr"):
            self.model.feeds += 1

    # --- Knowing ---------------------------------------------------------------------------------

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        """Only after something was done: a refusal is seen to leave nothing behind by its entry."""
        if not self.changed:
            return
        self.changed = False
        self.the_plan_is_what_people_chose()
        self.the_records_are_all_there()
        self.the_statuses_are_those_of_the_facts()
        self.the_deviations_are_the_departures()
        self.the_reminders_are_those_that_somebody_waits_for()
        if self.compared != len(self.model.standing):  # what stops something, or lets it go on
            self.compared = len(self.model.standing)
            self.each_day_has_the_state_that_follows()

    def each_day_has_the_state_that_follows(self) -> None:
        """One state for each day, and Today asks for exactly those of which nobody has said anything."""
        person, at = self.ward.again(self.participant), self.model.now
        view, expected = calendar_of(person, at=at), self.model.states()
        told = {day.code: _told(day) for day in view.days} if view else {}
        assert told == expected, "a day is in another state"
        due = due_list([self.ward.site], on=self.model.today, at=at)
        listed = [*(item.day for item in due.injections), *due.visits]
        asked = {day.code: str(day.state) for day in listed if not day.recorded}
        assert asked == {code: row[0] for code, row in expected.items() if row[0] in {"late", "due"}}, (
            "somebody is asked about another day"
        )

    def the_plan_is_what_people_chose(self) -> None:
        plan = Plan.objects.filter(participant=self.participant, superseded_at=None).first()
        injections = {row.number: row.date for row in plan.injections.all()} if plan else {}
        visits = {row.code: (row.date, row.earliest, row.latest) for row in plan.visits.all()} if plan else {}
        assert injections == self.model.injections(), "an injection day shifted"
        assert visits == self.model.visits(), "a visit day shifted"

    def the_records_are_all_there(self) -> None:
        doses: dict[int, list[Dose]] = {}
        for row in InjectionRecord.objects.filter(participant=self.participant).order_by(
            "number", "sequence"
        ):
            doses.setdefault(row.number, []).append(Dose(row.outcome, row.happened_at))
        assert doses == self.model.doses, "the records are not what was recorded"
        seen: dict[str, list[Seen]] = {}
        for visit in VisitRecord.objects.filter(participant=self.participant).order_by("code", "sequence"):
            seen.setdefault(visit.code, []).append(Seen(visit.outcome, visit.day))
        assert seen == self.model.seen, "the visits are not what was recorded"

    def the_statuses_are_those_of_the_facts(self) -> None:
        rows = self.participant.statuses.order_by("sequence").values_list("status", "scope")  # type: ignore[attr-defined]
        expected = [(row.status, row.scope) for row in self.model.standing]
        assert list(rows)[2:] == expected, "another status"
        feeds = CalendarFeed.objects.filter(participant=self.participant, revoked_at=None, ended_at=None)
        assert feeds.count() == self.model.feeds, "an address outlived its consent"
        closed: dict[date, bool] = dict(ClosedDay.objects.order_by("sequence").values_list("day", "closed"))
        assert {day for day, shut in closed.items() if shut} == self.model.closed_days

    def the_deviations_are_the_departures(self) -> None:
        drafts = Deviation.objects.filter(participant=self.participant)
        found = sorted(drafts.values_list("kind", "event", "record"))
        assert found == sorted(self.model.deviations), "a draft is missing, or one too many"

    def the_reminders_are_those_that_somebody_waits_for(self) -> None:
        rows = Reminder.objects.filter(participant=self.participant).exclude(state="cancelled")
        states = {(row.rule, row.event, row.event_date): (row.state, row.due_at) for row in rows}
        wanted = self.model.wanted()
        waiting = {key for key, (state, _due) in states.items() if state == "open"}
        assert waiting <= set(wanted), "a reminder that nobody waits for"
        for key, due in wanted.items():
            if key[2] > self.model.today:
                assert key in states, "nobody is reminded"
                state, planned = states[key]
                assert state != "open" or planned == due or planned <= self.model.now, "at another hour"

    def the_plan_follows_from_its_facts(self) -> None:
        """The same facts, the same plan, in any order; each day has its reason in both languages."""
        plan = Plan.objects.filter(participant=self.participant, superseded_at=None).first()
        if plan is None:
            return
        calendar, facts = explained(self.participant, plan), facts_of(plan, self.participant)
        turned = replace(facts, moved=dict(reversed([*facts.moved.items()])))
        again = plan_from(plan.protocol_version.protocol, turned)
        assert {row.number: row.date for row in again.injections} == self.model.injections()
        for row in calendar.entries():
            later = (row.date - plan.first_injection).days
            number = later + 1 if later >= 0 else later
            assert str(row.reason).startswith(f"Day {number}: "), str(row.reason)
            assert in_french(row.reason).startswith(f"Jour {number}\u00a0: "), in_french(row.reason)
