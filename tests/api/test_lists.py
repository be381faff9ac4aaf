"""Lists: filters, pages, and a number of queries that does not grow."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.caller import Caller
from tests.site_fixture import SiteFixture
from tests.trial_fixture import TrialFixture, new_trial
from trial.models import Site, Status
from trial.people.delegating import delegate
from trial.permissions import Role


def numbers(answer: Any) -> list[str]:
    return [row["number"] for row in answer.json()["results"]]


def walk(caller: Caller, path: str) -> list[list[Any]]:
    """Every page, by following `next`."""
    pages, path = [], path
    while path:
        answer = caller.get(path).json()
        pages.append(answer["results"])
        path = (answer["next"] or "").removeprefix(caller.base)
    return pages


def test_pages_follow_one_another_without_gap_or_double(nurse: Caller, world: TrialFixture) -> None:
    everybody = sorted(world.participant().number for _ in range(7))
    pages = walk(nurse, "participants/?page_size=3")
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [row["number"] for page in pages for row in page] == everybody


@pytest.mark.parametrize(("size", "pages"), [(1, [1] * 4), (2, [2, 2]), (3, [3, 1]), (4, [4]), (5, [4])])
def test_a_page_that_is_exactly_full_is_the_last_one(
    nurse: Caller, world: TrialFixture, size: int, pages: list[int]
) -> None:
    for _ in range(4):
        world.participant()
    assert [len(page) for page in walk(nurse, f"participants/?page_size={size}")] == pages


@pytest.mark.parametrize("path", ["audit/", "deviations/"])
def test_so_it_is_in_every_list(world: TrialFixture, path: str) -> None:
    ward, monitor = SiteFixture(world), Caller(world.person(Role.MONITOR))
    ward.inject(ward.booked(), 1, outcome="missed", happened_at=None, reason="Refused.")
    whole = monitor.get(path).json()
    count = len(whole["results"])
    assert count and whole["next"] is None
    assert monitor.get(f"{path}?page_size={count}").json() == whole


def test_a_newcomer_does_not_shift_the_pages(nurse: Caller, world: TrialFixture) -> None:
    for _ in range(4):
        world.participant()
    first = nurse.get("participants/?page_size=2").json()
    world.participant()
    second = nurse.get(first["next"].removeprefix(nurse.base))
    assert numbers(second) == ["IM-0103-2", "IM-0104-1"]


def test_filters_stay_from_page_to_page(nurse: Caller, world: TrialFixture) -> None:
    for status in (Status.SCREENING, Status.ELIGIBLE) * 3:
        world.participant(status)
    pages = walk(nurse, "participants/?status=eligible&page_size=2")
    assert [[row["status"] for row in page] for page in pages] == [["eligible"] * 2, ["eligible"]]


def test_participants_are_found_by_number_as_typed_and_by_site(nurse: Caller, world: TrialFixture) -> None:
    world.participant()
    assert numbers(nurse.get("participants/?number=im 01010")) == ["IM-0101-0"]
    assert numbers(nurse.get("participants/?site=01")) == ["IM-0101-0"]
    assert numbers(nurse.get("participants/?site=02")) == []


def test_the_trail_is_read_chain_by_chain(world: TrialFixture) -> None:
    nurse, monitor = Caller(world.nurse), Caller(world.person(Role.MONITOR))
    nurse.post("participants/", {"consent_signed_on": "2015-10-02"})
    assert {row["action"] for row in monitor.get("audit/").json()["results"]} >= {"trial.installed"}
    entry = monitor.get("audit/?chain=01").json()["results"][-1]
    assert (entry["action"], entry["subject"]) == ("participant.screened", "IM-0101-0")
    assert entry["body"] == {"consent_signed_on": "2015-10-02"}


def test_the_trail_goes_on_after_a_number(world: TrialFixture) -> None:
    monitor = Caller(world.person(Role.MONITOR))
    pages = walk(monitor, "audit/?after=1&page_size=1")
    everything = monitor.get("audit/").json()["results"]
    assert [row for page in pages for row in page] == everything[1:]
    assert monitor.get("audit/?cursor=QQ==").json()["code"] == "invalid_parameter"


def test_a_monitor_of_one_site_reads_that_sites_chain(world: TrialFixture) -> None:
    other = Site.objects.create(trial=world.trial, number="02", name="x", city="Nîmes", zone="Europe/Paris")
    Caller(world.nurse).post("participants/", {"site": "01"})
    user = world.person(Role.MONITOR).user
    duty = delegate(
        user=user, trial=world.trial, role=Role.MONITOR, site=other, by=None, at=world.nurse.granted_at
    )
    caller = Caller(duty)
    assert caller.get("audit/").json()["results"] == []
    assert caller.get("audit/?chain=01").status_code == 404


def queries(caller: Caller, method: str, path: str) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = caller.get(path) if method == "GET" else caller.post(path)
    assert answer.status_code in {200, 201}, answer.content
    return [query["sql"] for query in captured.captured_queries]


def booked(world: TrialFixture, nurse: Caller, count: int) -> list[str]:
    """Participants with a calendar that begins tomorrow."""
    people = [world.participant().number for _ in range(count)]
    for number in people:
        nurse.post(f"participants/{number}/randomization/")
        assert nurse.post(f"participants/{number}/first-injection/", {"day": "2015-10-06"}).status_code == 201
    return people


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("participants/", 6),  # one of them for the ends of all of them
        ("due/?day=2015-10-06", 5),
        ("participants/IM-0101-0/calendar/", 7),  # two of them for the facts that the reasons rest on
        ("participants/IM-0101-0/", 6),  # one of them for the ends
    ],
)
def test_thirty_rows_take_as_many_queries_as_one(
    nurse: Caller, world: TrialFixture, path: str, most: int
) -> None:
    world.blinded_list()
    booked(world, nurse, 1)
    one = queries(nurse, "GET", path)
    booked(world, nurse, 9)
    assert len(queries(nurse, "GET", path)) == len(one) <= most, one


@pytest.mark.django_db(transaction=True)
def test_a_draw_takes_at_most_fourteen_statements() -> None:
    """Token with kept answer, participant, stratum, envelope, who else is alike, trail (3), envelope, status,
    signature, answer: and two that begin and end the transaction."""
    world = new_trial()
    world.blinded_list()
    nurse = Caller(world.nurse)
    booked(world, nurse, 1)
    statements = queries(nurse, "POST", f"participants/{world.participant().number}/randomization/")
    assert len(statements) <= 14, "\n".join(statements)
