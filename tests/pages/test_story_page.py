"""The participant's history as its page shows it."""

from __future__ import annotations

from dosing.models import ReminderState
from tests.pages.conftest import Browser
from tests.site_fixture import SiteFixture, paris


def test_reminders_are_folded_apart_from_what_happened(nurse: Browser, ward: SiteFixture) -> None:
    person = ward.booked(email="a@home.example")
    days = person.reminders.values("event_date", "recipient").distinct().count()
    person.reminders.update(state=ReminderState.SENT, sent_at=paris("2015-10-11 18:00"))
    page = nurse.read(f"/participants/{person.number}/")
    before, _, after = page.partition(f"<summary>{days} reminders sent</summary>")
    assert ("reminded of" in before, after.count("reminded of")) == (False, days)
