"""The worksheets of a day: one for each syringe, its dose large enough for the other side of the bench."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.test import Client

from dosing.pharmacy.preparing import mark_checked, mark_prepared, release
from dosing.pharmacy.worklist import PreparationView
from tests.pharmacy.test_pages import clock
from trial.models import Delegation

__all__ = ["clock"]  # a fixture


def test_there_is_a_sheet_for_each_syringe_of_the_day(
    todo: tuple[PreparationView, ...], pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    page = enter(pharmacist).get("/preparations/sheets/?day=tomorrow").content.decode()
    assert page.count('<article class="sheet') == page.count("worksheet-dose") == len(todo) == 3
    assert page.count("Checked by, time") == 3
    assert all(f">{view.participant}<" in page for view in todo)
    assert "UNBLINDED: do not show" in page


def test_a_day_without_syringes_says_so(
    pharmacist: Delegation, enter: Callable[[Delegation], Client]
) -> None:
    assert "Nothing to print" in enter(pharmacist).get("/preparations/sheets/").content.decode()


def test_what_was_handed_out_needs_no_sheet(
    todo: tuple[PreparationView, ...],
    pharmacist: Delegation,
    colleague: Delegation,
    enter: Callable[[Delegation], Client],
    at: datetime,
) -> None:
    first = todo[0]
    mark_prepared(preparation=first.id, lot=first.lots[0].id, by=pharmacist, at=at)
    mark_checked(preparation=first.id, by=colleague, at=at)
    release(preparation=first.id, by=pharmacist, at=at)
    page = enter(pharmacist).get("/preparations/sheets/?day=tomorrow").content.decode()
    assert f">{first.participant}<" not in page and page.count('<article class="sheet') == 2
