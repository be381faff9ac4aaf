"""The page and the endpoint on which an investigator confirms eligibility, and what the nurse reads."""

from __future__ import annotations

from tests.asking_for_confirmation import ask_for_confirmation
from tests.caller import Caller
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture
from trial.models import EligibilityConfirmation, Signature


def test_the_investigator_finds_who_waits_and_signs(
    investigator: Browser, nurse: Browser, ward: SiteFixture
) -> None:
    ask_for_confirmation(ward)
    ward.world.blinded_list(3)
    person = ward.eligible()
    page = f"/participants/{person.number}/"
    address = f"{page}eligibility/confirmation/"
    assert "No investigator has confirmed" in nurse.read(page) and address not in nurse.read(page)
    assert address in investigator.read(page) and address in investigator.read("/today/")
    assert address not in nurse.read("/today/")
    assert investigator.refused(address, check=1, password="guess")[0] in {403, 422}
    investigator.send(address, check=1, password=PASSWORD)
    assert Signature.objects.get().act == "eligibility"
    assert address not in investigator.read("/today/") and "Randomise" in nurse.read(page)


def test_a_program_confirms_for_an_investigator_and_reads_it(ward: SiteFixture) -> None:
    ask_for_confirmation(ward)
    ward.world.blinded_list(3)
    address = f"participants/{ward.eligible().number}/eligibility/confirmation/"
    nurse, doctor = Caller(ward.nurse), Caller(ward.investigator)
    assert nurse.get(address).json() | {} == {
        "asked": True,
        "check": 1,
        "confirmed_at": None,
        "confirmed_by": None,
    }
    assert nurse.post(address, {"check": 1}).status_code == 403
    assert doctor.post(address, {"check": 2}).json()["code"] == "nothing_to_confirm"
    assert doctor.post(address, {"check": 1}).status_code == 201
    assert EligibilityConfirmation.objects.count() == 1 and nurse.get(address).json()["confirmed_at"]
