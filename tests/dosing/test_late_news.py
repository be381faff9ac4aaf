"""Two stories: a withdrawal and a death that are heard of days later, and what four surfaces say around it.

*Today*, the deviations, the table and the feed, each whole: before it is known, after, and when all is
answered.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import icalendar
import pytest
import time_machine
from django.test import Client

from dosing.services.feeding import make_feed
from dosing.services.status import withdraw
from tests.site_fixture import SiteFixture, paris
from tests.trial_fixture import START
from trial.models import Participant

ASKED = re.compile(r'"todo todo-(late|due).*?href="/participants/[\w-]+/(?:injections|visits)/(\w+)/"', re.S)
EVENT = re.compile(r"-(?:injection-|visit-)(\w+)@velum$")
FRIDAY, EVENING = paris("2015-10-16 15:00"), paris("2015-10-16 18:00")
VISITS_AHEAD = "V2 V3 V4 V5 V6 V7"
COURSES_AHEAD = "C2D1 C2D2 C2D3 C2D4 C2D5 C3D1 C3D2 C3D3 C3D4 C3D5"
NUMBERS_AHEAD = "6 7 8 9 10 11 12 13 14 15"


@dataclass(frozen=True)
class Said:
    """What the four say at one moment. The table has an injection's code, *Today* and the feed its number."""

    today: dict[str, str]
    deviations: list[str]
    table: dict[str, str]
    feed: dict[str, str]


@dataclass
class Story:
    """One participant of whom the first injection was given on Monday, with a calendar address."""

    ward: SiteFixture
    who: Participant
    feed: str

    def missed(self, what: int | str, at: datetime = EVENING) -> None:
        said = {"outcome": "missed", "reason": "Did not come.", "at": at}
        if isinstance(what, int):
            self.ward.inject(self.who, what, happened_at=None, **said)
        else:
            self.ward.visit(self.who, what, day=None, **said)

    def ends(self, scope: str, day: date) -> None:
        said = {"scope": scope, "reason": "Told on the telephone.", "by": self.ward.nurse, "day": day}
        withdraw(participant=self.ward.again(self.who), at=FRIDAY, **said)  # type: ignore[arg-type]

    def told(self, at: datetime = FRIDAY) -> Said:
        with time_machine.travel(at, tick=False):
            client = Client()
            client.force_login(self.ward.nurse.user)
            page = client.get("/today/").content.decode()
            table = client.get(f"/participants/{self.who.number}/calendar.csv").content
            drafts = client.get("/deviations.csv").content
            feed = Client().get(self.feed).content
        return Said(grouped(ASKED.findall(page)), by_kind(drafts), by_state(table), by_status(feed))


@pytest.fixture
def story(ward: SiteFixture) -> Story:
    who = ward.booked()
    ward.inject(who, 1)
    secret = make_feed(by=ward.nurse, at=START, language="en", participant=who)
    return Story(ward, ward.again(who), f"/feeds/{secret}.ics")


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What stands under each heading, in its order."""
    found: dict[str, list[str]] = defaultdict(list)
    for heading, one in pairs:
        found[heading].append(one)
    return {heading: " ".join(rows) for heading, rows in found.items()}


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def by_state(content: bytes) -> dict[str, str]:
    """The codes in order of their days, visits after injections, below all that the row says of its state."""
    said = ("state", "happened_on", "stopped_by", "stopped_since")
    rows = sorted(rows_of(content), key=lambda row: (row["kind"], row["date"]))
    return grouped((" ".join(filter(None, (row[name] for name in said))), row["code"]) for row in rows)


def by_kind(content: bytes) -> list[str]:
    return [f"{row['kind']} {row['event']} planned {row['planned']}" for row in rows_of(content)]


def by_status(content: bytes) -> dict[str, str]:
    """The events below their STATUS and what stands before the participant's number in SUMMARY."""
    pairs = []
    for event in icalendar.Calendar.from_ical(content).walk("VEVENT"):
        name = EVENT.search(str(event["UID"]))
        assert name
        word = str(event["SUMMARY"]).partition("IM-0101-")[0].removesuffix(" · ")
        pairs.append((f"{event['STATUS']} {word}".strip(), name[1].upper()))
    return grouped(sorted(pairs, key=lambda pair: (not pair[1].isdigit(), len(pair[1]), pair[1])))


NOT_YET_KNOWN = Said(
    today={"late": "2 3 4 V1", "due": "5"},
    deviations=[],
    table={
        "given 2015-10-12": "C1D1",
        "late": "C1D2 C1D3 C1D4 V1",
        "due": "C1D5",
        "planned": f"{COURSES_AHEAD} {VISITS_AHEAD}",
    },
    feed={"CONFIRMED": f"1 2 3 4 5 {NUMBERS_AHEAD} V1 {VISITS_AHEAD}"},
)
"""Friday at three: nothing is recorded since Monday's injection, and nobody knows why."""


def test_a_withdrawal_that_is_heard_of_two_days_later(story: Story) -> None:
    """On Wednesday she told the ward that she takes no more injections. The nurse hears of it on Friday."""
    assert story.told() == NOT_YET_KNOWN
    story.ends("treatment", date(2015, 10, 14))
    stopped = {"stopped treatment 2015-10-14": f"C1D4 C1D5 {COURSES_AHEAD}"}
    cancelled = {"CANCELLED Cancelled": f"4 5 {NUMBERS_AHEAD}"}
    assert story.told() == Said(
        today={"late": "2 3 V1"},
        deviations=[],
        table={"given 2015-10-12": "C1D1", "late": "C1D2 C1D3 V1", **stopped, "planned": VISITS_AHEAD},
        feed={"CONFIRMED": f"1 2 3 V1 {VISITS_AHEAD}", **cancelled},
    )
    story.missed(2)
    story.ward.inject(story.who, 3, at=EVENING)
    story.ward.visit(story.who, "V1", at=EVENING)
    done = {"given 2015-10-12": "C1D1", "missed": "C1D2", "given 2015-10-14": "C1D3", "done 2015-10-12": "V1"}
    assert story.told(EVENING) == Said(
        today={},
        deviations=["injection_missed injection:2 planned 2015-10-13"],
        table={**done, **stopped, "planned": VISITS_AHEAD},
        feed={
            "CONFIRMED": f"1 3 V1 {VISITS_AHEAD}",
            "CANCELLED Cancelled": f"2 4 5 {NUMBERS_AHEAD}",
        },
    )


def test_a_death_that_is_reported_three_days_later(story: Story) -> None:
    """He died on Tuesday. On Wednesday his dose is recorded as missed; on Friday the news comes."""
    story.missed(3, at=paris("2015-10-14 18:00"))
    wednesdays = ["injection_missed injection:3 planned 2015-10-14"]
    before = story.told()
    assert (before.today, before.deviations) == ({"late": "2 4 V1", "due": "5"}, wednesdays)
    assert before.feed["CANCELLED Cancelled"] == "3"
    story.ends("death", date(2015, 10, 13))
    known = {"given 2015-10-12": "C1D1", "missed": "C1D3"}
    stopped = {"stopped death 2015-10-13": f"C1D4 C1D5 {COURSES_AHEAD} {VISITS_AHEAD}"}
    only_ahead = {"CANCELLED Cancelled": f"5 {NUMBERS_AHEAD} {VISITS_AHEAD}"}
    assert story.told() == Said(
        today={"late": "2 V1"},
        deviations=wednesdays,
        table={**known, "late": "C1D2 V1", **stopped},
        feed=only_ahead,
    )
    story.missed(2)
    story.ward.visit(story.who, "V1", at=EVENING)
    assert story.told(EVENING) == Said(
        today={},
        deviations=[*wednesdays, "injection_missed injection:2 planned 2015-10-13"],
        table={**known, "missed": "C1D2 C1D3", "done 2015-10-12": "V1", **stopped},
        feed=only_ahead,
    )
