"""Days that are far from any that is likely, at the API: 422 with the question, taken with that very day."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dosing.models import ClosedDay, VisitRecord
from tests.api.answers import GOOD_ANSWERS
from tests.caller import Caller
from tests.core.planted_faults import IMODALS
from tests.site_fixture import MONDAY, SiteFixture
from tests.trial_fixture import START, TrialFixture
from trial.models import AuditEntry, ContactDetails, EligibilityCheck, ParticipantStatus, Site, Status, Trial
from trial.people.installing import install_trial
from trial.people.site_days import open_site
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS, parse_protocol

FAR = "2199-01-01"
TREATED = (Status.SCREENING, Status.ELIGIBLE, Status.RANDOMIZED, Status.ON_TREATMENT)


def asked_then_taken(
    caller: Caller, address: str, body: dict[str, Any], field: str, day: str, action: str
) -> None:
    """Refused with its question in both languages, refused for another day, taken for that very one."""
    before = AuditEntry.objects.count()
    for language, words in (("en", "Is it right?"), ("fr", "Est-ce exact")):
        refused = caller.post(address, body, **{"Accept-Language": language})
        assert (refused.status_code, refused.json()["code"]) == (422, "not_confirmed")
        assert list(refused.json()["errors"]) == [field] and words in refused.json()["errors"][field]
    for confirmed in ({field: "2198-01-01"}, {field: True}, {field: "yes"}):
        again = caller.post(address, body | {"confirmed": confirmed})
        assert (again.status_code, again.json()["code"]) == (422, "not_confirmed")
    strange = caller.post(address, body | {"confirmed": {field: day, "other": day}})
    assert (strange.status_code, list(strange.json()["errors"])) == (422, ["other"])
    assert AuditEntry.objects.count() == before
    assert caller.post(address, body | {"confirmed": {field: day}}).status_code == 201
    entry = AuditEntry.objects.filter(action=action).latest("id")
    assert json.loads(entry.body)["confirmed"] == {field: day}


@pytest.mark.parametrize("day", [FAR, "2017-10-06", "2014-10-04"])
def test_a_closed_day_far_away(nurse: Caller, world: TrialFixture, day: str) -> None:
    body = {"site": "01", "day": day, "name": "Strike"}
    asked_then_taken(nurse, "closed-days/", body, "day", day, "day.closed")
    assert ClosedDay.objects.count() == 1


@pytest.mark.parametrize("day", ["2017-10-05", "2014-10-05", "2015-12-25"])
def test_a_closed_day_that_is_likely_is_asked_nothing(nurse: Caller, world: TrialFixture, day: str) -> None:
    assert nurse.post("closed-days/", {"site": "01", "day": day, "name": "Strike"}).status_code == 201


def test_reminders_agreed_to_before_the_consent(nurse: Caller, world: TrialFixture) -> None:
    address = f"participants/{world.participant().number}/contact/"
    body = {"email": "a@example.org", "language": "fr", "consented_on": "1999-01-01"}
    asked_then_taken(nurse, address, body, "consented_on", "1999-01-01", "contact.recorded")
    assert ContactDetails.objects.count() == 1


@pytest.mark.parametrize("day", [FAR, "2016-06-30"])
def test_a_visit_moved_far_away(nurse: Caller, world: TrialFixture, day: str) -> None:
    person = SiteFixture(world).booked(MONDAY)
    address = f"participants/{person.number}/visits/V2/"
    body = {"outcome": "moved", "day": day, "reason": "Abroad.", "deviation_reason": "Abroad."}
    asked_then_taken(nurse, address, body, "day", day, "visit.recorded")
    assert VisitRecord.objects.count() == 1


def test_a_vaccination_that_is_planned_far_away(nurse: Caller, world: TrialFixture) -> None:
    """What looks back from day 1 may still come, within a year of the consent."""
    address = f"participants/{world.participant(consented=True, eligible=False).number}/eligibility/"
    body = {"birth_date": "1960-05-02", "answers": GOOD_ANSWERS | {"E13": "2016-10-06"}}
    asked_then_taken(nurse, address, body, "E13", "2016-10-06", "participant.eligibility_checked")
    assert EligibilityCheck.objects.latest("id").checked_at == START
    near = body | {"answers": GOOD_ANSWERS | {"E13": "2015-11-05"}}
    assert nurse.post(address, near).status_code == 201


# a hold, where the protocol has no limit of its own


@pytest.fixture
def without_limit(db: None) -> TrialFixture:
    text = IMODALS.replace("max_hold_days = 28\n", "", 1).replace('"limits.max_hold_days"', '"limits"', 1)
    trial = install_trial(file=parse_protocol(text), environment="live", at=START)
    site = open_site(site=trial.sites.get(), on=START.date(), by=None, at=START)
    return TrialFixture(trial, site)


@pytest.mark.parametrize("until", [FAR, "2016-10-06"])
def test_a_hold_of_more_than_a_year(without_limit: TrialFixture, until: str) -> None:
    caller = Caller(without_limit.person(Role.INVESTIGATOR))
    address = f"participants/{without_limit.participant(*TREATED).number}/hold/"
    asked_then_taken(caller, address, {"reason": "Fever.", "until": until}, "until", until, "treatment.held")
    assert ParticipantStatus.objects.latest("id").until.isoformat() == until


@pytest.mark.parametrize("until", ["2016-10-05", None])
def test_a_hold_of_a_year_or_without_an_end_is_asked_nothing(
    without_limit: TrialFixture, until: str | None
) -> None:
    caller = Caller(without_limit.person(Role.INVESTIGATOR))
    person = without_limit.participant(*TREATED)
    body = {"reason": "Fever."} | ({"until": until} if until else {})
    assert caller.post(f"participants/{person.number}/hold/", body).status_code == 201


def test_beyond_the_protocols_own_limit_nothing_confirms(investigator: Caller, world: TrialFixture) -> None:
    body = {"reason": "Fever.", "until": FAR, "confirmed": {"until": FAR}}
    answer = investigator.post(f"participants/{world.participant(*TREATED).number}/hold/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert "the protocol allows no longer hold" in answer.json()["errors"]["until"]


# the opening of sites, at the command


FILE = str(PROTOCOLS / "nct02059759.toml")


@pytest.mark.parametrize("day", [FAR, "2016-10-06", "1999-01-01"])
def test_sites_opened_far_away_are_asked_about_and_nothing_is_installed(db: None, day: str) -> None:
    command = ["install_trial", FILE, "--environment=live", f"--open-sites-on={day}"]
    for more in ([], ["--confirm=on=2016-01-01"]):
        with pytest.raises(CommandError, match=f"(?s)Nothing was done.*--confirm on={day}"):
            call_command(*command, *more)
        assert (Trial.objects.count(), AuditEntry.objects.count()) == (0, 0)
    call_command(*command, f"--confirm=on={day}")
    assert Site.objects.get().opened_on.isoformat() == day  # type: ignore[union-attr]
    entry = AuditEntry.objects.get(action="site.opened")
    assert json.loads(entry.body)["confirmed"] == {"on": day}


def test_sites_opened_within_a_year_are_asked_nothing(db: None) -> None:
    call_command("install_trial", FILE, "--environment=live", "--open-sites-on=2016-10-05")
    assert Site.objects.get().opened_on is not None
