"""What a participant may have erased is gone from every row, at any time, and no chain breaks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError
from django.test import Client

from dosing.models import CalendarFeed, Reminder, ReminderState
from dosing.services.feeding import make_feed
from dosing.services.status import withdraw
from randomization.closing import lock_data
from tests.site_fixture import SiteFixture
from tests.terminal import typed
from tests.trial_fixture import START, new_trial
from trial.audit import first_break
from trial.models import AuditChain, AuditEntry, ContactDetails, Participant
from trial.permissions import Permission, Role, may
from trial.policies import NotPermitted
from trial.refusals import InvalidInput
from trial.screening.erasing import NothingKept, erase_contact

OLD, NEW = "anne.old@example.org", "anne.new@example.org"


@pytest.fixture
def ward(db: None) -> SiteFixture:
    return SiteFixture(new_trial())


@pytest.fixture
def anne(ward: SiteFixture) -> Participant:
    """Somebody with an address, an earlier one, and a calendar in another program."""
    who = ward.booked(email=OLD)
    ward.contact(who, NEW)
    make_feed(by=ward.nurse, at=START, language="en", participant=who)
    return ward.again(who)


def erase(ward: SiteFixture, who: Participant, reason: str = "Asked for it in writing.") -> int:
    return erase_contact(participant=who, reason=reason, by=ward.investigator, at=START)


def everything() -> str:
    """All that the tables hold, as text."""
    return repr([list(model._default_manager.values()) for model in apps.get_models()])


def test_the_address_is_in_no_row_of_any_table_afterwards(ward: SiteFixture, anne: Participant) -> None:
    assert NEW in everything()
    assert OLD in everything()
    assert erase(ward, anne) == 2
    assert NEW not in everything()
    assert OLD not in everything()


def test_what_leads_to_the_person_ends_with_it(ward: SiteFixture, anne: Participant) -> None:
    erase(ward, anne)
    assert not CalendarFeed.objects.filter(participant=anne, revoked_at=None).exists()
    assert not Reminder.objects.filter(
        participant=anne, recipient="participant", state=ReminderState.OPEN
    ).exists()
    assert Reminder.objects.filter(participant=anne, recipient="site", state=ReminderState.OPEN).exists()


def test_the_entry_says_that_and_why_and_never_what(ward: SiteFixture, anne: Participant) -> None:
    erase(ward, anne)
    entry = AuditEntry.objects.get(action="contact.erased")
    assert entry.shown() == {"addresses": 2, "feeds": 1, "reason": "Asked for it in writing."}


def test_every_chain_holds_afterwards(ward: SiteFixture, anne: Participant) -> None:
    erase(ward, anne)
    broken = [first_break(chain, AuditEntry) for chain in AuditChain.objects.all()]
    assert (set(broken), len(broken)) == ({None}, AuditChain.objects.count())


def test_it_goes_on_after_the_data_lock_and_after_the_end(ward: SiteFixture, anne: Participant) -> None:
    withdraw(participant=anne, scope="visits", reason="Moves.", by=ward.nurse, at=START)
    manager = ward.world.person(Role.TRIAL_MANAGER)
    lock_data(trial=ward.world.trial, by=manager, at=START + timedelta(days=1), statement="All is in.")
    assert erase(ward, ward.again(anne)) == 2


def test_the_second_time_there_is_nothing_to_erase(ward: SiteFixture, anne: Participant) -> None:
    erase(ward, anne)
    with pytest.raises(NothingKept, match="nothing to erase"):
        erase(ward, ward.again(anne))


@pytest.mark.parametrize("reason", [" ", f"Wrote from {NEW.upper()}."])
def test_a_reason_is_needed_that_does_not_keep_the_address(
    ward: SiteFixture, anne: Participant, reason: str
) -> None:
    with pytest.raises(InvalidInput):
        erase(ward, anne, reason)
    assert ContactDetails.objects.exclude(email="").count() == 2


def test_investigators_erase_and_nobody_else(ward: SiteFixture, anne: Participant) -> None:
    assert {role for role in Role if may(role, Permission.ERASE)} == {Role.INVESTIGATOR}
    with pytest.raises(NotPermitted):
        erase_contact(participant=anne, reason="Asked.", by=ward.nurse, at=START)


def test_the_page_erases_and_says_so(ward: SiteFixture, anne: Participant) -> None:
    browser = Client()
    browser.force_login(ward.investigator.user)
    assert (
        f'href="/participants/{anne.number}/erase/"'
        in browser.get(f"/participants/{anne.number}/").content.decode()
    )
    asked = browser.get(f"/participants/{anne.number}/erase/").content.decode()
    assert anne.number in asked
    assert NEW not in asked
    refused = browser.post(f"/participants/{anne.number}/erase/", {"reason": ""})
    assert refused.status_code == 422
    done = browser.post(f"/participants/{anne.number}/erase/", {"reason": "Asked."}, follow=True)
    assert "with every earlier one" in done.content.decode()
    assert not ContactDetails.objects.exclude(email="").exists()


def test_the_command_erases_for_an_investigator_who_gives_the_password(
    ward: SiteFixture, anne: Participant
) -> None:
    name = ward.investigator.user.username
    words = (
        "erase_contact",
        anne.number,
        "--trial",
        ward.world.trial.key,
        "--by",
        name,
        "--reason",
        "Asked.",
    )
    with pytest.raises(CommandError, match="password"):
        typed(*words, password="wrong")
    assert "2 addresses" in typed(*words)
