"""The pages of deviations."""

from __future__ import annotations

from tests.pages.conftest import Browser
from tests.ward import MONDAY, Ward, paris


def missed(ward: Ward) -> str:
    participant = ward.booked()
    ward.inject(
        participant, 1, outcome="missed", happened_at=None, reason="Refused.", at=paris(f"{MONDAY} 10:00")
    )
    return participant.number


def test_the_list_shows_what_was_drafted_and_narrows_by_state(nurse: Browser, ward: Ward) -> None:
    number = missed(ward)
    assert "injection missed" in nurse.read("/deviations/")
    assert number not in nurse.read("/deviations/?state=closed")
    assert number in nurse.read("/deviations.csv")


def test_the_investigator_closes_one(investigator: Browser, ward: Ward) -> None:
    address = f"/participants/{missed(ward)}/deviations/"
    page = investigator.send(address, number=1, important="no", assessment="One of fifteen.", closed="on")
    assert "The deviation is closed." in page and "One of fifteen." in page
    status, _page = investigator.refused(address, number=1, important="no", assessment="Again.")
    assert status == 422
