"""At the API as on the pages: what keeps from a draw is told before, and late entries are taken."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from randomization.services import draw_envelope
from tests.api.answers import GOOD_ANSWERS
from tests.caller import Caller
from tests.trial.test_strata_from_site import MIROCALS, asked, version
from tests.trial_fixture import START, TrialFixture
from trial.models import Participant
from trial.people.amendments import install_amendment
from trial.people.installing import install_trial
from trial.people.site_days import close_site, open_site
from trial.protocol.files import parse_protocol
from trial.screening.beforehand import sites_now

TODAY = START.date()
BODY = {"birth_date": "1960-05-02", "answers": GOOD_ANSWERS}


def closed(world: TrialFixture) -> None:
    close_site(site=world.site, on=TODAY, reason="Enough", by=None, at=START)


def used_up(world: TrialFixture) -> None:
    world.blinded_list(1)
    draw_envelope(participant=world.participant(), by=world.nurse, at=START)


STATES = {
    "closed": (closed, "site_not_open", "is closed since", "est fermé depuis"),
    "used up": (used_up, "list_exhausted", "No envelope is left", "Il ne reste"),
}


def one(participant: Participant) -> str:
    return f"participants/{participant.number}/"


@pytest.mark.parametrize("state", STATES)
def test_it_is_told_before_anybody_is_examined_and_before_a_draw(
    nurse: Caller, world: TrialFixture, state: str
) -> None:
    act, code, english, french = STATES[state]
    eligible, screening = world.participant(), world.participant(consented=False)
    act(world)
    for language, words in (("en", english), ("fr", french)):
        said = {"Accept-Language": language}
        told = nurse.get(one(eligible), **said).json()
        assert (told["refused"]["code"], words in told["refused"]["detail"]) == (code, True)
        assert words in nurse.get(f"{one(screening)}eligibility/", **said).json()["notes"][0]
        assert words in nurse.get(one(screening), **said).json()["notes"][0]
        missing = nurse.get(f"{one(eligible)}randomization/", **said)
        assert (missing.status_code, words in missing.json()["detail"]) == (404, True)
    assert nurse.post(f"{one(eligible)}randomization/").json()["code"] == code


def test_where_a_draw_would_be_made_nothing_is_in_the_way(nurse: Caller, world: TrialFixture) -> None:
    world.blinded_list(2)
    person = world.participant()
    told = nurse.get(one(person)).json()
    assert (told["notes"], told["refused"]) == ([], None)
    assert nurse.post(f"{one(person)}randomization/").status_code == 201
    told = nurse.get(one(person)).json()
    assert (told["notes"], told["refused"]["code"]) == ([], "already_randomized")


def test_a_closed_site_takes_what_was_done_before_it_closed(nurse: Caller, world: TrialFixture) -> None:
    closing = TODAY + timedelta(days=2)
    close_site(site=world.site, on=closing, reason="Enough", by=None, at=START)
    with time_machine.travel(START + timedelta(days=3), tick=False):
        for body in ({}, {"consent_signed_on": closing.isoformat()}):
            assert nurse.post("participants/", body | {"site": "01"}).json()["code"] == "site_not_open"
        late = {"site": "01", "consent_signed_on": TODAY.isoformat()}
        address = f"participants/{nurse.post('participants/', late).json()['number']}/eligibility/"

        for day in ({}, {"happened_on": closing.isoformat()}):
            answer = nurse.post(address, BODY | day)
            assert (answer.status_code, answer.json()["code"]) == (409, "site_not_open")
        assert nurse.post(address, BODY | {"happened_on": TODAY.isoformat()}).status_code == 201


@pytest.mark.parametrize("day", ["2015-10-07", "2015-10-08"])
def test_a_consent_of_after_the_closing_is_refused(nurse: Caller, world: TrialFixture, day: str) -> None:
    person = world.participant(consented=False)
    close_site(site=world.site, on=TODAY + timedelta(days=2), reason="Enough", by=None, at=START)
    with time_machine.travel(START + timedelta(days=3), tick=False):
        answer = nurse.post(f"{one(person)}consent/", {"signed_on": day})
        assert (answer.status_code, answer.json()["code"]) == (409, "site_not_open")
        assert nurse.post(f"{one(person)}consent/", {"signed_on": TODAY.isoformat()}).status_code == 201


def test_a_level_of_before_an_amendment_is_not_drawn(db: None) -> None:
    trial = install_trial(file=parse_protocol(asked(MIROCALS)), environment="live", at=START)
    site = open_site(site=trial.sites.order_by("number")[0], on=TODAY, by=None, at=START)
    world = TrialFixture(trial, site)
    world.blinded_list(2, strata=trial.protocol_version.protocol.stratum_keys())
    person = world.participant()
    Participant.objects.filter(pk=person.pk).update(stratum="UK/LIMB")
    install_amendment(file=parse_protocol(version(MIROCALS, "2")), at=START)
    nurse = Caller(world.nurse, base="/api/v1/trials/nct03039673/")

    told, answer = nurse.get(one(person)).json()["refused"], nurse.post(f"{one(person)}randomization/")

    assert (answer.status_code, answer.json()["code"], told["code"]) == (422, "not_eligible", "not_eligible")
    assert "site 01 has France, and the eligibility check" in told["detail"] == answer.json()["detail"]


# before the first screening


def site_now(nurse: Caller, **more: str) -> dict[str, object]:
    (row,) = nurse.get("sites/", **more).json()["sites"]
    return dict(row)


@pytest.mark.parametrize("state", STATES)
def test_a_site_says_before_the_first_screening_what_a_new_number_would_be_refused_with(
    nurse: Caller, world: TrialFixture, state: str
) -> None:
    act, code, english, french = STATES[state]
    assert (site_now(nurse)["refused"], site_now(nurse)["notes"]) == (None, [])
    act(world)
    for language, words in (("en", english), ("fr", french)):
        told = site_now(nurse, **{"Accept-Language": language})
        assert (told["refused"]["code"], words in told["refused"]["detail"]) == (code, True)  # type: ignore[index]
        assert words in told["notes"][0]  # type: ignore[index]
    refused = nurse.post("participants/", {"site": "01"})
    assert (refused.json()["code"], refused.json()["detail"]) == tuple(site_now(nurse)["refused"].values())  # type: ignore[attr-defined]


def test_a_target_that_is_reached_is_told_of_its_site_alone(db: None) -> None:
    text = MIROCALS + "\n[targets]\nsites = { 01 = 1 }\n"
    trial = install_trial(file=parse_protocol(text), environment="live", at=START)
    sites = [open_site(site=one, on=TODAY, by=None, at=START) for one in trial.sites.order_by("number")[:2]]
    world = TrialFixture(trial, sites[0])
    world.blinded_list(2, strata=trial.protocol_version.protocol.stratum_keys())
    person = world.participant()
    Participant.objects.filter(pk=person.pk).update(stratum="FR/BULBAR")
    draw_envelope(participant=person, by=world.nurse, at=START)
    said = {row.site.number: row.refused for row in sites_now(list(trial.sites.all()), at=START)}
    assert [said[one.number] and said[one.number]["code"] for one in sites] == ["target_reached", None]
    assert said["11"] is not None and said["11"]["code"] == "site_not_open"


def test_a_stratum_that_is_used_up_is_a_note_and_refuses_nobody(db: None) -> None:
    trial = install_trial(file=parse_protocol(MIROCALS), environment="live", at=START)
    site = open_site(site=trial.sites.order_by("number")[0], on=TODAY, by=None, at=START)
    world = TrialFixture(trial, site)
    world.blinded_list(1, strata=trial.protocol_version.protocol.stratum_keys())
    person = world.participant()
    Participant.objects.filter(pk=person.pk).update(stratum="FR/BULBAR")
    draw_envelope(participant=person, by=world.nurse, at=START)
    (now,) = sites_now([site], at=START)
    assert now.refused is None and "in stratum FR/BULBAR now" in now.notes[0]


def test_the_sites_of_a_token_are_those_within_its_reach(nurse: Caller, world: TrialFixture) -> None:
    told = site_now(nurse)
    assert (told["site"], told["zone"], told["opened_on"], told["closed_on"]) == (
        "01",
        "Europe/Paris",
        "2015-09-01",
        None,
    )
    assert nurse.get("sites/?site=01").status_code == 400


def test_asking_of_many_sites_takes_no_statement_more(db: None) -> None:
    trial = install_trial(file=parse_protocol(MIROCALS), environment="live", at=START)
    sites = [open_site(site=one, on=TODAY, by=None, at=START) for one in trial.sites.select_related("trial")]
    assert len(sites) > 3
    counts = []
    for some in (sites[:1], sites):
        with CaptureQueriesContext(connection) as asked_of:
            sites_now(some, at=START)
        counts.append(len(asked_of))
    assert counts[0] == counts[1]
