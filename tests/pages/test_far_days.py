"""Days that are far from any that is likely: asked about on every page that takes one, and kept as typed."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from dosing.models import ClosedDay, VisitRecord
from tests.checklist import in_boxes
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, SiteFixture
from tests.trial_fixture import START
from trial.models import AuditEntry, ContactDetails

FAR = "2199-01-01"


def asks(page: str, name: str, value: str = FAR) -> bool:
    """Whether the page has an unticked box for that very day."""
    found = re.search(rf'<input[^>]*name="confirm-{name}"[^>]*>', page)
    return bool(found and f'value="{value}"' in found[0] and "checked" not in found[0])


def confirmed(action: str) -> object:
    return json.loads(AuditEntry.objects.filter(action=action).latest("id").body).get("confirmed")


def test_a_closed_day_in_two_hundred_years_is_asked_about(investigator: Browser, ward: SiteFixture) -> None:
    said = {"site": str(ward.site.pk), "day": FAR, "name": "Strike"}
    _status, page = investigator.refused("/closed-days/", **said)
    assert asks(page, "day") and not ClosedDay.objects.exists()
    investigator.send("/closed-days/", **said, **{"confirm-day": FAR})
    assert confirmed("day.closed") == {"day": FAR}


def test_a_closed_day_of_next_year_is_asked_nothing(investigator: Browser, ward: SiteFixture) -> None:
    day = (START.date() + timedelta(days=400)).isoformat()
    investigator.send("/closed-days/", site=str(ward.site.pk), day=day, name="Strike")
    assert confirmed("day.closed") is None


def test_reminders_agreed_to_before_the_consent_are_asked_about(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.consented()
    said = {"email": "a@example.org", "language": "fr"} | in_boxes(consented_on="1999-01-01")
    _status, page = nurse.refused(f"/participants/{person.number}/contact/", **said)
    assert asks(page, "consented_on", "1999-01-01") and not ContactDetails.objects.exists()
    nurse.send(f"/participants/{person.number}/contact/", **said, **{"confirm-consented_on": "1999-01-01"})
    assert confirmed("contact.recorded") == {"consented_on": "1999-01-01"}


@pytest.mark.parametrize("day", [FAR, "2016-06-30"])
def test_a_visit_moved_far_away_is_asked_about(nurse: Browser, ward: SiteFixture, day: str) -> None:
    person = ward.booked(MONDAY)
    address = f"/participants/{person.number}/visits/V2/?outcome=moved"
    said = {"day": day, "reason": "Abroad.", "deviation_reason": "Abroad."}
    _status, page = nurse.refused(address, **said)
    assert asks(page, "day", day) and not VisitRecord.objects.exists()
    nurse.send(address, **said, **{"confirm-day": day})
    assert confirmed("visit.recorded") == {"day": day}
