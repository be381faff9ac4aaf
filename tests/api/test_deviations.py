"""Deviations by API: read page by page, taken along as a table, judged by who may."""

from __future__ import annotations

from tests.caller import Caller
from tests.site_fixture import SiteFixture
from tests.trial_fixture import TrialFixture


def missed(world: TrialFixture) -> str:
    ward = SiteFixture(world)
    participant = ward.booked()
    ward.inject(participant, 1, outcome="missed", happened_at=None, reason="Refused.")
    return participant.number


def test_the_list_is_paged(nurse: Caller, world: TrialFixture) -> None:
    numbers = [missed(world) for _ in range(3)]
    first = nurse.get("deviations/?page_size=2").json()
    assert [row["participant"] for row in first["results"]] == numbers[:2]
    path = first["next"].partition("/trials/nct02059759/")[2]
    assert [row["participant"] for row in nurse.get(path).json()["results"]] == numbers[2:]


def test_the_investigator_classifies_and_closes(investigator: Caller, world: TrialFixture) -> None:
    path = f"participants/{missed(world)}/deviations/1/"
    body = {"important": False, "assessment": "One dose of fifteen.", "closed": True}
    answer = investigator.post(path, body).json()
    assert (answer["state"], answer["important"]) == ("closed", False)
    assert investigator.post(path, body).json()["code"] == "deviation_closed"
    assert investigator.post(path.replace("/1/", "/7/"), body).status_code == 404


def test_a_corrected_consent_is_listed_as_presumed_important(nurse: Caller, world: TrialFixture) -> None:
    number = SiteFixture(world).randomized().number
    body = {"signed_on": "2014-01-01", "correction": True, "reason": "Misread."}
    assert nurse.post(f"participants/{number}/consent/", body).json()["code"] == "not_confirmed"
    body["confirmed"] = {"signed_on": "2014-01-01"}
    assert nurse.post(f"participants/{number}/consent/", body).status_code == 201
    rows = nurse.get("deviations/").json()["results"]
    assert {(row["kind"], row["event"]): row["presumed_important"] for row in rows} == {
        ("consent_ineligible", "consent"): True,
        ("consent_before_site", "consent"): True,
        ("consent_off_period", "consent"): False,
    }


def test_a_nurse_reads_and_does_not_judge(nurse: Caller, world: TrialFixture) -> None:
    number = missed(world)
    body = {"important": False, "assessment": "One dose."}
    assert nurse.post(f"participants/{number}/deviations/1/", body).status_code == 403
    table = nurse.get("deviations.csv")
    assert table["Content-Type"] == "text/csv; charset=utf-8"
    assert table.content.decode().splitlines()[1].startswith(f"{number},01,1,injection_missed,injection:1")
