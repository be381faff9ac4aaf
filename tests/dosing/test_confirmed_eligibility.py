"""Where the protocol asks for it, nobody is drawn until an investigator has confirmed eligibility."""

from __future__ import annotations

import json

import pytest

from randomization.corrections import enter_paper_randomization
from randomization.eligibility.confirming import (
    EligibilityNotConfirmed,
    NothingToConfirm,
    confirm_eligibility,
    waiting_for_confirmation,
)
from randomization.models import Envelope
from randomization.services import check_can_randomize, draw_envelope
from tests.asking_for_confirmation import ask_for_confirmation, with_confirmation
from tests.site_fixture import START, SiteFixture, paris
from trial.models import AuditEntry, CurrentParticipant, Delegation, EligibilityConfirmation, Signature
from trial.pages.signatures import shown
from trial.people.signing import Hand
from trial.permissions import GRANTS, Permission, Role
from trial.policies import NotPermitted
from trial.protocol.files import UnreadableProtocol, parse_protocol
from trial.queries import participants_for

ELEVEN = paris("2015-10-05 11:00")
SIGNED = Hand(name="Dr Lou")


@pytest.fixture
def asking(ward: SiteFixture) -> SiteFixture:
    ask_for_confirmation(ward)
    ward.world.blinded_list(3)
    return ward


def waiting(ward: SiteFixture) -> CurrentParticipant:
    person = ward.eligible()
    assert isinstance(person, CurrentParticipant)
    return person


def waits(ward: SiteFixture, by: Delegation) -> list[CurrentParticipant]:
    return waiting_for_confirmation(by, participants_for(by))


def confirm(ward: SiteFixture, person: CurrentParticipant, check: int = 1) -> EligibilityConfirmation:
    return confirm_eligibility(participant=person, check=check, by=ward.investigator, at=ELEVEN, hand=SIGNED)


def draw(ward: SiteFixture, person: CurrentParticipant) -> None:
    draw_envelope(participant=person, by=ward.nurse, at=ELEVEN)


def test_without_the_switch_nothing_changes(ward: SiteFixture) -> None:
    assert not ward.world.trial.protocol_version.protocol.confirm_eligibility
    assert not parse_protocol(with_confirmation("false")).protocol.confirm_eligibility
    ward.world.blinded_list(3)
    person = waiting(ward)
    draw(ward, person)
    assert ward.status(person) == "randomized" and not waits(ward, ward.investigator)


def test_another_value_is_a_fault_of_the_file() -> None:
    with pytest.raises(UnreadableProtocol):
        parse_protocol(with_confirmation('"yes"'))


def test_nobody_is_drawn_before_it_and_the_sentence_says_what_to_do(asking: SiteFixture) -> None:
    person = waiting(asking)
    with pytest.raises(EligibilityNotConfirmed, match="Ask an investigator"):
        draw(asking, person)
    with pytest.raises(EligibilityNotConfirmed):
        check_can_randomize(asking.again(person), at=ELEVEN)  # type: ignore[arg-type]
    assert waits(asking, asking.investigator) == [person]
    assert waits(asking, asking.nurse) == []
    confirm(asking, person)
    assert waits(asking, asking.investigator) == []
    draw(asking, person)
    assert asking.status(person) == "randomized"


def test_a_nurse_confirms_nothing(asking: SiteFixture) -> None:
    person = waiting(asking)
    with pytest.raises(NotPermitted):
        confirm_eligibility(participant=person, check=1, by=asking.nurse, at=ELEVEN, hand=SIGNED)
    assert not EligibilityConfirmation.objects.exists()


def test_another_check_makes_it_void(asking: SiteFixture) -> None:
    person = waiting(asking)
    confirm(asking, person)
    asking.check(person, birth="1960-05-17", at=ELEVEN)
    with pytest.raises(EligibilityNotConfirmed):
        draw(asking, asking.again(person))  # type: ignore[arg-type]
    (line,) = shown(Signature.objects.all(), asking.world.trial)
    assert line.void and waits(asking, asking.investigator) == [person]
    with pytest.raises(NothingToConfirm, match="checked again meanwhile"):
        confirm(asking, person, check=1)
    confirm(asking, person, check=2)
    draw(asking, asking.again(person))  # type: ignore[arg-type]


def test_it_is_given_once_and_signed_with_its_entry(asking: SiteFixture) -> None:
    person = waiting(asking)
    confirm(asking, person)
    with pytest.raises(NothingToConfirm, match="already"):
        confirm(asking, person)
    entry, signed = (
        AuditEntry.objects.get(action="participant.eligibility_confirmed"),
        Signature.objects.get(),
    )
    assert (signed.act, signed.name, signed.audit_hash) == ("eligibility", "Dr Lou", entry.hash)
    (line,) = shown([signed], asking.world.trial)
    assert not line.void
    assert signed.meaning.startswith("As investigator I confirm")


def test_a_draw_on_paper_is_entered_and_the_entry_says_it(asking: SiteFixture) -> None:
    person = waiting(asking)
    number = Envelope.objects.order_by("position")[0].number
    said = {"number": number, "happened_at": START, "reason": "Power cut."}
    enter_paper_randomization(participant=person, by=asking.investigator, at=ELEVEN, **said)  # type: ignore[arg-type]
    entry = AuditEntry.objects.get(action="envelope.drawn")
    assert json.loads(entry.body)["eligibility_unconfirmed"] is True


def test_only_investigators_carry_the_right() -> None:
    assert {role for role in GRANTS if Permission.CONFIRM_ELIGIBILITY in GRANTS[role]} == {Role.INVESTIGATOR}


def test_by_token_nobody_signs_and_the_row_names_the_system(asking: SiteFixture) -> None:
    person, hand = waiting(asking), Hand(system="hospital records")
    confirm_eligibility(participant=person, check=1, by=asking.investigator, at=ELEVEN, hand=hand)
    signed = Signature.objects.get()
    assert (signed.name, signed.system, signed.meaning) == ("", "hospital records", "")
