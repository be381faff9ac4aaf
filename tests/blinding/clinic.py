"""The clinic's part of the script: everything that blinded people do, the same in every world.

Run by `tests.blinding.run` as a process of the clinic door. It is told which part comes next, and
learns nothing else: not the world's name, not what an envelope holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from dosing.models import Plan
from tests.blinding.clinic_time import moment
from tests.blinding.people import NOBODY, People
from tests.blinding.sweep import Sweep
from tests.blinding.sweep_depths import Depth
from tests.blinding.watching import Watch
from trial.walls.database_grants import rights_of

NOT_THE_CLINICS = ("velum.sqlite3", "pharmacy", "secret.json", "clinic.log")
"""Files of a world that others write, and this process's own output, which is looked at act by act."""
TUESDAY = "2015-10-06"
AT_SITES = ("nurse.one", "investigator.two", "monitor", "manager")
DRAWN = ("drawn only", "whole course", "on hold")
"""Looked at whenever the sites look; `make breach` shows that it is enough."""
PAGES_OF_THE_DAY = ("/today/", "/participants/", "/audit/", "/outbox/", "/trial/", "/")
SITE_OF = {
    "01": ("nurse.one", "investigator.one", "system.one"),
    "02": ("nurse.two", "investigator.two", "system.two"),
}


class Clinic:
    """The parts of the script by name. `numbers` are the participants by what becomes of them.

    `portions` are the parts of the sweep over all addresses that are made (`Sweep`).
    """

    def __init__(
        self, people: People, watch: Watch, depth: Depth, fields: list[str], portions: tuple[int, ...] = (0,)
    ) -> None:
        self.people, self.watch, self.depth, self.fields, self.portions = (
            people,
            watch,
            depth,
            fields,
            portions,
        )
        self.numbers: dict[str, str] = {}

    # --- Small steps ------------------------------------------------------------------------------

    def at(self, text: str, *who: str) -> None:
        """Let it be that moment, and those people log in (everybody if nobody is named)."""
        self.watch.fixed.move_to(moment(text))
        self.people.enter(*who)

    def screen(self, life: str, site: str = "01", consent: bool = True) -> str:
        """Give somebody a number."""
        body = {"consent_signed_on": "2015-10-05"} if consent else {}
        self.numbers[life] = self.people.call(SITE_OF[site][2], "participants/", body).json()["number"]
        return self.numbers[life]

    def one(self, life: str) -> str:
        """The address of a participant below the trial's."""
        return f"participants/{self.numbers[life]}/"

    def check(self, life: str, site: str = "01", **other: object) -> None:
        """Answer the criteria, so that they let in but for those given."""
        from dosing.demo_world import passing_answers

        protocol = self.people["manager"].delegation.trial.protocol_version.protocol
        answers = passing_answers(protocol, date(2015, 10, 5)) | other
        year = 1960 + list(self.numbers).index(life)  # each a person of their own
        body = {"birth_date": f"{year}-05-17", "answers": answers}
        self.people.call(SITE_OF[site][2], f"{self.one(life)}eligibility/", body)

    def draw(self, life: str, site: str = "01") -> None:
        """Draw by token, and twice with one key and once with another, as nervous systems do."""
        system = SITE_OF[site][2]
        slug = life.replace(" ", "-")
        for key in (f"draw-{slug}", f"draw-{slug}", f"again-{slug}")[: 3 if self.depth.twice else 1]:
            self.people.call(system, f"{self.one(life)}randomization/", {}, key=key)

    def book(self, life: str, site: str = "01", day: str = TUESDAY) -> None:
        """Book day 1, with an address for reminders, and two hours of appointments, an unscheduled visit."""
        system = SITE_OF[site][2]
        address = {
            "email": f"{life.replace(' ', '.')}@home.example",
            "language": "fr",
            "consented_on": "2015-10-05",
        }
        self.people.call(system, f"{self.one(life)}contact/", address)
        self.people.call(system, f"{self.one(life)}first-injection/", {"day": day})
        self.people.call(system, f"{self.one(life)}injections/2/hour/", {"hour": "09:30"})
        self.people.call(system, f"{self.one(life)}visits/V2/hour/", {"hour": "14:00"})
        came = {"day": "2015-10-05", "hour": "10:00", "reason": "Fever."}
        self.people.call(system, f"{self.one(life)}unscheduled-visits/", came)

    def inject(self, life: str, number: int, when: str, site: str = "01", **more: object) -> None:
        """Record an injection by token."""
        body = {"outcome": "given", "happened_at": moment(when).isoformat(), "place": "hospital"} | more
        if body["outcome"] != "missed":
            body["without_release"] = True
        body = {name: value for name, value in body.items() if value is not None}
        self.people.call(SITE_OF[site][2], f"{self.one(life)}injections/{number}/", body)

    def visit(self, life: str, code: str, day: str) -> None:
        """Record a visit of the first hospital as done, by token."""
        body = {"outcome": "done", "day": day}
        self.people.call("system.one", f"{self.one(life)}visits/{code}/", body)

    def worker(self) -> None:
        """Beat rings every bell there is, and the worker answers."""
        from trial.celery import app

        for name in sorted(name for name in app.tasks if not name.startswith("celery.")):
            self.watch.act(f"beat rings {name}", lambda name=name: app.send_task(name), counted=False)
            self.watch.act(f"worker runs {name}", lambda name=name: app.tasks[name].apply(throw=False))

    # --- The parts --------------------------------------------------------------------------------

    def first_day(self) -> None:
        """Monday: numbers, consents and criteria at two sites; draws that come too early."""
        self.at("2015-10-05 09:30", "nurse.one")
        self.screen("numbered", consent=False)
        self.screen("consented")
        self.screen("failed")
        self.check("failed", E1=True)
        self.people.call("system.one", f"{self.one('consented')}randomization/", {})
        self.people.call("system.one", f"{self.one('numbered')}randomization/", {})
        for life, site in self.drawn():
            self.screen(life, site)
            self.check(life, site)
        self.screen("late")
        self.check("late")

    def draws(self) -> None:
        """Monday, an hour later: twelve draws at two sites, bookings; mistakes among them."""
        self.at("2015-10-05 10:30", "nurse.one")
        self.draw_by_page("whole course")
        for life, site in self.drawn():
            self.draw(life, site)
        for life, site in self.drawn()[1:]:
            self.book(life, site)
        self.mistakes()

    def drawn(self) -> list[tuple[str, str]]:
        """The twelve who are randomised, with their sites, in the order of their draws."""
        return [
            ("drawn only", "01"),
            ("whole course", "01"),
            ("on hold", "01"),
            ("held once", "02"),
            ("off treatment", "01"),
            ("off trial", "02"),
            ("no reminders", "01"),
            ("code broken", "01"),
            ("missed some", "02"),
            ("moved", "01"),
            ("second hospital", "02"),
            ("last envelope", "02"),
        ]

    def draw_by_page(self, life: str) -> None:
        """Draw with a password, as a nurse does; a wrong one first."""
        path = f"/participants/{self.numbers[life]}/randomize/"
        for password in ("wrong", self.people.password()):
            signed = {"user_name": "nurse.one", "password": password}
            self.people.page("nurse.one", path, "POST", confirmed="on", **signed)

    def mistakes(self) -> None:
        """Refusals and errors of every kind."""
        call, someone = self.people.call, self.one("whole course")
        call("system.one", f"{someone}first-injection/", {"day": "2015-12-24"})
        call("system.one", f"{someone}first-injection/", {"day": "not a day"})
        call("system.one", f"{someone}first-injection/", b"\xff\xfe")
        call("system.one", f"{someone}first-injection/", {"day": TUESDAY, "arm": "PLACEBO"})
        call(
            "system.one",
            f"{someone}injections/1/",
            {"outcome": "given", "happened_at": "2015-10-06T09:00:00+02:00"},
        )
        call("system.one", f"{someone}injections/99/", {"outcome": "missed", "reason": "x"})
        call("system.one", f"{someone}release/", {"reason": "not held"})
        call("system.one", "participants/IM-0199-9/", None)
        call("system.one", self.one("second hospital"), None)
        call("monitor", f"{someone}hold/", {"reason": "not mine to do"})
        call(NOBODY, someone, None)

    def evening(self) -> None:
        """The reminders of the day before leave; once more, and nothing leaves."""
        for text in ("2015-10-05 18:00", "2015-10-05 18:01"):
            self.at(text, "manager")
            self.worker()
        self.tables()

    def before_seven(self) -> None:
        """A quarter to seven, whatever the pharmacy has done: what the sites see, and what lies there."""
        self.at("2015-10-06 06:45", *AT_SITES)
        self.look_at_sites()
        self.tables("dosing_readiness")

    def tuesday(self) -> None:
        """Nine o'clock: syringes are ready, injections are given, and one is not."""
        self.at("2015-10-06 09:00", *AT_SITES)
        self.look_at_sites()
        for life, site in self.drawn()[1:]:
            self.inject(life, 1, "2015-10-06 08:55", site)
        page = f"/participants/{self.numbers['moved']}/injections/1/"
        self.people.page("nurse.one", f"{page}?outcome=missed")
        self.visit("whole course", "V1", TUESDAY)
        correction = {"outcome": "partial", "correction": True, "reason": "A drop was lost"}
        self.inject("missed some", 1, "2015-10-06 08:50", "02", **correction)
        self.inject("missed some", 2, "2015-10-06 08:50", "02")
        self.files()
        self.tables()

    def wednesday(self) -> None:
        """After the night's code break: the notice leaves; holds, withdrawals, the list is used up."""
        self.at("2015-10-07 07:10", *AT_SITES)
        self.worker()
        self.look_at_sites()
        self.at("2015-10-07 09:00", *AT_SITES)
        call = self.people.call
        for life, site in self.drawn()[1:8]:
            self.inject(life, 2, "2015-10-07 08:55", site)
        missed = {"outcome": "missed", "reason": "Fever", "happened_at": None, "place": None}
        self.inject("missed some", 2, "2015-10-07 08:55", "02", **missed)
        call("system.one", f"{self.one('on hold')}hold/", {"reason": "Fever"})
        call("system.two", f"{self.one('held once')}hold/", {"reason": "Fever", "until": "2015-10-09"})
        call("system.two", f"{self.one('held once')}release/", {"reason": "No fever"})
        call(
            "system.one",
            f"{self.one('off treatment')}withdrawal/",
            {"reason": "not given", "scope": "treatment"},
        )
        call("system.two", f"{self.one('off trial')}withdrawal/", {"reason": "Moved", "scope": "trial"})
        call(
            "system.one", f"{self.one('no reminders')}withdrawal/", {"reason": "Phone", "scope": "reminders"}
        )
        call(
            "system.one",
            f"{self.one('on hold')}injections/3/",
            {"outcome": "given", "happened_at": "2015-10-07T08:00:00+02:00"},
        )
        self.draw("late")
        self.draw_by_page("late")
        self.tables()

    def sweep(self) -> None:
        """Every address for every role and method, with probes in the query."""
        self.at("2015-10-08 10:00")
        Sweep(self.people, self.watch, self.depth, self.fields, self.portions).run(self.looked_at())
        self.watch.traced = self.depth.rest_traced
        self.files()
        self.tables()

    def rest(self) -> None:
        """One participant goes on, in a full run to the end; then everything is looked at once more."""
        plan = Plan.objects.get(participant__number=self.numbers["whole course"], superseded_at=None)
        given = plan.injections.filter(number__gte=3).order_by("number")[: self.depth.rest]
        visits = plan.visits.filter(date__gt=date(2015, 10, 8)).order_by("date", "code")[: self.depth.rest]
        days = [(row.date, "09:00", row) for row in given] + [(row.date, "10:00", row) for row in visits]
        for day, hour, row in sorted(days, key=lambda one: one[:2]):
            self.at(f"{day} {hour}", "nurse.one")
            if hour == "09:00":
                self.inject("whole course", row.number, f"{day} 08:50")
            else:
                self.visit("whole course", row.code, day.isoformat())
        self.at(self.depth.end, *AT_SITES)
        self.worker()
        for command in ("verify", "tick"):
            self.watch.act(f"manage.py {command}", lambda command=command: call_command(command))
        self.look_at_sites()
        self.files()
        self.tables()

    # --- Looking ----------------------------------------------------------------------------------

    def looked_at(self) -> list[str]:
        """The numbers of participants, one for each thing that can become of somebody in every twin."""
        return [number for life, number in self.numbers.items() if not life.startswith("elsewhere")]

    def look_at_sites(self) -> None:
        """What stands on the pages of the day, and what systems fetch."""
        for name in AT_SITES[: None if self.depth.twice else 2]:
            for path in PAGES_OF_THE_DAY[: None if self.depth.twice else 3]:
                self.people.page(name, path)
        for name in ("system.one", "system.two", "manager"):
            for path in ("due/", "due/?day=2015-10-07", "participants/", "audit/"):
                self.people.call(name, path)
        for number in [*map(self.numbers.__getitem__, DRAWN), *self.looked_at()[: self.depth.others]]:
            self.people.page("nurse.one", f"/participants/{number}/")
            self.people.call("system.one", f"participants/{number}/calendar/")
        self.people.page(NOBODY, "/health")

    def files(self) -> None:
        """The calendars to take along, in both languages."""
        for number in self.looked_at()[-self.depth.files :]:
            for end in ("ics", "pdf"):
                for language in ("en-GB", "fr"):
                    self.people.call(
                        "manager", f"participants/{number}/calendar.{end}", **{"Accept-Language": language}
                    )
        self.watch.look("files", {"files": "\n".join(left_behind()).encode()})

    def tables(self, *named: str) -> None:
        """Every table, or those named, as this process's database role gets it; on SQLite as the rows lie."""
        for table, rows in dumped(named or connection.introspection.table_names()):
            self.watch.look(f"table {table}", {"rows": rows.encode()})


def left_behind() -> Iterator[str]:
    """Every file in the world's folder but the database and what is the pharmacy's, with its digest."""
    home = Path(os.environ["TMPDIR"])
    for path in sorted(home.rglob("*")):
        name = str(path.relative_to(home))
        if path.is_file() and not name.startswith(NOT_THE_CLINICS):
            yield f"{name} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def dumped(tables: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each table of the clinic's with its rows, sorted; of any other, that it is refused."""
    for table in sorted(tables):
        if not rights_of("clinic", table):
            yield table, refusal(table)
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {table}")
            names = [
                column.name if hasattr(column, "name") else column[0] for column in cursor.description or ()
            ]
            rows = list(map(repr, cursor.fetchall()))
        in_order = rows if connection.vendor == "sqlite" else sorted(rows)
        yield table, "\n".join([repr(names), *in_order])


def refusal(table: str) -> str:
    """What the database says to whoever reads a table that is not the clinic's."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
    except DatabaseError as fault:
        return f"refused: {type(fault).__name__}"
    return "readable: SQLite has no roles"
