"""When a duty ends, all that it opened ends at the same moment: page, token, address, form and mail."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from dosing.models import Reminder
from dosing.reminders.sending import send_due
from randomization.verification import verify
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import AuditChain, AuditEntry, ChainKind, Delegation
from trial.people.delegating import LastAdministrator, create_token, end_delegation
from trial.people.duties.shutting import (
    AccountIsShut,
    TokenIsRevoked,
    end_sessions,
    revoke_addresses,
    revoke_token,
    revoke_tokens,
    shut_account,
)
from trial.permissions import Role
from trial.policies import NotPermitted
from trial.refusals import InvalidInput

WHY = "Leaves the hospital."
API = "/api/v1/trials/nct02059759/participants/"
NEW = "juniper-harbour-lantern-8"


@pytest.fixture
def claire(ward: SiteFixture) -> Delegation:
    """A nurse of the site, with an address for mails."""
    return ward.worker(Role.STUDY_NURSE, "claire", ward.site, email="claire@example.org")


@pytest.fixture
def admin(ward: SiteFixture) -> Delegation:
    return ward.world.person(Role.ADMINISTRATOR, "lou")


def bearer(duty: Delegation) -> dict[str, str]:
    """The header with a new token of that duty."""
    at = timezone.now()
    token = create_token(
        delegation=duty, name="script", expires_at=at + timedelta(days=9), door="clinic", at=at
    )
    return {"authorization": f"Bearer {token}"}


def feed_of(browser: Browser) -> str:
    found = re.search(r"/feeds/[\w-]{43}\.ics", browser.post("/feeds/").content.decode())
    assert found
    return found.group()


def opened(browser: Browser, token: dict[str, str], feed: str) -> tuple[int, int, int]:
    """Status of the page, of the call and of the calendar."""
    caller = Client()
    return (
        browser.get("/today/").status_code,
        caller.get(API, headers=token).status_code,
        caller.get(feed).status_code,
    )


def mailed(ward: SiteFixture, email: str) -> int:
    """How many mails leave for that address when the site's first reminder falls due."""
    mail.outbox.clear()
    first = Reminder.objects.filter(recipient="site").earliest("due_at")
    send_due(at=first.due_at)
    return sum(message.to == [email] for message in mail.outbox)


def test_page_token_calendar_form_and_mail_end_with_the_duty(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    ward.booked()
    browser, token = Browser(claire), bearer(claire)
    feed = feed_of(browser)
    assert opened(browser, token, feed) == (200, 200, 200)
    end_delegation(delegation=claire, by=admin, at=START, reason=WHY)
    assert opened(browser, token, feed) == (403, 401, 200)
    assert b"IM-" not in Client().get(feed).content and b"STATUS:CANCELLED" in Client().get(feed).content
    status, page = browser.refused("/screen/", consent_signed_on="2015-10-05")
    assert status == 403 and "was not taken" in page
    assert mailed(ward, "claire@example.org") == 0


def test_the_mail_went_to_her_until_then(ward: SiteFixture, claire: Delegation) -> None:
    """The test above could not fail if no reminder were due."""
    ward.booked()
    assert mailed(ward, "claire@example.org") == 2


def test_a_refused_form_and_a_refused_token_are_entered_folded_with_the_address_and_in_no_role(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    browser, token = Browser(claire), bearer(claire)
    end_delegation(delegation=claire, by=admin, at=START, reason=WHY)
    heads = list(AuditChain.objects.filter(kind=ChainKind.ACTS).order_by("pk").values_list("sequence"))
    for number in range(11):
        browser.post(f"/participants/{number}/")
        Client().get(API, headers=token)
    refused = AuditEntry.objects.filter(action__in=("form.refused", "token.refused")).order_by("id")
    said = [(row.action, row.actor, row.role, json.loads(row.body)) for row in refused]
    assert [(*row[:3], row[3]["count"], row[3]["address"], row[3]["why"]) for row in said] == [
        (action, "claire", "no_duty", count, "127.0.0.1", "duty ended")
        for count in (1, 10)
        for action in ("form.refused", "token.refused")
    ]
    assert heads == list(
        AuditChain.objects.filter(kind=ChainKind.ACTS).order_by("pk").values_list("sequence")
    )


def test_whoever_comes_after_the_end_leaves_a_trail_that_holds(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    """A log-in, a form, a token, a new password, a log-out, days later: honest, and no fault of the trail."""
    browser, token = Browser(claire), bearer(claire)
    end_delegation(delegation=claire, by=admin, at=START, reason=WHY)
    with time_machine.travel(START + timedelta(days=3), tick=False):
        browser = Client()
        assert browser.post("/accounts/login/", {"login": "claire", "password": PASSWORD}).status_code == 302
        assert browser.post("/screen/").status_code == 403
        assert Client().get(API, headers=token).status_code == 401
        browser.post(
            "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        )
        browser.post("/accounts/logout/")
        faults = [str(report.fault) for report in verify(clock=timezone.now) if report.fault]
    entered = AuditEntry.objects.filter(actor="claire").order_by("id").values_list("action", "role")
    assert faults == []
    assert list(entered) == [
        (action, "no_duty")
        for action in ("log_in.done", "form.refused", "token.refused", "password.changed", "log_out.done")
    ]


def test_addresses_that_an_administrator_revokes_leave_a_trail_that_holds(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    """The nurse made it in her site's chain; whoever revokes it belongs to no site."""
    feed_of(Browser(claire))
    assert revoke_addresses(user=claire.user, by=admin, at=START + timedelta(hours=1), reason=WHY) == 1
    entry = AuditEntry.objects.get(action="feed.revoked")
    assert (entry.chain.site, entry.actor, entry.subject) == (ward.site, "lou", "claire")
    with time_machine.travel(START + timedelta(hours=2), tick=False):
        assert [str(report.fault) for report in verify(clock=timezone.now) if report.fault] == []


def test_the_trail_says_in_words_that_the_duty_had_ended(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    browser = Browser(claire)
    end_delegation(delegation=claire, by=admin, at=START, reason=WHY)
    browser.post("/screen/")
    page = Browser(ward.world.person(Role.MONITOR)).read("/audit/?act=form.refused")
    assert "after the duty ended" in page and "no_duty" not in page


def test_a_shut_account_ends_every_duty_and_logs_in_no_more(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    monitor = ward.give(claire.user, Role.MONITOR, ward.site)
    browser = Browser(claire)
    shut_account(user=claire.user, by=admin, at=START, reason=WHY)
    assert not Delegation.objects.running().filter(pk__in=[claire.pk, monitor.pk]).exists()
    assert browser.get("/today/").url.startswith("/accounts/login/")
    answer = Client().post("/accounts/login/", {"login": "claire", "password": "amber-birch-cedar-17"})
    assert "_auth_user_id" not in answer.wsgi_request.session
    with pytest.raises(AccountIsShut):
        shut_account(user=claire.user, by=admin, at=START, reason=WHY)


def test_all_sessions_end_and_a_new_one_goes_on(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    browser = Browser(claire)
    assert browser.get("/today/").status_code == 200
    with time_machine.travel(START + timedelta(minutes=1), tick=False):
        end_sessions(user=claire.user, by=admin, at=timezone.now(), reason="The telephone is lost.")
    with time_machine.travel(START + timedelta(minutes=2), tick=False):
        browser.last_seen = timezone.now()  # the same session as before
        assert browser.get("/today/").url == "/accounts/login/"
        browser.force_login(claire.user)
        assert browser.get("/today/").status_code == 200


def test_the_accounts_own_pages_end_with_the_sessions_too(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    browser = Browser(claire)
    assert browser.get("/accounts/password/change/").status_code == 200
    with time_machine.travel(START + timedelta(minutes=1), tick=False):
        end_sessions(user=claire.user, by=admin, at=timezone.now(), reason="The telephone is lost.")
        browser.last_seen = timezone.now()
        assert browser.get("/accounts/password/change/").url == "/accounts/login/"


def test_a_token_and_the_addresses_end_alone(
    ward: SiteFixture, claire: Delegation, admin: Delegation
) -> None:
    ward.booked()
    browser, token = Browser(claire), bearer(claire)
    feed = feed_of(browser)
    assert revoke_tokens(user=claire.user, by=admin, at=START, reason="Lost.") == 1
    assert opened(browser, token, feed) == (200, 401, 200)
    assert revoke_addresses(user=claire.user, by=admin, at=START, reason="Lost.") == 1
    assert opened(browser, token, feed) == (200, 401, 410)
    assert revoke_addresses(user=claire.user, by=admin, at=START, reason="Lost.") == 0


def test_a_token_is_revoked_once(ward: SiteFixture, claire: Delegation, admin: Delegation) -> None:
    from trial.models import ApiToken

    bearer(claire)
    token = ApiToken.objects.get()
    revoke_token(token=token, by=claire, at=START, reason="Not used any more.")
    with pytest.raises(TokenIsRevoked):
        revoke_token(token=ApiToken.objects.get(), by=admin, at=START, reason="Again.")


def test_the_last_administrator_stays(ward: SiteFixture, admin: Delegation) -> None:
    with pytest.raises(LastAdministrator):
        end_delegation(delegation=admin, by=admin, at=START, reason=WHY)
    with pytest.raises(LastAdministrator):
        shut_account(user=admin.user, by=admin, at=START, reason=WHY)
    other = ward.worker(Role.ADMINISTRATOR, "kim", None)
    end_delegation(delegation=admin, by=other, at=START, reason=WHY)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_nobody_else_ends_anything(ward: SiteFixture, claire: Delegation, role: Role) -> None:
    by = ward.world.person(role, "somebody")
    for act in (shut_account, end_sessions, revoke_addresses):
        with pytest.raises(NotPermitted):
            act(user=claire.user, by=by, at=START, reason=WHY)


def test_an_administrator_of_one_site_reaches_nobody_of_another(
    ward: SiteFixture, claire: Delegation
) -> None:
    local = ward.worker(Role.ADMINISTRATOR, "local", ward.second_site())
    for act in (shut_account, end_sessions, revoke_addresses):
        with pytest.raises(NotPermitted):
            act(user=claire.user, by=local, at=START, reason=WHY)


@pytest.mark.parametrize("act", [shut_account, end_sessions, revoke_addresses])
def test_each_act_needs_a_reason(
    ward: SiteFixture, claire: Delegation, admin: Delegation, act: object
) -> None:
    with pytest.raises(InvalidInput):
        act(user=claire.user, by=admin, at=START, reason="  ")  # type: ignore[operator]
    with pytest.raises(InvalidInput):
        end_delegation(delegation=claire, by=admin, at=START, reason="  ")


def test_the_last_who_may_break_a_code_ends_at_the_clinic_door_and_waits_at_the_other(
    ward: SiteFixture, admin: Delegation
) -> None:
    first, second = ward.investigator, ward.worker(Role.INVESTIGATOR, "second", ward.site)
    end_delegation(delegation=first, by=admin, at=START, reason=WHY)
    assert Delegation.objects.get(pk=first.pk).ended_at == START
    browser, token = Browser(second), bearer(second)
    end_delegation(delegation=second, by=admin, at=START, reason=WHY)
    assert Delegation.objects.get(pk=second.pk).ended_at is None
    assert not Delegation.objects.running().filter(pk=second.pk).exists()
    assert browser.get("/today/").status_code == 403
    assert Client().get(API, headers=token).status_code == 401


def test_the_last_of_one_site_waits_although_another_site_has_somebody(
    ward: SiteFixture, admin: Delegation
) -> None:
    here, there = ward.site, ward.second_site()
    local, other = (ward.worker(Role.INVESTIGATOR, f"dr-{site.number}", site) for site in (here, there))
    end_delegation(delegation=ward.investigator, by=admin, at=START, reason=WHY)  # that of all sites
    end_delegation(delegation=other, by=admin, at=START, reason=WHY)
    ended = Delegation.objects.filter(ended_at=START).values_list("user__username", flat=True)
    assert list(ended) == [ward.investigator.user.username]
    assert Delegation.objects.get(pk=local.pk).ended_at is None
