"""`manage.py open_site` and `close_site`: an administrator says from which day, with password and reason."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.management import CommandError

from tests.site_fixture import SiteFixture
from tests.terminal import typed
from trial.models import AuditEntry
from trial.permissions import Role

NAMED = ("--trial", "NCT02059759", "--site", "01", "--by", "anna")
WHY = ("--reason", "36 are randomised.")


@pytest.fixture(autouse=True)
def anna(ward: SiteFixture) -> None:
    ward.world.person(Role.ADMINISTRATOR, "anna")
    ward.worker(Role.STUDY_NURSE, "claire", ward.site)


def test_a_site_closes_and_opens_again_and_the_trail_says_by_whom_and_why(ward: SiteFixture) -> None:
    assert typed("close_site", *NAMED, "--on", "2016-05-25", *WHY) == (
        "Site 01 is closed to recruitment from 2016-05-25.\n"
    )
    entry = AuditEntry.objects.get(action="site.closed")
    assert (entry.actor, entry.role, entry.subject) == ("anna", "administrator", "01")
    assert json.loads(entry.body) == {"on": "2016-05-25", "reason": "36 are randomised."}

    assert typed("open_site", *NAMED, "--on", "2016-06-01") == "Site 01 is open from 2016-06-01.\n"
    ward.site.refresh_from_db()
    assert (ward.site.opened_on, ward.site.closed_on) == (date(2015, 9, 1), None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("close_site", *NAMED, "--on", "2015-08-31", *WHY), "was not open before that day"),
        (("close_site", *NAMED, "--on", "2016-05-25", "--reason", " "), "Why does the site close"),
        (("close_site", *NAMED[:3], "09", "--by", "anna", "--on", "2016-05-25", *WHY), "has no site 09"),
        (("open_site", *NAMED[:5], "claire", "--on", "2016-05-25"), "claire does not delegate"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    ward: SiteFixture, words: tuple[str, ...], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        typed(*words)

    ward.site.refresh_from_db()
    assert (ward.site.opened_on, ward.site.closed_on) == (date(2015, 9, 1), None)


@pytest.mark.parametrize("day", ["2199-01-01", "1999-01-01"])
def test_a_day_far_from_the_trial_is_asked_about_and_changes_nothing(ward: SiteFixture, day: str) -> None:
    entries = AuditEntry.objects.count()
    with pytest.raises(CommandError, match=rf"Is it right\? --confirm on={day}"):
        typed("open_site", *NAMED, "--on", day)
    ward.site.refresh_from_db()
    assert (ward.site.opened_on, AuditEntry.objects.count()) == (date(2015, 9, 1), entries)
    assert typed("open_site", *NAMED, "--on", day, "--confirm", f"on={day}").startswith("Site 01 is open")
    assert json.loads(AuditEntry.objects.filter(action="site.opened").latest("id").body)["confirmed"] == {
        "on": day
    }


def test_a_site_does_not_close_in_two_hundred_years_unasked(ward: SiteFixture) -> None:
    with pytest.raises(CommandError, match="--confirm on=2199-01-01"):
        typed("close_site", *NAMED, "--on", "2199-01-01", *WHY)
    assert not AuditEntry.objects.filter(action="site.closed").exists()
