"""A code break at night: one doctor, one participant, nobody to ask."""

from __future__ import annotations

from tests.journeys.conftest import Visit
from tests.journeys.pharmacy import arm_words_of, first_syringe
from tests.journeys.visitor import PHONE


def test_the_investigator_learns_the_arm_of_one_participant(visit: Visit) -> None:
    number, content = first_syringe(visit("pharmacist", door="pharmacy"))
    doctor = visit("investigator", door="pharmacy", width=PHONE)
    doctor.go("/")
    doctor.write("Participant number", number)
    doctor.write("Why must you know?", "Anaphylactic shock")
    doctor.tap("Find this participant")
    doctor.sees("Is it this participant?", number)
    doctor.write("Your password again", "a wrong one")
    doctor.tap("Break the code of this participant", status=403)
    doctor.sees("That is not your password")
    doctor.write("Your password again", doctor.demonstration.password)
    doctor.tap("Break the code of this participant")
    doctor.sees("The code is broken", number, arm_words_of(content), "Anaphylactic shock", "Hugo Marty")
    assert doctor.taps == 3  # find the participant, break with a wrong password, break
    doctor.tap("Hide it")
    assert arm_words_of(content) not in doctor.words()


def test_the_others_see_that_a_code_was_broken_and_not_the_arm(visit: Visit) -> None:
    number, content = first_syringe(visit("pharmacist", door="pharmacy"))
    doctor, monitor = visit("investigator", door="pharmacy"), visit("monitor")
    doctor.go("/code-break/")
    doctor.write("Participant number", number)
    doctor.write("Why must you know?", "Anaphylactic shock")
    doctor.tap("Find this participant")
    doctor.write("Your password again", doctor.demonstration.password)
    doctor.tap("Break the code of this participant")
    monitor.go(f"/audit/?q={number}")
    newest = monitor.page.locator("table.trail tbody tr").first.inner_text()
    assert not [words for words in ("Code broken", "investigator", number) if words not in newest], newest
    assert "Anaphylactic" not in monitor.words()
    assert arm_words_of(content) not in monitor.words()
