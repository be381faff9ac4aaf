"""Inviting, taking back, reviewing access and asking for a code as commands: the pages' own services."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError
from django.test import Client

from tests.site_fixture import SiteFixture
from tests.terminal import typed
from trial.models import (
    AccessReview,
    AuditEntry,
    Delegation,
    EnrolmentAsked,
    Invitation,
    InvitationUse,
    Signature,
    User,
)
from trial.permissions import Role

BY = ("--trial", "nct02059759", "--by", "anna")
ANNE = ("--first-name", "Anne", "--last-name", "Petit", "--site", "01", "--reason", "New on the ward.")
NURSE = ("invite", "anne.petit", *BY, *ANNE, "--role", "study_nurse")
PASSWORD = "quiet-otter-lantern-42"


@pytest.fixture
def anna(ward: SiteFixture) -> Delegation:
    """An administrator of the whole trial."""
    return ward.world.person(Role.ADMINISTRATOR, "anna")


def set_password(said: str) -> int:
    """What the page behind the printed or mailed link answers to a new password."""
    found = re.search(r"https?://[^/\s]+(/invitation/\S+)", said)
    assert found, said
    typed_twice = {"password": PASSWORD, "again": PASSWORD}
    return int(Client().post(found.group(1), typed_twice).status_code)


def test_the_printed_link_sets_the_password_and_gives_the_duty(anna: Delegation) -> None:
    said = typed(*NURSE)
    assert "Shown only now. anne.petit sets the password at" in said and mail.outbox == []
    assert set_password(said) == 302
    assert User.objects.get(username="anne.petit").check_password(PASSWORD)
    duty = Delegation.objects.running().get(user__username="anne.petit")
    assert (duty.role, duty.site.number, duty.granted_by) == ("study_nurse", "01", anna)  # type: ignore[union-attr]
    entry = AuditEntry.objects.get(action="person.invited")
    assert (entry.actor, entry.subject) == ("anna", "anne.petit")


def test_with_an_address_the_link_goes_by_mail_in_the_persons_language(anna: Delegation) -> None:
    said = typed(*NURSE, "--email", "anne@example.org", "--language", "fr", "--address", "https://v.example/")
    assert "was mailed to anne@example.org" in said and "/invitation/" not in said
    [letter] = mail.outbox
    assert letter.to == ["anne@example.org"] and "https://v.example/invitation/" in letter.body
    assert "mot de passe" in letter.body
    assert set_password(letter.body) == 302


def test_where_the_mail_is_dead_the_link_is_printed(
    anna: Delegation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any) -> None:
        raise OSError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    said = typed(*NURSE, "--email", "anne@example.org")
    assert "The mail could not be sent." in said
    assert set_password(said) == 302


def test_whoever_has_an_account_gets_the_duty_at_once(anna: Delegation, ward: SiteFixture) -> None:
    ward.worker(Role.MONITOR, "marc", ward.site)
    said = typed("invite", "marc", *BY, *ANNE, "--role", "trial_manager")
    assert "marc has the duty now." in said and "/invitation/" not in said
    assert Delegation.objects.running().filter(user__username="marc", role="trial_manager").exists()


def test_a_role_of_the_pharmacy_door_waits_and_it_is_said_where(anna: Delegation) -> None:
    said = typed("invite", "anne.petit", *BY, *ANNE, "--role", "pharmacist")
    assert "confirmed it at the pharmacy door" in said
    assert set_password(said) == 302
    assert not Delegation.objects.filter(user__username="anne.petit").exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("--site", "77"), "has no site 77"),
        (("--email", "no"), "no e-mail address"),
        (("--last-name", " "), "first and the last name"),
        (("--by", "live-study_nurse"), "does not delegate"),
        (("--trial", "nct00000000"), "no trial"),
        (("--reason", " "), "Why? This is needed"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_invited(
    anna: Delegation, ward: SiteFixture, changed: tuple[str, str], said: str
) -> None:
    assert ward.nurse
    entries = AuditEntry.objects.exclude(action="act.refused").count()
    with pytest.raises(CommandError, match=re.escape(said)):
        typed(*NURSE, *changed)
    assert not Invitation.objects.exists()
    assert AuditEntry.objects.exclude(action="act.refused").count() == entries


def test_a_refused_command_is_an_entry_as_a_refused_page_is(anna: Delegation, ward: SiteFixture) -> None:
    ward.worker(Role.STUDY_NURSE, "claire", ward.site)
    for words, code in (
        (("invite", "claire", *BY, *ANNE, "--role", "pharmacist"), "roles_clash"),
        (("end_duty", *BY, "--user", "anna", "--reason", "Leaves."), "last_administrator"),
        (("shut_account", *BY, "--user", "anna", "--reason", "Leaves."), "last_administrator"),
        (("close_site", *BY, "--site", "01", "--on", "2010-01-01", "--reason", "Full."), None),
        (("review_access", *BY, "--seen", "0" * 64, "--statement", "All."), "log_changed"),
    ):
        before = AuditEntry.objects.count()
        with pytest.raises(CommandError):
            typed(*words)
        entry = AuditEntry.objects.latest("id")
        assert AuditEntry.objects.count() == before + 1
        body = json.loads(entry.body)
        assert (entry.action, entry.actor, entry.chain.kind) == ("act.refused", "anna", "door")
        assert (body["page"], body["address"]) == (words[0], "command")
        assert code in {None, body["code"]}


def test_a_command_without_the_password_is_no_entry(anna: Delegation) -> None:
    entries = AuditEntry.objects.count()
    for words in (NURSE, ("end_duty", *BY, "--user", "anna", "--reason", "Leaves.")):
        with pytest.raises(CommandError, match="not the password"):
            typed(*words, password="wrong")
    assert AuditEntry.objects.count() == entries


def test_not_without_the_password_and_not_twice(anna: Delegation) -> None:
    with pytest.raises(CommandError, match="not the password"):
        typed(*NURSE, password="wrong")
    typed(*NURSE)
    with pytest.raises(CommandError, match="invited already"):
        typed(*NURSE)
    assert Invitation.objects.count() == 1


def test_an_invitation_taken_back_opens_nothing(anna: Delegation) -> None:
    link = typed(*NURSE)
    assert "taken back" in typed("cancel_invitation", "anne.petit", *BY)
    assert set_password(link) == 410
    assert not InvitationUse.objects.exists()
    with pytest.raises(CommandError, match="No open invitation of anne"):
        typed("cancel_invitation", "anne.petit", *BY)


def seen_in(said: str) -> str:
    found = re.search(r"--seen (\w{64})$", said, re.MULTILINE)
    assert found, said
    return found.group(1)


def test_a_review_shows_the_log_and_signs_what_was_shown(anna: Delegation, ward: SiteFixture) -> None:
    ward.worker(Role.STUDY_NURSE, "claire", ward.site)
    shown = typed("review_access", *BY)
    assert "claire (claire): study nurse, 01 Montpellier, since 2015-10-05 07:30 UTC\n" in shown
    assert not AccessReview.objects.exists()
    signed = ("--seen", seen_in(shown), "--statement", "All are needed.")
    assert "Signed: anna has reviewed access" in typed("review_access", *BY, *signed)
    assert AccessReview.objects.get().statement == "All are needed."
    signature = Signature.objects.get(act="access_review")
    assert (signature.name, signature.both_parts, signature.system) == ("anna", True, "")


def test_a_log_that_has_changed_is_not_signed(anna: Delegation, ward: SiteFixture) -> None:
    seen = seen_in(typed("review_access", *BY))
    ward.worker(Role.STUDY_NURSE, "claire", ward.site)
    with pytest.raises(CommandError, match="has changed"):
        typed("review_access", *BY, "--seen", seen, "--statement", "All are needed.")
    with pytest.raises(CommandError, match="not the password"):
        typed("review_access", *BY, password="wrong")
    with pytest.raises(CommandError, match="does not review access"):
        typed("review_access", "--trial", "nct02059759", "--by", "claire")
    assert not AccessReview.objects.exists() and not Signature.objects.exists()


def test_a_code_is_asked_for_and_none_is_made(anna: Delegation, ward: SiteFixture) -> None:
    pharmacist = ward.worker(Role.PHARMACIST, "paul", ward.site)
    assert "enrolment_code paul" in typed("ask_enrolment_code", *BY, "--user", "paul")
    assert EnrolmentAsked.objects.get().user == pharmacist.user
    assert AuditEntry.objects.get(action="enrolment_code.asked").actor == "anna"
    for user, said in (("nobody", "no account"), ("anna", "no duty behind")):
        with pytest.raises(CommandError, match=said):
            typed("ask_enrolment_code", *BY, "--user", user)
    assert EnrolmentAsked.objects.count() == 1
