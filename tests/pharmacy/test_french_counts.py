"""The pharmacy's pages in French with nobody, one and two of everything: the faults of `tests.french`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import NoReverseMatch

from dosing.pharmacy.preparing import mark_checked, mark_prepared, release
from dosing.pharmacy.stock import receive_lot, stock
from dosing.pharmacy.worklist import preparations
from randomization.models import RandomizationList
from randomization.sealed.jobs.engine import ask_job, run_job
from randomization.sealed.jobs.kinds import workers
from randomization.sealed.models import JobKind
from randomization.sealed.opening.code_break_sheets import code_break_pack
from tests.french import faults_on
from tests.pdf_words import words_of_pdf
from tests.pharmacy.conftest import DAY
from tests.pharmacy.test_french import ROLES, in_french
from tests.pharmacy.test_pages import ACCESS, FILES, address
from tests.trial_fixture import TrialFixture
from trial.models import Delegation, Participant
from trial.permissions import Role

FIRST = date(2017, 5, 1)
"""A date of expiry on the first of a month."""


@pytest.fixture(autouse=True)
def clock(at: datetime) -> Iterator[None]:
    """The pages read the clock themselves: it is the morning before DAY."""
    with time_machine.travel(at, tick=False):
        yield


@dataclass
class Pharmacy:
    """So many participants, vials of each product and syringes released, and what has an address."""

    count: int
    places: dict[str, str]


@pytest.fixture(params=[0, 1, 2])
def pharmacy(
    world: TrialFixture,
    booked: Callable[[], Participant],
    pharmacist: Delegation,
    colleague: Delegation,
    at: datetime,
    request: pytest.FixtureRequest,
) -> Pharmacy:
    """The first participant's syringe, if there is one, is released; the second's is not begun."""
    count: int = request.param
    for _ in range(count):
        booked()
    places = _job(at)
    if count:
        _stocked(world, pharmacist, at, count)
        todo = preparations(day=DAY, by=pharmacist, at=at)
        lot = str(todo[0].lots[0].id)
        mark_prepared(preparation=todo[0].id, lot=lot, by=pharmacist, at=at)
        mark_checked(preparation=todo[0].id, by=colleague, at=at)
        release(preparation=todo[0].id, by=pharmacist, at=at)
        places |= {"preparation": str(todo[-1].id), "lot": stock(by=pharmacist, at=at)[0].lot.id}
    return Pharmacy(count, places)


def _job(at: datetime) -> dict[str, str]:
    maker = Delegation.objects.get(user__username="stat.one")
    job = ask_job(kind=JobKind.VERIFICATION, question={}, total=1, by=maker, at=at)
    run_job(job.pk, workers=workers(), now=lambda: at)
    return {"job": str(job.pk)}


def _stocked(world: TrialFixture, by: Delegation, at: datetime, count: int) -> None:
    for product, number in (("Aldesleukin", "A1147"), ("Placebo (vehicle alone)", "G5-208")):
        lot = {"product": product, "lot_number": number, "expiry": FIRST, "quantity": count}
        receive_lot(site=world.site, by=by, at=at, **lot)  # type: ignore[arg-type]


@pytest.mark.parametrize("role", ROLES)
def test_no_page_disagrees_with_its_counts(
    world: TrialFixture, pharmacy: Pharmacy, enter: Callable[[Delegation], Client], role: Role
) -> None:
    browser = in_french(world.person(role, f"somebody-{role}"), enter)
    left: dict[str, set[str]] = {}
    for name in sorted(name for name, roles in ACCESS.items() if role in roles and name not in FILES):
        try:
            where = address(name, pharmacy.places)
        except (KeyError, NoReverseMatch):
            continue  # nobody has a syringe or a lot that could be looked at
        if found := faults_on(browser.get(where, follow=True).content.decode()):
            left[name] = found
    assert left == {}


def test_the_answer_of_a_comparison_of_designs_agrees(
    world: TrialFixture, active: RandomizationList, enter: Callable[[Delegation], Client]
) -> None:
    browser = in_french(world.person(Role.UNBLINDED_STATISTICIAN, "stat.one"), enter)
    question = {"blocks": "3, 6, 9\n6 cut", "others": ["complete", "big_stick"], "max_range": 3}
    page = browser.post("/what-if/", question | {"runs": 50, "seed": 7}).content.decode()
    assert "<svg" in page and faults_on(page) == set()


def test_the_french_half_of_a_code_break_sheet_is_french(
    world: TrialFixture, active: RandomizationList, at: datetime
) -> None:
    statistician = Delegation.objects.get(user__username="stat.one")
    said = words_of_pdf(code_break_pack(list_=active, by=statistician, at=at))
    assert "Aldesleukine : 1 MUI (1 million d’unités internationales), 0,5 mL, 2 MUI/mL" in said
    assert "Placebo (véhicule seul) : Sans substance active, 0,5 mL" in said
