"""Every form of the clinic door, sent empty: each error is tied to its question and led to."""

from __future__ import annotations

import re

import pytest

from tests.pages.conftest import Browser
from tests.pages.test_access import WHO_MAY, address
from tests.site_fixture import MONDAY, SiteFixture
from tests.trial_fixture import START
from trial.models import Participant
from trial.screening.services import screen

STATE = {"consent": "numbered", "eligibility": "consented", "randomize": "eligible"}
"""Whose form it is; otherwise of somebody who is booked."""
MARKED = re.compile(r'id="(id_\w+?)_error"')


def whose(ward: SiteFixture, state: str) -> Participant:
    """Somebody in that state."""
    if state == "numbered":
        return screen(site=ward.site, by=ward.nurse, at=START)
    if state == "eligible":
        ward.world.blinded_list(9)
    return {"consented": ward.consented, "eligible": ward.eligible}.get(state, lambda: ward.booked(MONDAY))()


@pytest.mark.parametrize("name", sorted(set(WHO_MAY)))
def test_an_error_is_tied_to_its_question_and_led_to(
    investigator: Browser, ward: SiteFixture, name: str
) -> None:
    person = whose(ward, STATE.get(name, "booked"))
    answer = investigator.post(address(name, person.number), {})
    page = answer.content.decode()
    wrong = set(MARKED.findall(page)) if answer.status_code == 422 else set()
    assert wrong or name not in FORMS
    for field in wrong:
        assert re.search(rf'aria-describedby="[^"]*{field}_error', page), field
        assert f'href="#{field}' in page, field
        assert re.search(rf'id="{field}(_\d)?"', page), field


FORMS = {
    "closed_days",
    "found_again",
    "options",
    "paper_randomization",
    "randomized_in_error",
    "true_stratum",
    "consent",
    "eligibility",
    "contact",
    "randomize",
    "book",
    "injection",
    "visit",
    "hold",
    "release",
    "withdraw",
}
"""Forms that have a question which may not be left empty."""
