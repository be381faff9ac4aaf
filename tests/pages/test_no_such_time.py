"""An injection or a paper draw at 02:30 of the night without it: said beside the time, nothing is lost."""

from __future__ import annotations

from datetime import date

import time_machine

from dosing.models import InjectionRecord
from randomization.models import Envelope
from tests.checklist import in_boxes
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture, paris

SPRING = date(2016, 3, 27)
"""On this Sunday the clocks in Paris go from two to three."""


def test_an_injection_in_the_hour_that_was_left_out(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(SPRING, at=paris("2016-03-24 10:00"))
    said = {
        "time": "02:30",
        "body_site": "abdomen_left",
        "place": "hospital",
        "given_by": "Anne",
        "without_release": "on",
    }
    with time_machine.travel(paris("2016-03-27 12:00"), tick=False):
        address = f"/participants/{person.number}/injections/1/"
        status, page = nurse.refused(address, **said, **in_boxes(day="2016-03-27"))
        assert status == 422 and "02:30 was left out" in page and 'value="Anne"' in page
        assert not InjectionRecord.objects.exists()
        nurse.send(address, **(said | {"time": "03:00"}), **in_boxes(day="2016-03-27"))
    assert InjectionRecord.objects.get().happened_at == paris("2016-03-27 03:00")


def test_a_paper_draw_in_the_hour_that_was_left_out(investigator: Browser, ward: SiteFixture) -> None:
    ward.world.blinded_list()
    person = ward.eligible(at=paris("2016-03-26 10:00"))
    number = Envelope.objects.order_by("position").first().number  # type: ignore[union-attr]
    said = {"number": number, "time": "02:30", "reason": "Power cut", "password": PASSWORD}
    with time_machine.travel(paris("2016-03-27 12:00"), tick=False):
        address = f"/participants/{person.number}/paper/"
        status, page = investigator.refused(address, **said, **in_boxes(day="2016-03-27"))
    assert status == 422 and "02:30 was left out" in page
    assert not Envelope.objects.exclude(participant=None).exists()
