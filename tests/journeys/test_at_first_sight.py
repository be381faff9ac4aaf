"""Pictures of the demonstration as a newcomer finds it; the documents show some of them."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.conftest import Visit
from tests.journeys.pharmacy import first_syringe
from tests.journeys.visitor import PHONE


def test_the_nurses_day_on_a_phone(visit: Visit, pictures: Path) -> None:
    nurse = visit("nurse", width=PHONE)
    nurse.go("/today/")
    nurse.sees("late by", "Injection given")
    nurse.picture(pictures, "nurse-today")


def test_nurse_and_pharmacist_look_at_the_same_participant(visit: Visit, pictures: Path) -> None:
    pharmacist, nurse = visit("pharmacist", door="pharmacy"), visit("nurse")
    number, _content = first_syringe(pharmacist)
    pharmacist.sees(number, "0.5 mL")
    pharmacist.picture(pictures, "pharmacy-preparations")
    nurse.go(f"/participants/{number}/")
    nurse.sees(number, "Course 3")
    nurse.picture(pictures, "nurse-participant")
