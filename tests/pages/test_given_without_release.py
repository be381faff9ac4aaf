"""The page asks whether a syringe that does not show as ready was given all the same."""

from __future__ import annotations

import re

import time_machine

from dosing.models import InjectionRecord, Readiness
from tests.checklist import in_boxes
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture, paris

GIVEN = {
    **in_boxes(day="2015-10-12"),
    "time": "08:55",
    "body_site": "abdomen_left",
    "place": "hospital",
    "given_by": "C. F.",
}
BOX = re.compile(r"<input[^>]*name=\"without_release\"[^>]*>")


def test_the_question_comes_once_it_is_needed_and_never_ticked(nurse: Browser, ward: SiteFixture) -> None:
    address = f"/participants/{ward.booked(MONDAY).number}/injections/1/"
    with time_machine.travel(paris("2015-10-12 09:00"), tick=False):
        assert not BOX.search(nurse.read(address))
        status, page = nurse.refused(address, **GIVEN)
        assert (status, InjectionRecord.objects.count()) == (422, 0)
        assert "Was it given all the same?" in page
        box = BOX.search(page)
        assert box and "checked" not in box.group()
        nurse.send(address, **GIVEN, without_release="on")
    assert InjectionRecord.objects.get().without_release is True


def test_a_syringe_that_shows_as_ready_is_recorded_at_once(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(MONDAY)
    Readiness.objects.create(
        participant=person, number=1, date=MONDAY, visible_from=paris("2015-10-12 07:00")
    )
    with time_machine.travel(paris("2015-10-12 09:00"), tick=False):
        nurse.send(f"/participants/{person.number}/injections/1/", **GIVEN)
    assert InjectionRecord.objects.get().without_release is False
