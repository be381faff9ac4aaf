"""Pictures of the demonstration as a newcomer finds it, one of each journey; the documents show them all."""

from __future__ import annotations

from pathlib import Path

from tests.journeys.conftest import Visit
from tests.journeys.pharmacy import first_syringe
from tests.journeys.taking import take
from tests.journeys.test_nurse_morning import first_due
from tests.journeys.test_screening_to_receipt import randomized


def test_the_nurses_morning(visit: Visit, pictures: Path) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    nurse.sees("late by", "Injection given")
    take(nurse, pictures, "nurse-today")


def test_nurse_and_pharmacist_look_at_the_same_participant(visit: Visit, pictures: Path) -> None:
    pharmacist, nurse = visit("pharmacist", door="pharmacy"), visit("nurse")
    number, _content = first_syringe(pharmacist)
    pharmacist.sees(number, "0.5 mL")
    take(pharmacist, pictures, "pharmacy-preparations")
    nurse.go(f"/participants/{number}/")
    nurse.sees(number, "Course 3")
    take(nurse, pictures, "nurse-participant")


def test_a_missed_dose_is_asked_about(visit: Visit, pictures: Path) -> None:
    nurse = visit("nurse")
    nurse.go("/today/")
    _number, card = first_due(nurse)
    nurse.tap("Injection given", within=card)
    nurse.tap("Not given")
    nurse.sees("Why was it not given?")
    take(nurse, pictures, "missed-dose")


def test_a_receipt_after_the_screening(visit: Visit, pictures: Path) -> None:
    nurse = visit("nurse")
    number = randomized(nurse)
    nurse.sees("Receipt of randomisation", number)
    take(nurse, pictures, "receipt")


def test_where_the_trial_stands(visit: Visit, pictures: Path) -> None:
    monitor = visit("monitor")
    monitor.go("/progress/")
    monitor.sees("Recruitment", "Participant flow (CONSORT 2025)", "Planned so far")
    take(monitor, pictures, "monitor-progress")


def test_a_code_broken_at_night(visit: Visit, pictures: Path) -> None:
    number, _content = first_syringe(visit("pharmacist", door="pharmacy"))
    doctor = visit("investigator", door="pharmacy")
    doctor.go("/code-break/")
    doctor.write("Participant number", number)
    doctor.write("Why must you know?", "Anaphylactic shock")
    doctor.tap("Find this participant")
    doctor.write("Your password again", doctor.demonstration.password)
    doctor.tap("Break the code of this participant")
    doctor.sees("The code is broken", number)
    take(doctor, pictures, "code-break")
