"""The investigator's pages: a draw on paper, a wrong stratum, somebody randomised in error."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from randomization.models import Envelope, RandomizedInError
from tests.checklist import in_boxes
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import START, SiteFixture
from trial.permissions import Role

WHY = {"reason": "The network was down.", "password": PASSWORD}


def test_a_draw_on_paper_is_entered_with_its_time_and_shown_with_both(
    ward: SiteFixture, investigator: Browser
) -> None:
    ward.world.blinded_list()
    number = ward.eligible().number
    envelope = Envelope.objects.get(position=1).number
    with time_machine.travel(START + timedelta(hours=4), tick=False):
        page = investigator.send(
            f"/participants/{number}/paper/",
            number=envelope,
            time="11:15",
            **in_boxes(day="2015-10-05"),
            **WHY,
        )
    assert envelope in page
    assert "11:15" in page
    assert "13:30" in page


def test_a_draw_on_paper_from_before_the_consent_wants_to_be_told_so(
    ward: SiteFixture, investigator: Browser
) -> None:
    """Refused beside the question; with the tick it is entered."""
    ward.world.blinded_list()
    number = ward.eligible(at=START + timedelta(days=1)).number
    answers = {"number": Envelope.objects.get(position=1).number, "time": "11:15"} | in_boxes(
        day="2015-10-05"
    )
    with time_machine.travel(START + timedelta(days=2), tick=False):
        status, page = investigator.refused(f"/participants/{number}/paper/", **answers, **WHY)
        assert (status, "on a later day, 2015-10-06" in page) == (422, True)
        assert Envelope.objects.filter(participant=None).count() == 36
        page = investigator.send(f"/participants/{number}/paper/", before_consent="on", **answers, **WHY)
    assert answers["number"] in page


def test_another_number_than_the_next_is_refused_beside_the_form(
    ward: SiteFixture, investigator: Browser
) -> None:
    ward.world.blinded_list()
    number, third = ward.eligible().number, Envelope.objects.get(position=3).number
    answers = {"number": third, "time": "09:30"} | in_boxes(day="2015-10-05")
    status, page = investigator.refused(f"/participants/{number}/paper/", **answers, **WHY)
    assert (status, "not the next number of the list" in page) == (409, True)
    assert Envelope.objects.get(position=1).number not in page


def test_randomised_in_error_is_put_on_record_and_the_receipt_says_so(
    ward: SiteFixture, investigator: Browser
) -> None:
    number = ward.randomized().number
    page = investigator.send(
        f"/participants/{number}/randomized-in-error/", reason="Too old.", password=PASSWORD
    )
    assert "Too old." in page
    assert RandomizedInError.objects.get().participant.number == number


def test_randomised_in_error_is_offered_until_it_is_on_record(
    ward: SiteFixture, investigator: Browser
) -> None:
    """The link and the refusal ask the same check."""
    number = ward.randomized().number
    address = f"/participants/{number}/randomized-in-error/"
    assert address in investigator.read(f"/participants/{number}/receipt/")
    investigator.send(address, **WHY)
    assert address not in investigator.read(f"/participants/{number}/receipt/")
    assert investigator.refused(address, **WHY)[0] == 409


def test_without_strata_there_is_none_to_correct(ward: SiteFixture, investigator: Browser) -> None:
    number = ward.randomized().number
    assert "true-stratum" not in investigator.read(f"/participants/{number}/receipt/")
    assert investigator.refused(f"/participants/{number}/true-stratum/", **WHY)[0] == 409


def test_a_wrong_password_signs_nothing(ward: SiteFixture, investigator: Browser) -> None:
    number = ward.randomized().number
    answers = {"reason": "Too old.", "password": "wrong"}
    assert investigator.refused(f"/participants/{number}/randomized-in-error/", **answers)[0] == 403
    assert not RandomizedInError.objects.exists()


def test_only_the_trial_manager_is_told_that_few_envelopes_are_left(
    ward: SiteFixture, nurse: Browser, investigator: Browser, monitor: Browser
) -> None:
    ward.world.blinded_list(9)
    manager = Browser(ward.world.person(Role.TRIAL_MANAGER))
    told = ["Few envelopes" in browser.read("/trial/") for browser in (manager, nurse, investigator, monitor)]
    assert told == [True, False, False, False]


def test_with_enough_envelopes_nobody_is_told_anything(ward: SiteFixture) -> None:
    ward.world.blinded_list(10)
    manager = Browser(ward.world.person(Role.TRIAL_MANAGER))
    assert "Few envelopes" not in manager.read("/trial/")
