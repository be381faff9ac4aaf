"""Sending reminders to a real mail server: what arrives, what waits, what is given up, what is never sent."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from dosing.core.events import Event
from dosing.models import Heartbeat, Reminder
from dosing.reminders import planning, sending
from dosing.reminders.sending import LEASE, send_due
from dosing.services.status import hold, withdraw
from dosing.tasks import send_due_reminders
from dosing.tick import tick
from randomization.verifying.chains import trail_reports
from tests.dosing.letterbox import BUSY, GREYLISTED, NO_SUCH_MAILBOX, Letterbox
from tests.site_fixture import MONDAY, SiteFixture, paris
from tests.trial_fixture import START
from trial.audit import record_about
from trial.models import AuditChain, AuditEntry, Participant
from trial.permissions import Role
from trial.protocol.files import PROTOCOLS

EVENING = paris("2015-10-11 18:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def participant(ward: SiteFixture) -> Participant:
    """Day 1 is Monday; the reminders of the course and of the first visit are due on Sunday at six."""
    return ward.booked(MONDAY, email="anne@example.org")


@pytest.fixture
def visit(participant: Participant) -> Reminder:
    """The one reminder that this test is about; all others are put away."""
    reminder = Reminder.objects.get(event="visit:V1", recipient="participant")
    Reminder.objects.exclude(pk=reminder.pk).update(state="cancelled")
    return reminder


def state(reminder: Reminder) -> str:
    reminder.refresh_from_db()
    return reminder.state


def test_what_is_due_is_sent_once_and_said_in_the_trail(participant: Participant, post: Letterbox) -> None:
    assert send_due(at=EVENING - MINUTE) == 0
    assert send_due(at=EVENING) == 2
    assert send_due(at=EVENING + 10 * MINUTE) == 0
    assert post.to() == ["anne@example.org"] * 2
    entries = AuditEntry.objects.filter(action="reminder.sent")
    assert [(entry.actor, entry.subject) for entry in entries] == [("velum", participant.number)] * 2


def test_a_slow_mail_server_lets_no_entry_run_back_in_time(
    ward: SiteFixture, participant: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each letter takes fifty seconds; somebody at the site enters something after each of them."""
    with time_machine.travel(EVENING, tick=False) as now:

        def slowly(message: EmailMessage) -> int:
            now.shift(50)
            participant_was_seen(participant, ward)
            return 1

        monkeypatch.setattr(EmailMessage, "send", slowly)
        send_due_reminders()
        reports = trail_reports(AuditChain, AuditEntry, sealed=False, clock=timezone.now)
        assert [str(report.fault) for report in reports if report.fault] == []
        sent = AuditEntry.objects.filter(action="reminder.sent").order_by("id").values_list("at", flat=True)
        assert list(sent) == [EVENING + timedelta(seconds=50 * count) for count in (1, 2)]
        assert Heartbeat.objects.get(name="reminders").at == timezone.now()


def test_a_tick_ends_while_no_mail_server_answers(
    participant: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first letter's wait is over before the last one was tried: it is for another tick all the same."""
    with time_machine.travel(EVENING, tick=False) as now:
        tries = iter(range(20))

        def nobody_answers(_backend: object) -> None:
            next(tries)  # a tick that goes on and on ends here, with StopIteration
            now.shift(50)
            raise TimeoutError

        monkeypatch.setattr("django.core.mail.backends.smtp.EmailBackend.open", nobody_answers)
        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.open", nobody_answers)

        assert send_due(at=EVENING, batch=1, clock=timezone.now) == 0

    tried = Reminder.objects.filter(attempts__gt=0).values_list("attempts", "state")
    assert set(tried) == {(1, "open")}
    assert len(tried) > 1


def participant_was_seen(participant: Participant, ward: SiteFixture) -> None:
    """Another entry in the chain of that site, of this moment."""
    with transaction.atomic():
        record_about(participant, "visit.recorded", by=ward.nurse, at=timezone.now())


def test_a_tick_leaves_a_heartbeat(participant: Participant, post: Letterbox) -> None:
    assert tick(at=EVENING) == 2
    assert Heartbeat.objects.get(name="reminders").at == EVENING


def test_a_letter_says_number_day_and_place(
    ward: SiteFixture, participant: Participant, visit: Reminder, post: Letterbox
) -> None:
    send_due(at=EVENING)
    (letter,) = post.letters
    assert letter.message["Subject"] == "Your appointment on Monday 12 October 2015"
    assert participant.number in letter.text and ward.site.name in letter.text
    assert "Monday 12 October 2015" in letter.text


def test_the_day_is_written_in_the_language_of_whoever_reads_it(
    ward: SiteFixture, participant: Participant, visit: Reminder, post: Letterbox
) -> None:
    ward.contact(participant, "anne@example.org", language="fr")
    send_due(at=EVENING)
    assert "lundi 12 octobre 2015" in post.letters[0].text


# --- What a stranger may read --------------------------------------------------------------------


def secret_words() -> set[str]:
    """Words of the protocol that name the trial, what is studied, what is given, or an arm."""
    protocol = tomllib.loads((PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8"))
    trial, arms = protocol["trial"], protocol["arms"]
    texts = [trial["key"], trial["acronym"], trial["sponsor"], *trial["title"].values()]
    texts += [*trial["identifiers"].values(), *(arm["code"] for arm in arms)]
    texts += [text for row in (*arms, *protocol["drugs"]) for text in row["label"].values()]
    texts += [row["product"] for arm in arms for row in arm["preparations"]]
    words = {word.lower() for text in texts for word in re.findall(r"[\w-]+", text)}
    return {word for word in words if len(word) > 3 or word.isupper()} | {"als", "sla", "miu", "il-2"}


def test_the_list_of_secret_words_knows_them() -> None:
    assert {
        "imodals",
        "sclerosis",
        "sclérose",
        "placebo",
        "aldesleukin",
        "nct02059759",
        "il2-1miu",
        "injection",
    } <= (secret_words())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_letter_names_trial_drug_disease_or_arm(ward: SiteFixture, post: Letterbox, language: str) -> None:
    ward.worker(Role.STUDY_NURSE, "claire", ward.site, email="claire@chu.example")
    participant = ward.booked(MONDAY, email="anne@example.org")
    ward.contact(participant, "anne@example.org", language=language)
    for row in Reminder.objects.order_by("due_at"):
        send_due(at=row.due_at)
    raw = "\n".join(f"{letter.message.as_string()}\n{letter.text}" for letter in post.letters)
    found = {
        word for word in secret_words() if re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", raw.lower())
    }
    assert len(post.letters) == 32
    assert found == set()


def test_each_letter_has_one_recipient(ward: SiteFixture, participant: Participant, post: Letterbox) -> None:
    for name in ("claire", "denis"):
        ward.worker(Role.STUDY_NURSE, name, ward.site, email=f"{name}@chu.example")
    send_due(at=EVENING)
    assert (
        sorted(post.to()) == ["anne@example.org"] * 2 + ["claire@chu.example"] * 2 + ["denis@chu.example"] * 2
    )
    assert {len(letter.recipients) for letter in post.letters} == {1}
    assert all(letter.message["To"] == letter.recipients[0] for letter in post.letters)
    assert not any(letter.message["Cc"] or letter.message["Bcc"] for letter in post.letters)


def test_nurses_of_other_sites_and_ended_duties_get_nothing(
    ward: SiteFixture, participant: Participant, post: Letterbox
) -> None:
    ward.worker(Role.STUDY_NURSE, "elsewhere", ward.second_site(), email="elsewhere@chu.example")
    ward.worker(Role.MONITOR, "monitor", None, email="monitor@cro.example")
    left = ward.worker(Role.STUDY_NURSE, "left", ward.site, email="left@chu.example")
    left.ended_at = START
    left.save(update_fields=["ended_at"])
    send_due(at=EVENING)
    assert set(post.to()) == {"anne@example.org"}


def test_an_inactive_person_gets_nothing_until_the_account_is_active_again(
    ward: SiteFixture, participant: Participant, visit: Reminder, post: Letterbox
) -> None:
    Reminder.objects.filter(pk=visit.pk).update(recipient="site")
    user = ward.worker(Role.STUDY_NURSE, "claire", ward.site, email="claire@chu.example").user
    ward.worker(Role.STUDY_NURSE, "denis", ward.site, email="denis@chu.example")
    for active in (False, True):
        type(user).objects.filter(pk=user.pk).update(is_active=active)
        Reminder.objects.filter(pk=visit.pk).update(state="open")
        send_due(at=EVENING)
    assert post.to() == ["denis@chu.example", "claire@chu.example", "denis@chu.example"]


# --- What is not sent ----------------------------------------------------------------------------


def test_without_an_address_a_reminder_is_skipped(ward: SiteFixture, post: Letterbox) -> None:
    ward.booked(MONDAY)
    assert send_due(at=EVENING) == 0
    assert set(Reminder.objects.filter(due_at__lte=EVENING).values_list("state", flat=True)) == {"skipped"}
    assert post.letters == []


def test_an_address_given_up_before_sending_gets_nothing(
    ward: SiteFixture, participant: Participant, visit: Reminder, post: Letterbox
) -> None:
    withdraw(participant=participant, scope="reminders", reason="Enough.", by=ward.nurse, at=START)
    Reminder.objects.filter(pk=visit.pk).update(state="open")
    assert send_due(at=EVENING) == 0
    assert (state(visit), post.letters) == ("skipped", [])


def test_when_the_day_has_passed_nobody_is_woken_for_it(visit: Reminder, post: Letterbox) -> None:
    assert send_due(at=paris("2015-10-13 03:00")) == 0
    assert (state(visit), post.letters) == ("overdue", [])


def test_on_the_day_itself_a_late_reminder_still_goes(visit: Reminder, post: Letterbox) -> None:
    assert send_due(at=paris("2015-10-12 07:00")) == 1


@pytest.mark.parametrize("stop", ["trial", "cancelled"])
def test_what_was_stopped_between_claim_and_sending_is_not_sent(
    ward: SiteFixture,
    participant: Participant,
    visit: Reminder,
    post: Letterbox,
    monkeypatch: pytest.MonkeyPatch,
    stop: str,
) -> None:
    def claim_and_stop(at: datetime, batch: int, until: datetime) -> list[Reminder]:
        rows = claim(at, batch, until=until)
        if rows and stop == "trial":
            withdraw(participant=participant, scope="trial", reason="Leaves.", by=ward.nurse, at=at)
        elif rows:
            planning.close_reminders(participant=participant, event=Event.visit("V1"))
        return rows

    claim = sending._claim
    monkeypatch.setattr(sending, "_claim", claim_and_stop)
    assert send_due(at=EVENING) == 0
    assert (state(visit), post.letters) == ("cancelled", [])


@pytest.mark.parametrize(("event", "sent"), [("visit:V1", 1), ("course:1", 0)])
def test_a_hold_between_claim_and_sending_stops_what_is_of_an_injection_alone(
    ward: SiteFixture,
    participant: Participant,
    post: Letterbox,
    monkeypatch: pytest.MonkeyPatch,
    event: str,
    sent: int,
) -> None:
    """The row is put back to open, as if the hold had closed none."""
    one = Reminder.objects.get(event=event, recipient="participant")
    Reminder.objects.exclude(pk=one.pk).update(state="cancelled")

    def claim_and_hold(at: datetime, batch: int, until: datetime) -> list[Reminder]:
        rows = claim(at, batch, until=until)
        if rows:
            hold(participant=participant, reason="Fever.", until=None, by=ward.investigator, at=at)
            Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(state="open")
        return rows

    claim = sending._claim
    monkeypatch.setattr(sending, "_claim", claim_and_hold)
    assert send_due(at=EVENING) == sent
    assert len(post.letters) == sent


# --- A server that says no -----------------------------------------------------------------------


def test_a_temporary_no_is_tried_again_after_1_5_and_15_minutes(visit: Reminder, post: Letterbox) -> None:
    post.answers["anne@example.org"] = [GREYLISTED] * 4
    at, waits = EVENING, []
    for _attempt in range(4):
        assert send_due(at=at) == 0
        visit.refresh_from_db()
        waits.append((visit.claimed_until - at) // MINUTE)
        assert send_due(at=visit.claimed_until - timedelta(seconds=1)) == 0
        at = visit.claimed_until
    assert waits == [1, 5, 15, 15]
    assert send_due(at=at) == 1
    assert (state(visit), len(post.letters)) == ("sent", 1)


@pytest.mark.parametrize("answer", [GREYLISTED, BUSY])
def test_a_server_out_of_order_until_the_day_has_passed_ends_as_overdue(
    visit: Reminder, post: Letterbox, answer: str
) -> None:
    post.answers["anne@example.org"] = [answer] * 200
    at, end = EVENING, paris("2015-10-13 00:00")
    while at < end:
        send_due(at=at)
        at += 60 * MINUTE
    send_due(at=end)
    assert (state(visit), visit.failure != "", post.letters) == ("overdue", True, [])


def test_a_final_no_fails_at_once_and_for_everyone_to_see(visit: Reminder, post: Letterbox) -> None:
    post.answers["anne@example.org"] = [NO_SUCH_MAILBOX]
    assert send_due(at=EVENING) == 0
    assert (state(visit), visit.failure) == ("failed", "SMTPRecipientsRefused")
    assert AuditEntry.objects.last().action == "reminder.failed"
    assert send_due(at=EVENING + 60 * MINUTE) == 0


def test_no_address_is_noted_with_a_failure(visit: Reminder, post: Letterbox) -> None:
    post.answers["anne@example.org"] = [NO_SUCH_MAILBOX]
    send_due(at=EVENING)
    visit.refresh_from_db()
    assert "anne" not in visit.failure
    assert not AuditEntry.objects.filter(body__contains="anne").exists()


def test_one_closed_mailbox_keeps_no_colleague_from_the_reminder(
    ward: SiteFixture, participant: Participant, post: Letterbox
) -> None:
    reminder = Reminder.objects.get(event="visit:V1", recipient="site")
    Reminder.objects.exclude(pk=reminder.pk).update(state="cancelled")
    for name in ("claire", "denis"):
        ward.worker(Role.STUDY_NURSE, name, ward.site, email=f"{name}@chu.example")
    post.answers["claire@chu.example"] = [NO_SUCH_MAILBOX]
    assert send_due(at=EVENING) == 1
    assert (post.to(), state(reminder)) == (["denis@chu.example"], "sent")


@pytest.mark.parametrize("fault", ["hang up after", "anne@example.org"])
def test_trouble_with_one_letter_leaves_the_others_alone(
    ward: SiteFixture, visit: Reminder, post: Letterbox, fault: str
) -> None:
    other = ward.booked(MONDAY, email="bert@example.org")
    post.answers[fault] = [NO_SUCH_MAILBOX if "@" in fault else "once"]
    send_due(at=EVENING)
    assert set(
        Reminder.objects.filter(participant=other, due_at=EVENING).values_list("attempts", flat=True)
    ) == {1}
    assert post.to() == ["bert@example.org"] * 2 if "@" in fault else len(post.letters) == 2


def test_a_row_that_cannot_be_written_is_left_aside_and_the_others_are_sent(
    ward: SiteFixture, visit: Reminder, post: Letterbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ward.booked(MONDAY, email="bert@example.org")
    write = sending._message

    def broken_for_one(reminder: Reminder, address: str, language: str) -> EmailMessage:
        if reminder.pk == visit.pk:
            raise ValueError("a broken template")
        return write(reminder, address, language)

    monkeypatch.setattr(sending, "_message", broken_for_one)
    assert send_due(at=EVENING) == 2
    assert (state(visit), visit.failure, post.to()) == ("open", "ValueError", ["bert@example.org"] * 2)


def test_a_server_that_is_down_delays_all_and_loses_nothing(
    participant: Participant, post: Letterbox, settings: object
) -> None:
    settings.EMAIL_PORT = 1  # type: ignore[attr-defined]
    for minute in range(60):
        assert send_due(at=EVENING + minute * MINUTE) == 0
    settings.EMAIL_PORT = post.port  # type: ignore[attr-defined]
    assert send_due(at=EVENING + 60 * MINUTE) == 2


# --- Lease and fence -----------------------------------------------------------------------------


def test_a_claim_that_has_run_out_is_taken_over(visit: Reminder, post: Letterbox) -> None:
    assert sending._claim(EVENING, 50) == [visit]
    assert send_due(at=EVENING + LEASE - timedelta(seconds=1)) == 0
    assert send_due(at=EVENING + LEASE) == 1
    assert state(visit) == "sent"


def test_a_worker_that_lost_its_lease_neither_sends_nor_records(visit: Reminder, post: Letterbox) -> None:
    (slow,) = sending._claim(EVENING, 50)
    (fast,) = sending._claim(EVENING + LEASE, 50)
    with sending.get_connection() as connection:
        assert sending._send(slow, connection, lambda: EVENING + LEASE) is False
        assert (state(visit), post.letters) == ("open", [])
        assert sending._send(fast, connection, lambda: EVENING + LEASE) is True
    assert (state(visit), len(post.letters)) == ("sent", 1)


def test_a_worker_that_lost_its_lease_while_sending_does_not_record(visit: Reminder, post: Letterbox) -> None:
    (slow,) = sending._claim(EVENING, 50)
    (fast,) = sending._claim(EVENING + LEASE, 50)
    sending._settle(slow, planning.ReminderState.FAILED, EVENING + LEASE)
    sending._failed(slow, TimeoutError(), EVENING + LEASE)
    visit.refresh_from_db()
    assert (visit.state, visit.claim, visit.failure) == ("open", fast.claim, "")
    assert not AuditEntry.objects.filter(action__startswith="reminder.").exists()


def test_a_message_that_was_sent_twice_can_be_told_by_its_message_id(
    visit: Reminder, post: Letterbox
) -> None:
    for _crash in range(2):
        send_due(at=EVENING)
        Reminder.objects.filter(pk=visit.pk).update(state="open", claimed_until=None)
    first, second = post.letters
    assert first.said == second.said
    assert re.fullmatch(r"<[0-9a-f]{32}@velum>", first.message["Message-ID"])


def test_each_message_has_an_id_of_its_own(
    ward: SiteFixture, participant: Participant, post: Letterbox
) -> None:
    ward.worker(Role.STUDY_NURSE, "claire", ward.site, email="claire@chu.example")
    send_due(at=EVENING)
    assert len({letter.message["Message-ID"] for letter in post.letters}) == len(post.letters) == 4


def test_the_key_of_a_reminder_is_unique(visit: Reminder, participant: Participant) -> None:
    keys = list(Reminder.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys)) == 32
    assert visit.key == f"nct02059759/{participant.number}/P-VISIT/visit:V1/{date(2015, 10, 12)}"


def test_a_text_that_no_version_knows_is_not_mailed_as_another_kind(visit: Reminder, post: Letterbox) -> None:
    Reminder.objects.filter(pk=visit.pk).update(event="call:1")

    send_due(at=EVENING)

    visit.refresh_from_db()
    assert (visit.state, visit.sent_at, visit.failure) == ("open", None, "UnknownEvent")
