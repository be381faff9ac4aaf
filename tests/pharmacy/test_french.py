"""Every page of the pharmacy door in French: nothing is left in English."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from dosing.pharmacy.worklist import PreparationView
from randomization.models import RandomizationList
from randomization.sealed.jobs.engine import ask_job, run_job
from randomization.sealed.jobs.kinds import workers
from randomization.sealed.lists.steps import activate_list
from randomization.sealed.models import JobKind
from randomization.sealed.opening.revealing import code_break
from tests.french import english_on, read
from tests.pharmacy.test_pages import ACCESS, FILES, address, places
from tests.trial_fixture import TrialFixture
from trial.models import Delegation
from trial.permissions import Role
from trial.refusals import Refusal

__all__ = ["places"]
ROLES = (Role.PHARMACIST, Role.UNBLINDED_STATISTICIAN, Role.INVESTIGATOR)


@pytest.fixture(autouse=True)
def clock(at: datetime) -> Iterator[None]:
    """The pages read the clock themselves: it is the morning before DAY."""
    with time_machine.travel(at, tick=False):
        yield


def in_french(by: Delegation, enter: Callable[[Delegation], Client]) -> Client:
    """The browser of somebody who has chosen French."""
    by.user.language = "fr"
    by.user.save()
    return enter(by)


@pytest.mark.parametrize("role", ROLES)
def test_no_page_has_english_on_it(
    world: TrialFixture, places: dict[str, str], enter: Callable[[Delegation], Client], role: Role
) -> None:
    browser = in_french(world.person(role, f"somebody-{role}"), enter)
    left: dict[str, set[str]] = {}
    for name in sorted(name for name, roles in ACCESS.items() if role in roles and name not in FILES):
        for answer in (
            browser.get(address(name, places), follow=True),
            browser.post(address(name, places), {}, follow=True),
        ):
            if answer.status_code != 405 and (found := english_on(answer.content.decode())):
                left[f"{name} {answer.status_code}"] = found
    assert left == {}


def test_the_answers_of_long_work_are_in_french(
    world: TrialFixture, active: RandomizationList, enter: Callable[[Delegation], Client], at: datetime
) -> None:
    by = world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")
    job = ask_job(kind=JobKind.VERIFICATION, question={}, total=9, by=by, at=at)
    run_job(job.pk, workers=workers(), now=lambda: at)
    page = in_french(by, enter).get(f"/jobs/{job.pk}/").content.decode()
    assert "Tout ce qui a été contrôlé est juste." in page
    assert english_on(page) == set()


def test_what_the_locked_room_refuses_is_said_in_french(
    world: TrialFixture, active: RandomizationList, todo: tuple[PreparationView, ...], at: datetime
) -> None:
    doctor, stranger = world.person(Role.INVESTIGATOR, "doctor.one"), world.participant()
    maker = world.person(Role.UNBLINDED_STATISTICIAN, "stat.one")
    refused = []
    with translation.override("fr"):
        for act in (
            lambda: code_break(participant=stranger, by=doctor, at=at, reason="Choc"),
            lambda: code_break(participant=stranger, by=doctor, at=at, reason=" "),
            lambda: activate_list(list_=active, by=maker, at=at),
        ):
            with pytest.raises(Refusal) as reason:
                act()
            refused.append(str(reason.value))
    assert refused[0].endswith("n’est pas randomisé\u202f; il n’y a rien à ouvrir.")
    assert refused[1] == "Saisissez pourquoi l’aveugle doit être levé."
    assert not [sentence for sentence in refused if english_on(f"<p>{sentence}</p>")]


def test_doses_and_products_are_written_as_in_a_french_pharmacy(
    world: TrialFixture, todo: tuple[PreparationView, ...], enter: Callable[[Delegation], Client]
) -> None:
    browser = in_french(world.person(Role.PHARMACIST, "pharmacist.fr"), enter)
    pages = {
        name: browser.get(f"/{name}").content.decode()
        for name in ("preparations/", "stock/", "stock/receive/")
    }
    for said in ("1\u00a0MUI", "0,5\u00a0mL", "2\u00a0MUI/mL", "Aldesleukine", "Placebo", "véhicule seul"):
        assert said in pages["preparations/"]
    for page in pages.values():
        assert not [word for word in ("MIU", "0.5 ", "vehicle") if word in read(page)]
