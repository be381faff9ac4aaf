"""A day that is looked back to is sent as a day, and judged again when day 1 is booked."""

from __future__ import annotations

from tests.api.answers import GOOD_ANSWERS
from tests.caller import Caller
from tests.trial_fixture import START, TrialFixture


def test_a_vaccination_keeps_day_1_waiting(nurse: Caller, world: TrialFixture) -> None:
    """Vaccinated on 15 August 2015: eight weeks end on 10 October."""
    signed = {"site": "01", "consent_signed_on": START.date().isoformat()}
    one = f"participants/{nurse.post('participants/', signed).json()['number']}/"
    asked = {row["id"]: row["within"] for row in nurse.get(f"{one}eligibility/").json()["questions"]}
    assert (asked["E13"], asked["E2"]) == ({"value": 8, "unit": "week", "before": "first_injection"}, None)
    answers = GOOD_ANSWERS | {"E13": "2015-08-15"}
    judged = nurse.post(f"{one}eligibility/", {"birth_date": "1960-05-02", "answers": answers}).json()
    assert judged["eligible"] is True
    world.blinded_list(9)
    nurse.post(f"{one}randomization/", {})
    early = nurse.post(f"{one}first-injection/", {"day": "2015-10-10"})
    assert (early.status_code, early.json()["code"]) == (422, "cannot_book")
    assert "criterion E13" in str(early.json())
    assert nurse.post(f"{one}first-injection/", {"day": "2015-10-11"}).status_code in {200, 201}


def test_cancer_within_five_years_keeps_out_by_its_day(nurse: Caller, world: TrialFixture) -> None:
    signed = {"site": "01", "consent_signed_on": START.date().isoformat()}
    one = f"participants/{nurse.post('participants/', signed).json()['number']}/"
    for day, eligible in (("2010-10-05", False), ("2010-10-04", True)):
        answers = GOOD_ANSWERS | {"E15": day}
        body = {"birth_date": "1960-05-02", "answers": answers}
        assert nurse.post(f"{one}eligibility/", body).json()["eligible"] is eligible
