"""What each surface says of a day: page, API, table, paper, calendar program, mail, figures, pharmacist."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import icalendar
import time_machine
from django.test import Client

from dosing.models import Reminder
from dosing.pages.calendar_presenters import LOOKS
from dosing.progress.figures import figure
from dosing.reading.queries import calendar_of, injections_between
from tests.dosing.model import Model
from tests.french import BREAK
from tests.pdf_words import words_of_pdf
from tests.site_fixture import SiteFixture
from trial.models import Participant
from trial.people.delegating import create_token

States = dict[str, str]
LOOKED = {look: state for state, look in LOOKS.items()} | {"ready": "due", LOOKS["stopped"]: "stopped"}
"""How a state is called again that looks like another. In no life here is a day not applicable."""
STATUS = {"missed": "CANCELLED", "stopped": "CANCELLED", "hold": "TENTATIVE"}
PAPER = {"given": "given", "partial": "partly given", "missed": "missed", "done": "done", "hold": "on hold"}
PAPER |= {"stopped": "stopped"}
"""What paper says of a state; nothing of one that follows from the clock."""


def compare(ward: SiteFixture, participant: Participant, model: Model) -> None:
    """Every surface says of every day what the model says."""
    person, at = ward.again(participant), model.now
    if model.day_1 is None:
        return
    told = {code: row[0] for code, row in model.states().items()}
    happened = {code: row[3] for code, row in model.states().items() if row[3]}
    with time_machine.travel(at, tick=False):
        client = Client()
        client.force_login(ward.nurse.user)
        address = f"/participants/{person.number}/"
        on_the_page(client.get(address).context, told)
        in_the_table(client.get(f"{address}calendar.csv").content, told, happened)
        in_a_calendar_program(client.get(f"{address}calendar.ics").content, told)
        on_paper(client.get(f"{address}calendar.pdf").content, told, ward, person, at)
        by_api(ward, person, told, happened, at)
    in_the_figures(ward, person, told, at)
    at_the_pharmacy(person, told, model, at)
    in_the_mail(person, told, model)


def on_the_page(context: Any, told: States) -> None:
    """The grid of courses and the line of visits, without the screening before it."""
    codes = [code for code in told if code.startswith("C")]
    cells = [cell.state for row in context["courses"] for cell in row.days]
    assert dict(zip(codes, map(_state, cells), strict=True)) == {code: told[code] for code in codes}, "page"
    dots = Counter("stopped" if dot.state == "withdrawn" else dot.state for dot in context["visits"][1:])
    assert dots == Counter(state for code, state in told.items() if code not in codes), "page"


def _state(look: str) -> str:
    return LOOKED.get(look, look)


def in_the_table(content: bytes, told: States, happened: dict[str, date]) -> None:
    text = content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.splitlines()[0] else ","))
    assert {row["code"]: row["state"] for row in rows} == told, "table"
    found = {row["code"]: row["happened_on"] for row in rows if row["happened_on"]}
    assert found == {code: day.isoformat() for code, day in happened.items()}, "table"


def in_a_calendar_program(content: bytes, told: States) -> None:
    """STATUS of each event, and the word before what is not as it was."""
    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    found = {}
    for event in events:
        said = str(event["SUMMARY"])
        code = re.search(r"\((C\d+D\d+)\)|visit (\S+)$", said)
        if code:
            found[code[1] or code[2]] = str(event["STATUS"])
            assert said.startswith("on hold · ") == (str(event["STATUS"]) == "TENTATIVE"), "calendar"
    assert found == {code: STATUS.get(state, "CONFIRMED") for code, state in told.items()}, "calendar"


def on_paper(content: bytes, told: States, ward: SiteFixture, person: Participant, at: datetime) -> None:
    """Words for what is so by facts; a day before a stop is not recorded, whatever day it is today."""
    view = calendar_of(person, at=at)
    assert view is not None
    said = " ".join(words_of_pdf(content).replace(BREAK, " ").split())
    said = said.replace("until the first injection is given", "")
    for state, word in PAPER.items():
        before = "(?<!partly )(?<!not )" if word in {"given", "recorded"} else ""
        count = len(re.findall(rf"{before}\b{word}\b", said))
        assert count == sum(one == state for one in told.values()), f"paper: {word}, in {said}"
    open_days = sum(day.only_asked for day in view.days)
    assert said.count("not recorded") == open_days, "paper: not recorded"


def by_api(
    ward: SiteFixture, person: Participant, told: States, happened: dict[str, date], at: datetime
) -> None:
    expires = at + timedelta(hours=1)
    secret = create_token(delegation=ward.nurse, name="compare", expires_at=expires, door="clinic", at=at)
    address = f"/api/v1/trials/{person.trial_id}/participants/{person.number}/calendar/"
    answer = Client().get(address, headers={"Authorization": f"Bearer {secret}"})
    shown = json.loads(answer.content)
    days = [*shown["injections"], *shown["visits"]]
    assert {day["code"]: day["state"] for day in days} == told, "API"
    found = {day["code"]: day["happened_on"] if "happened_on" in day else day["done_on"] for day in days}
    known = {code: day.isoformat() for code, day in happened.items()}
    assert {code: day for code, day in found.items() if day} == known, "API"


def in_the_figures(ward: SiteFixture, person: Participant, told: States, at: datetime) -> None:
    """Doses by course, and what is missing one by one. There is nobody else in this trial."""
    table = figure("doses", by=ward.nurse, at=at).rows
    courses = [Counter(told[f"C{c}D{d}"] for d in range(1, 6)) for c in (1, 2, 3)]
    order = ("given", "partial", "missed", "late", "due", "planned", "hold", "stopped", "not_applicable")
    assert [tuple(row[1:]) for row in table] == [tuple(row[state] for state in order) for row in courses]
    listed = [str(row[1]) for row in figure("missing-list", by=ward.nurse, at=at).rows]
    missing = {name.split()[-1] for name in listed if name.startswith(("injection ", "visit "))}
    assert missing == {code for code, state in told.items() if state == "late"}, "progress"


def at_the_pharmacy(person: Participant, told: States, model: Model, at: datetime) -> None:
    """What the pharmacist's list asks for the day of each syringe."""
    planned = model.injections()
    found = injections_between([person.pk], min(planned.values()), max(planned.values()), at=at)
    shown = {day.code: str(day.state) for day in found.values()}
    assert shown == {code: state for code, state in told.items() if code.startswith("C")}, "pharmacy"


def in_the_mail(person: Participant, told: States, model: Model) -> None:
    """Nobody is reminded of a day that is recorded, held or stopped."""
    rows = Reminder.objects.filter(participant=person, state="open").values_list("event", flat=True)
    for event in rows:
        kind, _colon, code = event.partition(":")
        number = int(code) if kind == "injection" else 5 * int(code) - 4 if kind == "course" else 0
        named = f"C{(number + 4) // 5}D{(number - 1) % 5 + 1}" if number else code
        assert told[named] in {"planned", "due", "late"}, f"mail: {event} is {told[named]}"
        assert told[named] != "late" or model.status != "withdrawn", f"mail: {event} is late"
