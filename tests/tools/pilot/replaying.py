"""Behind the clinic door: every act of the pilot study through the services, at its real moment.

`python -m tests.tools.pilot.replaying FACTS` prints, as JSON, what Velum then says: the figures of
*Progress*, each subject's number, visits and doses by day, and what was refused, in the words of the refusal.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.tools.pilot.lives import CAUSES, Act, acts_of, randomized

NOT_PUBLISHED = "Nothing about it in the published data."
AS_IT_WAS = "As published."
NEXT_DOSES = 500
"""So many acts are done between two signs of life."""


class Replay:
    """The subjects by their published id, with the number that Velum gave them."""

    def __init__(self, subjects: list[dict[str, Any]]) -> None:
        from trial.models import Delegation, Trial

        self.trial = Trial.objects.get()
        duties = {row.user.username: row for row in Delegation.objects.select_related("user")}
        self.nurse, self.investigator = duties["nurse"], duties["investigator"]
        self.manager = duties["manager"]
        self.protocol = self.trial.protocol_version.protocol
        self.subjects = {subject["id"]: subject for subject in subjects}
        self.place = {subject["id"]: place for place, subject in enumerate(subjects)}
        self.draws = {who["id"]: place for place, who in enumerate(randomized(subjects))}
        self.sites = {site.number: site for site in self.trial.sites.all()}
        self.zone = next(iter(self.sites.values())).tzinfo
        self.numbers: dict[str, str] = {}
        self.refused: list[dict[str, str]] = []
        self.kinds: dict[str, Callable[[Act, Any, datetime], object]] = {
            "check": self.check,
            "draw": self.draw,
            "book": self.book,
            "patch": self.patch,
            "beyond": self.beyond,
            "no patch": self.no_patch,
            "visit": self.visit,
            "no visit": self.no_visit,
            "unscheduled": self.unscheduled,
            "end": self.end,
        }

    def planned_days(self) -> dict[str, int]:
        """The trial day of each visit of the protocol."""
        return {visit.code: visit.offset.value + 1 for visit in self.protocol.visits}

    def live(self) -> None:
        """Do everything, in the order of time."""
        from trial.refusals import Refusal

        acts = acts_of(list(self.subjects.values()), self.planned_days())
        for done, act in enumerate(sorted(acts, key=self.in_order), 1):
            at = datetime.combine(act.day, act.clock, self.zone)
            try:
                self.do(act, at)
            except Refusal as refusal:
                said = {
                    "subject": act.subject,
                    "kind": act.kind,
                    "what": act.what,
                    "day": act.day.isoformat(),
                }
                self.refused.append(said | {"code": refusal.code, "words": str(refusal)})
            if done % NEXT_DOSES == 0:
                print(f"{done} of {len(acts)} acts, {act.day}", file=sys.stderr, flush=True)

    def in_order(self, act: Act) -> tuple[Any, ...]:
        """By time; draws of one moment in the order of the list."""
        return (act.day, act.clock, self.draws.get(act.subject, len(self.draws)), act)

    def do(self, act: Act, at: datetime) -> None:
        from trial.queries import participants_for

        if act.kind == "screen":
            self.screen(act, at)
            return
        who = participants_for(self.nurse).get(number=self.numbers[act.subject])
        self.kinds[act.kind](act, who, at)

    def screen(self, act: Act, at: datetime) -> None:
        """The consent has no date in the data; it is taken to be signed at the first visit."""
        from trial.models import Site
        from trial.screening.services import screen

        site = Site.objects.select_related("trial").get(pk=self.sites[self.subjects[act.subject]["site"]].pk)
        self.numbers[act.subject] = screen(site=site, by=self.nurse, at=at, consent_signed_on=act.day).number

    def check(self, act: Act, who: Any, at: datetime) -> None:
        """The age is published, the birth date is not: a day that gives this age, another for each."""
        from trial.screening.services import check_eligibility

        subject = self.subjects[act.subject]
        birthday = act.day.replace(year=act.day.year - subject["age"], day=min(act.day.day, 28))
        check_eligibility(
            participant=who,
            birth_date=birthday - timedelta(self.place[act.subject] + 1),
            answers={"I2": bool(subject["arm"])},
            strata={},
            by=self.nurse,
            at=at,
        )

    def draw(self, act: Act, who: Any, at: datetime) -> None:
        from randomization.services import draw_envelope

        draw_envelope(participant=who, by=self.investigator, at=at)

    def book(self, act: Act, who: Any, at: datetime) -> None:
        from dosing.services.booking import book_first_injection

        book_first_injection(participant=who, day=act.day, by=self.nurse, at=at, deviation_reason=AS_IT_WAS)

    def patch(self, act: Act, who: Any, at: datetime) -> None:
        from dosing.services.judging import SaidOfInjection
        from dosing.services.recording import record_injection

        said = SaidOfInjection(outcome="given", happened_at=at, place="home", without_release=True)
        record_injection(participant=who, number=act.number, said=said, by=self.nurse, at=at)

    def no_patch(self, act: Act, who: Any, at: datetime) -> None:
        from dosing.services.judging import SaidOfInjection
        from dosing.services.recording import record_injection

        said = SaidOfInjection(outcome="missed", reason=NOT_PUBLISHED)
        record_injection(participant=who, number=act.number, said=said, by=self.nurse, at=at)

    def beyond(self, act: Act, who: Any, at: datetime) -> None:
        from dosing.services.judging import SaidOfInjection
        from dosing.services.recording import record_injection

        said = SaidOfInjection(outcome="given", happened_at=at, place="home", without_release=True)
        record_injection(participant=who, number=act.number, said=said, by=self.nurse, at=at)

    def visit(self, act: Act, who: Any, at: datetime) -> None:
        from dosing.services.judging import OutOfWindow, SaidOfVisit
        from dosing.services.recording import record_visit

        said = {"outcome": "done", "day": act.day}
        given = {"participant": who, "code": act.what, "by": self.nurse, "at": at}
        try:
            record_visit(said=SaidOfVisit(**said), **given)  # type: ignore[arg-type]
        except OutOfWindow:
            record_visit(said=SaidOfVisit(**said, deviation_reason=AS_IT_WAS), **given)  # type: ignore[arg-type]

    def no_visit(self, act: Act, who: Any, at: datetime) -> None:
        from dosing.services.judging import SaidOfVisit
        from dosing.services.recording import record_visit

        said = SaidOfVisit(outcome="missed", reason=NOT_PUBLISHED)
        record_visit(participant=who, code=act.what, said=said, by=self.nurse, at=at)

    def unscheduled(self, act: Act, who: Any, at: datetime) -> None:
        from dosing.services.unscheduled import record_unscheduled

        record_unscheduled(participant=who, day=act.day, reason=act.what, by=self.nurse, at=at)

    def end(self, act: Act, who: Any, at: datetime) -> None:
        from dosing.services.status import withdraw

        cause = CAUSES[self.subjects[act.subject]["end"]]
        withdraw(
            participant=who,
            scope=act.what,
            reason=AS_IT_WAS,
            cause=cause,
            day=act.day,
            by=self.investigator,
            at=at,
        )

    # --- what Velum says afterwards -------------------------------------------------------------------

    def said(self) -> dict[str, Any]:
        """Everything that is compared."""
        from dosing.progress.figures import figure
        from trial.models import Participant

        after = datetime.combine(date(2015, 12, 31), datetime.min.time(), self.zone)
        rows = {
            key: figure(key, by=self.manager, at=after).rows
            for key in ("flow", "doses", "visits", "deviations")
        }
        return {
            "numbers": self.numbers,
            "figures": {key: [list(map(str, row)) for row in table] for key, table in rows.items()},
            "participants": Participant.objects.count(),
            "visits": self.visits_done(),
            "doses": self.doses_given(),
            "unscheduled": self.unscheduled_days(),
            "refused": self.refused,
        }

    def visits_done(self) -> dict[str, list[list[str]]]:
        """By number: code and day of each visit that was done, as the latest record says."""
        from dosing.models import VisitRecord

        latest = {}
        for row in VisitRecord.objects.select_related("participant").order_by("sequence"):
            latest[(row.participant.number, row.code)] = row
        done: dict[str, list[list[str]]] = {}
        for (number, code), row in sorted(latest.items()):
            if row.outcome == "done" and row.day:
                done.setdefault(number, []).append([code, row.day.isoformat()])
        return done

    def unscheduled_days(self) -> dict[str, list[str]]:
        """By number: the days of visits that no plan has."""
        from dosing.models import UnscheduledVisit

        days: dict[str, list[str]] = {}
        for row in UnscheduledVisit.objects.select_related("participant").order_by("number"):
            days.setdefault(row.participant.number, []).append(row.day.isoformat())
        return days

    def doses_given(self) -> dict[str, int]:
        """By number: how many doses the latest records say were given."""
        from dosing.reading.latest_records import latest_records

        given = latest_records().filter(outcome="given").select_related("participant")
        return dict(Counter(row.participant.number for row in given))


def main(facts: Mapping[str, Any]) -> None:
    """Live everything, and print what is said of it."""
    replay = Replay(list(facts["subjects"]))
    replay.live()
    print(json.dumps(replay.said()))


if __name__ == "__main__":
    import django

    django.setup()
    main(json.loads(Path(sys.argv[1]).read_text()))
