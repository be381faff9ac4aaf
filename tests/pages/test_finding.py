"""Finding a participant by a number that may be mistyped."""

from __future__ import annotations

import pytest

from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture
from trial.models import Participant
from trial.screening.participant_list import one_slip


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{bare}"])
def test_a_right_number_leads_straight_to_the_page(nurse: Browser, ward: SiteFixture, typed: str) -> None:
    number = ward.consented().number
    words = typed.format(number, lower=number.lower(), bare=number.replace("-", " "))
    assert nurse.get("/participants/", {"q": words}).url == f"/participants/{number}/"


def test_a_slip_is_named_and_the_likely_number_shown(nurse: Browser, ward: SiteFixture) -> None:
    number = ward.consented().number
    slip = f"{number[:-3]}{(int(number[-3]) + 1) % 10}{number[-2:]}"
    page = nurse.read(f"/participants/?q={slip}")
    assert "has a digit that is wrong" in page
    assert f'href="/participants/{number}/"' in page


def test_a_number_that_is_nobodys_says_what_to_compare(nurse: Browser, ward: SiteFixture) -> None:
    ward.consented()
    assert "Compare it with the participant&#x27;s card." in nurse.read("/participants/?q=ZZ")


def test_a_state_narrows_the_list(nurse: Browser, ward: SiteFixture) -> None:
    consented, eligible = ward.consented(), ward.eligible()
    page = nurse.read("/participants/?state=eligible")
    assert eligible.number in page and consented.number not in page


@pytest.mark.parametrize(("people", "pages"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3)])
def test_a_page_that_is_exactly_full_is_the_last_one(
    nurse: Browser, ward: SiteFixture, monkeypatch: pytest.MonkeyPatch, people: int, pages: int
) -> None:
    monkeypatch.setattr("trial.screening.views.ROWS", 2)
    numbers = [ward.world.participant().number for _ in range(people)]
    read = [nurse.read(f"/participants/?page={page}") for page in range(1, pages + 1)]
    assert [number for page in read for number in numbers if number in page] == numbers
    assert ['rel="next"' in page for page in read] == [True] * (pages - 1) + [False]


def test_a_state_that_does_not_exist_is_no_fault(nurse: Browser, ward: SiteFixture) -> None:
    number = ward.consented().number
    assert number in nurse.read("/participants/?state=nonsense&page=99")


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("IM01222", True),
        ("IM02117", False),
        ("IM01272", True),
        ("IM0122", True),
        ("IM012277", True),
        ("XX", False),
    ],
)
def test_one_slip_is_one_wrong_one_swapped_one_lost_or_one_doubled_sign(typed: str, near: bool) -> None:
    assert one_slip(typed, "IM01227") is near


def test_the_next_page_keeps_what_was_looked_for(nurse: Browser, ward: SiteFixture, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("trial.screening.views.ROWS", 1)
    ward.consented(), ward.consented()
    page = nurse.read("/participants/?state=screening&q=01")
    assert 'href="?page=2&amp;q=01&amp;state=screening"' in page


@pytest.mark.parametrize("typed", ["{}", "{lower}", "{bare}", " {spaced} ", "{unbroken}"])
def test_the_randomisation_number_leads_to_the_same_page(
    nurse: Browser, ward: SiteFixture, typed: str
) -> None:
    person = ward.booked(MONDAY)
    number = person.envelope.number
    words = typed.format(
        number,
        lower=number.lower(),
        bare=number.replace("-", ""),
        spaced=number.replace("-", "\u00a0"),
        unbroken=number.replace("-", "\u2011"),
    )
    assert nurse.get("/participants/", {"q": words}).url == f"/participants/{person.number}/"


def test_a_part_of_the_randomisation_number_narrows_the_list(nurse: Browser, ward: SiteFixture) -> None:
    one, other = ward.booked(MONDAY), ward.consented()
    page = nurse.read(f"/participants/?q={one.envelope.number[:5]}")
    assert one.number in page and other.number not in page


def test_a_slip_in_the_randomisation_number_shows_whose_it_can_be(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    number = person.envelope.number
    page = nurse.read(f"/participants/?q={number[:-1]}{(int(number[-1]) + 1) % 10}")
    assert "has a digit that is wrong" in page
    assert f'href="/participants/{person.number}/"' in page


def test_a_page_can_be_opened_by_either_number(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    assert person.number in nurse.read(f"/participants/{person.envelope.number}/")


def test_a_number_that_means_two_people_opens_neither(nurse: Browser, ward: SiteFixture) -> None:
    """A trial whose prefix is a letter of the lists: R-0122-7 and R-01227 are two people's."""
    one, other = ward.booked(MONDAY), ward.consented()
    number = one.envelope.number
    Participant.objects.filter(pk=other.pk).update(number=f"{number[:-1]}-{number[-1]}")
    answer = nurse.get(f"/participants/{number}/")
    assert (answer.status_code, "the other number" in answer.content.decode()) == (404, True)
