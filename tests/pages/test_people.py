"""The pages for people: invite, accept, see in the log, end, review; and who sees and does which of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client

from randomization.verifying.signatures import signatures
from tests.pages.conftest import PASSWORD, Browser
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import (
    AccessReview,
    Alarm,
    AuditEntry,
    ChainKind,
    Delegation,
    DutyEnd,
    Invitation,
    InvitationUse,
    Signature,
    User,
)
from trial.pages.signatures import shown
from trial.people.delegating import end_delegation
from trial.people.duties.inviting import (
    DutyHeld,
    InvitationUseless,
    Invited,
    accept,
    cancel_invitation,
    invite,
)
from trial.permissions import DOORS, Role
from trial.policies import NotPermitted, RolesClash
from trial.refusals import InvalidInput
from trial.walls.triggers import taken_off

NEW = "quiet-otter-lantern-42"
ANSWERS = {
    "first_name": "Anne",
    "last_name": "Petit",
    "username": "anne.petit",
    "email": "",
    "language": "en-gb",
    "role": "study_nurse",
    "reason": "New on the ward.",
}


@pytest.fixture
def admin(ward: SiteFixture) -> Browser:
    """An administrator of the whole trial."""
    return Browser(ward.world.person(Role.ADMINISTRATOR, "lou"))


def link_in(page: str) -> str:
    found = re.search(r"/invitation/[\w-]{43}/", page)
    assert found, page
    return found.group()


def invited(admin: Browser, ward: SiteFixture, **other: object) -> str:
    """Invite somebody on paper; the address of the link."""
    answer = admin.post("/people-invite/", ANSWERS | {"site": str(ward.site.pk)} | other)
    assert answer.status_code == 200, answer.content.decode()
    return link_in(answer.content.decode())


def set_password(link: str, password: str = NEW, again: str = "") -> tuple[int, str]:
    answer = Client().post(link, {"password": password, "again": again or password})
    return answer.status_code, answer.content.decode()


def log_in(name: str, password: str) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": name, "password": password})
    return client


def test_a_nurse_is_invited_works_is_in_the_log_and_leaves(admin: Browser, ward: SiteFixture) -> None:
    link = invited(admin, ward)
    assert "Anne Petit, you are invited" in Client().get(link).content.decode()
    assert set_password(link)[0] == 302
    nurse = log_in("anne.petit", NEW)
    assert nurse.get("/today/").status_code == 200
    log = admin.read("/people-log/")
    assert "Anne Petit" in log and "lou" in log
    duty = Delegation.objects.get(user__username="anne.petit")
    page = f"/people/anne.petit/duties/{duty.pk}/end/"
    assert "The duty has ended." in admin.send(page, reason="Leaves the hospital.")
    assert nurse.get("/today/").status_code == 403
    log = admin.read("/people-log/")
    assert "Leaves the hospital." in log


def test_the_link_goes_by_mail_and_is_on_no_page(admin: Browser, ward: SiteFixture) -> None:
    answers = ANSWERS | {"site": str(ward.site.pk), "email": "anne@example.org"}
    page = admin.post("/people-invite/", answers).content.decode()
    assert "/invitation/" not in page and "was mailed to anne@example.org" in page
    [message] = mail.outbox
    assert message.to == ["anne@example.org"]
    assert set_password(link_in(message.body))[0] == 302


def test_nothing_kept_opens_an_invitation(admin: Browser, ward: SiteFixture) -> None:
    secret = invited(admin, ward).split("/")[2]
    row = Invitation.objects.values().get()
    entries = "".join(AuditEntry.objects.values_list("body", flat=True))
    assert secret not in str(row) + entries


def test_an_invitation_works_once_and_the_second_use_is_entered(admin: Browser, ward: SiteFixture) -> None:
    link = invited(admin, ward)
    assert set_password(link)[0] == 302
    status, page = set_password(link, "another-quiet-lantern-43")
    assert status == 410 and "does not work" in page
    assert log_in("anne.petit", NEW).get("/today/").status_code == 200
    assert AuditEntry.objects.filter(action="invitation.refused", subject="anne.petit").count() == 1


def test_an_administrator_reads_no_trail_and_hears_of_a_refused_link_from_the_person(
    admin: Browser, ward: SiteFixture
) -> None:
    """Entries name participants (decision 49). Monitor and manager read that a link was refused."""
    link = invited(admin, ward)
    set_password(link)
    assert "Ask for a new one." in set_password(link, "another-quiet-lantern-43")[1]
    for page in ("/audit/", "/audit/trail.csv", "/signatures/", "/signatures.csv"):
        assert admin.get(page).status_code == 403, page
    for role in (Role.MONITOR, Role.TRIAL_MANAGER):
        assert "Invitation refused" in Browser(ward.world.person(role, f"the-{role}")).read("/audit/")
    assert "Anne Petit" in admin.read("/people/")


def test_a_late_invitation_is_refused_and_entered(admin: Browser, ward: SiteFixture) -> None:
    link = invited(admin, ward)
    with time_machine.travel(START + timedelta(days=7), tick=False):
        assert set_password(link)[0] == 410
    assert not User.objects.filter(username="anne.petit").exists()
    assert '"late"' in AuditEntry.objects.get(action="invitation.refused").body


def test_an_old_link_fills_no_chain_of_acts_and_alarms(admin: Browser, ward: SiteFixture) -> None:
    """Whoever kept a used link could else fill the trial's chain, and hold its head, by asking again."""
    link = invited(admin, ward)
    assert set_password(link)[0] == 302
    for _time in range(11):
        assert Client(REMOTE_ADDR="192.0.2.7").get(link).status_code == 410
    rows = AuditEntry.objects.filter(action="invitation.refused").order_by("id")
    said = [json.loads(row.body) for row in rows]
    assert {row.chain.kind for row in rows} == {ChainKind.TRIES}
    assert [(row["count"], row["address"], row["why"]) for row in said] == [
        (1, "192.0.2.7", "used"),
        (10, "192.0.2.7", "used"),
    ]
    assert Alarm.objects.get().what == "invitation"


def test_guessed_invitations_are_counted_entered_and_alarm(admin: Browser, ward: SiteFixture) -> None:
    for number in range(10):
        assert Client().get(f"/invitation/{number:043d}/").status_code == 410
    rows = AuditEntry.objects.filter(action="invitation.failed").order_by("id")
    assert [json.loads(row.body)["count"] for row in rows] == [1, 10]
    assert "An invitation that opens nothing was tried: 10 times" in admin.read("/people/")


def test_the_first_password_is_entered_with_the_network_address(admin: Browser, ward: SiteFixture) -> None:
    set_password(invited(admin, ward))
    assert json.loads(AuditEntry.objects.get(action="invitation.accepted").body)["address"] == "127.0.0.1"


def test_an_invitation_ends_with_the_duty_of_who_invited(ward: SiteFixture, admin: Browser) -> None:
    from trial.people.delegating import end_delegation

    link = invited(admin, ward)
    other = ward.worker(Role.ADMINISTRATOR, "kim", None)
    lou = Delegation.objects.get(user__username="lou")
    end_delegation(delegation=lou, by=other, at=START, reason="Leaves.")
    assert set_password(link)[0] == 410


def test_an_invitation_can_be_taken_back(admin: Browser, ward: SiteFixture) -> None:
    link, row = invited(admin, ward), Invitation.objects.get()
    assert "taken back" in admin.send(f"/people-invited/{row.pk}/cancel/")
    assert set_password(link)[0] == 410
    assert admin.post(f"/people-invited/{row.pk}/cancel/").status_code == 404


def test_an_unknown_link_says_no_more(db: None) -> None:
    assert Client().get(f"/invitation/{'x' * 43}/").status_code == 410


@pytest.mark.parametrize("password", ["short", "anne.petit", "anne.petit12", "123456789012345"])
def test_a_weak_password_is_not_taken_and_the_link_stays(
    admin: Browser, ward: SiteFixture, password: str
) -> None:
    link = invited(admin, ward)
    assert set_password(link, password)[0] == 422
    assert set_password(link, NEW, "something-else-12")[0] == 422
    assert set_password(link)[0] == 302


@pytest.mark.parametrize("role", sorted(DOORS["pharmacy"]))
def test_a_role_of_the_pharmacy_door_waits(admin: Browser, ward: SiteFixture, role: Role) -> None:
    link = invited(admin, ward, role=role.value)
    assert set_password(link)[0] == 302
    assert InvitationUse.objects.count() == 1
    assert not User.objects.filter(username="anne.petit").exists()
    assert not Delegation.objects.filter(user__username="anne.petit").exists()
    assert "a second person confirms it" in admin.read("/people/")


def test_whoever_has_an_account_gets_the_duty_at_once(admin: Browser, ward: SiteFixture) -> None:
    monitor = ward.worker(Role.MONITOR, "ines", ward.site)
    page = admin.send("/people-invite/", **ANSWERS | {"username": "ines", "site": str(ward.site.pk)})
    assert "has the duty now" in page
    roles = Delegation.objects.running().filter(user=monitor.user).values_list("role", flat=True)
    assert sorted(roles) == ["monitor", "study_nurse"]


def test_a_duty_that_clashes_is_refused_with_a_sentence(admin: Browser, ward: SiteFixture) -> None:
    ward.worker(Role.PHARMACIST, "nadia", ward.site)
    status, page = admin.refused(
        "/people-invite/", **ANSWERS | {"username": "nadia", "site": str(ward.site.pk)}
    )
    assert status == 409 and "has held an unblinded role" in page
    assert not Invitation.objects.exists()


def test_a_second_open_invitation_and_a_duty_held_are_refused(admin: Browser, ward: SiteFixture) -> None:
    invited(admin, ward)
    status, page = admin.refused("/people-invite/", **ANSWERS | {"site": str(ward.site.pk)})
    assert status == 409 and "is invited already" in page
    ward.worker(Role.STUDY_NURSE, "claire", ward.site)
    status, page = admin.refused(
        "/people-invite/", **ANSWERS | {"username": "claire", "site": str(ward.site.pk)}
    )
    assert status == 409 and "has this duty already" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": "Anne Petit!"},
        {"username": "a"},
        {"first_name": " "},
        {"email": "no address"},
        {"role": "site_system"},
        {"role": "king"},
        {"site": "elsewhere"},
        {"reason": "  "},
    ],
)
def test_bad_answers_are_refused_and_nothing_is_kept(
    admin: Browser, ward: SiteFixture, wrong: dict[str, str]
) -> None:
    status, _page = admin.refused("/people-invite/", **ANSWERS | {"site": str(ward.site.pk)} | wrong)
    assert status == 422
    assert not Invitation.objects.exists()


def test_the_last_administrator_is_told(admin: Browser, ward: SiteFixture) -> None:
    duty = Delegation.objects.get(user__username="lou")
    status, page = admin.refused(f"/people/lou/duties/{duty.pk}/end/", reason="I leave.")
    assert status == 409 and "last administrator" in page


@pytest.mark.parametrize("role", [Role.STUDY_NURSE, Role.INVESTIGATOR])
def test_others_see_no_people(ward: SiteFixture, role: Role) -> None:
    browser = Browser(ward.world.person(role, "somebody"))
    for page in ("/people/", "/people-log/", "/people-review/", "/people-invite/", "/people/somebody/"):
        assert browser.get(page).status_code == 403


@pytest.mark.parametrize("role", [Role.MONITOR, Role.TRIAL_MANAGER])
def test_manager_and_monitor_read_and_do_nothing(ward: SiteFixture, role: Role) -> None:
    browser, nurse = Browser(ward.world.person(role, "reader")), ward.nurse
    assert "Duties now" in browser.read("/people/")
    assert nurse.user.username in browser.read("/people-log/")
    assert "End this duty" not in browser.read(f"/people/{nurse.user.username}/")
    for page in ("shut", "sessions", "addresses", f"duties/{nurse.pk}/end"):
        answer = browser.post(f"/people/{nurse.user.username}/{page}/", {"reason": "x"})
        assert answer.status_code == 403


def test_an_administrator_of_one_site_sees_and_invites_for_it_alone(ward: SiteFixture) -> None:
    there = ward.second_site()
    ward.worker(Role.STUDY_NURSE, "far-away", there)
    local = Browser(ward.worker(Role.ADMINISTRATOR, "local", ward.site))
    assert "far-away" not in local.read("/people/")
    assert local.get("/people/far-away/").status_code == 404
    status, _page = local.refused("/people-invite/", **ANSWERS | {"site": str(there.pk)})
    assert status == 422
    status, _page = local.refused("/people-invite/", **ANSWERS | {"site": ""})
    assert status in (403, 422)
    assert not Invitation.objects.exists()


def test_no_participant_stands_on_the_pages(admin: Browser, ward: SiteFixture) -> None:
    number = ward.booked().number
    for page in ("/people/", "/people-log/", "/people-review/", f"/people/{ward.nurse.user.username}/"):
        assert number not in admin.read(page)


def test_a_review_is_signed_with_the_password_and_binds_what_was_seen(
    admin: Browser, ward: SiteFixture
) -> None:
    seen = re.search(r'name="seen" value="(\w{64})"', admin.read("/people-review/"))
    assert seen
    answers = {"statement": "All are needed.", "seen": seen.group(1)}
    assert admin.refused("/people-review/", **answers, password="wrong")[0] == 403
    ward.worker(Role.MONITOR, "later", ward.site)
    status, page = admin.refused("/people-review/", **answers, password=PASSWORD)
    assert status == 409 and "has changed" in page
    answers["seen"] = re.search(r'name="seen" value="(\w{64})"', admin.read("/people-review/")).group(1)  # type: ignore[union-attr]
    assert "Signed: lou" in admin.send("/people-review/", **answers, password=PASSWORD)
    assert AccessReview.objects.get().statement == "All are needed."
    assert "All are needed." in admin.read("/people-log/")


def reviewed(browser: Browser) -> str:
    """Sign a review of access; its state in the list of signatures, as the record stands at once."""
    seen = re.search(r'name="seen" value="(\w{64})"', browser.read("/people-review/"))
    assert seen
    browser.send("/people-review/", statement="All are needed.", seen=seen.group(1), password=PASSWORD)
    return state_of_review()


def state_of_review() -> str:
    row = Signature.objects.get(act="access_review")
    return shown([row], row.trial)[0].state


def test_a_review_is_a_signature_that_holds_while_its_log_is_as_it_was(
    admin: Browser, ward: SiteFixture
) -> None:
    assert reviewed(admin) == "holds"
    row, entry = Signature.objects.get(), AuditEntry.objects.get(action="access.reviewed")
    assert (row.name, row.audit_hash) == (admin.user.shown_name, entry.hash)
    assert not [report.fault for report in signatures() if report.fault]
    later = START + timedelta(days=30)
    boss = Delegation.objects.get(user=admin.user)
    end_delegation(delegation=ward.nurse, by=boss, at=later, reason="Left.")
    assert state_of_review() == "holds"  # who leaves later was rightly there
    past = START - timedelta(days=1)
    DutyEnd.objects.create(delegation=ward.investigator, by=boss, at=past, reason="Dated back.")
    assert state_of_review() == "void: changed since: digest"


def test_a_review_whose_words_are_changed_is_void(admin: Browser) -> None:
    assert reviewed(admin) == "holds"
    row = Signature.objects.get()
    with connection.cursor() as cursor:
        for statement in taken_off("trial_accessreview", "trial_accessreview_no_update", connection.vendor):
            cursor.execute(statement)
    AccessReview.objects.update(statement="Nobody was looked at.")
    assert shown([row], row.trial)[0].state == "void: changed since: statement"


def test_only_an_administrator_invites(ward: SiteFixture) -> None:
    for role in sorted(set(Role) - {Role.ADMINISTRATOR}):
        by = ward.world.person(role, f"by-{role}")
        with pytest.raises(NotPermitted):
            invite(
                who=Invited("anne", "Anne", "Petit"),
                trial=ward.world.trial,
                role=Role.MONITOR,
                site=ward.site,
                by=by,
                at=START,
                reason="x",
            )


def test_the_services_refuse_what_the_pages_refuse(ward: SiteFixture) -> None:
    by = ward.world.person(Role.ADMINISTRATOR, "lou")
    ward.worker(Role.PHARMACIST, "nadia", ward.site)
    ward.worker(Role.MONITOR, "ines", ward.site)
    offer = {"trial": ward.world.trial, "site": ward.site, "by": by, "at": START, "reason": "x"}
    with pytest.raises(RolesClash):
        invite(who=Invited("nadia", "N", "C"), role=Role.MONITOR, **offer)  # type: ignore[arg-type]
    with pytest.raises(DutyHeld):
        invite(who=Invited("ines", "I", "R"), role=Role.MONITOR, **offer)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput):
        invite(who=Invited("x", "I", "R"), role=Role.MONITOR, **offer)  # type: ignore[arg-type]
    new = invite(who=Invited("anne", "Anne", "Petit"), role=Role.MONITOR, **offer)  # type: ignore[arg-type]
    accept(secret=new.secret, password=NEW, at=START)
    with pytest.raises(InvitationUseless):
        accept(secret=new.secret, password=NEW, at=START)
    with pytest.raises(InvitationUseless):
        cancel_invitation(invitation=new.invitation, by=by, at=START)
