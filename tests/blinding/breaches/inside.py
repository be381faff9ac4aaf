"""Leaks that no answer shows: statements, loops, randomness, logs, mail, tasks, rows, files."""

from __future__ import annotations

import hashlib
import logging
import uuid
from typing import Any

from tests.blinding.breaches import Secret, breach
from tests.blinding.breaches.hooks import as_if_written_in, on_answer, on_any_answer, on_draw


@breach("one more query for one arm")
def extra_query(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        from trial.models import Site

        for _ in range(held["index"]):
            Site.objects.count()

    on_answer("participant", secret=secret, change=change)


@breach("the arm as a parameter of a query")
def query_parameter(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        from trial.models import Site

        Site.objects.filter(city=held["label"]).exists()

    on_answer("participant", secret=secret, change=change)


@breach("a loop that runs longer for one arm, and does nothing else")
def loop_length(secret: Secret) -> None:
    source = "def count(times):\n    for _ in range(times):\n        pass\n"
    count = as_if_written_in("randomization/queries.py", source)["count"]
    on_answer("participant", secret=secret, change=lambda _, r, held: count(held["index"]))


@breach("a branch of another length")
def branch(secret: Secret) -> None:
    source = "def choose(arm):\n    if arm == 2:\n        return None\n    return None\n"
    choose = as_if_written_in("dosing/reading/queries.py", source)["choose"]
    on_answer("api-calendar", secret=secret, change=lambda _, r, held: choose(held["index"]))


@breach("calls in a library, more for one arm")
def library_calls(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        from django.utils.html import escape

        for _ in range(held["index"]):
            escape("x")

    on_answer("receipt", "participant", secret=secret, change=change)


@breach("one more draw of randomness for one arm", until="monday")
def random_draw(secret: Secret) -> None:
    on_draw(secret, lambda envelope, held: held["index"] == 2 and uuid.uuid4())  # type: ignore[func-returns-value]


@breach("a row in a table for each arm", until="monday")
def row_per_arm(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        from dosing.models import Heartbeat

        Heartbeat.objects.update_or_create(name=f"arm {held['index']}", defaults={"at": envelope.drawn_at})

    on_draw(secret, then)


@breach("a gap in the primary keys for one arm", until="monday")
def id_gap(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        from trial.models import ParticipantStatus

        if held["index"] == 2:
            highest = ParticipantStatus.objects.order_by("-pk").values_list("pk", flat=True)[0]
            ParticipantStatus.objects.create(
                pk=highest + 2,
                participant=envelope.participant,
                sequence=90,
                status="randomized",
                by=envelope.drawn_by,
                at=envelope.drawn_at,
            )

    on_draw(secret, then)


@breach("an unsalted hash of the arm in the trail", until="monday")
def unsalted_hash(secret: Secret) -> None:
    from trial.audit import record

    def then(envelope: Any, held: dict[str, Any]) -> None:
        digest = hashlib.sha256(held["arm"].encode()).hexdigest()
        person = envelope.participant
        record(
            action="envelope.hashed",
            subject=person.number,
            by=envelope.drawn_by,
            at=envelope.drawn_at,
            trial=person.trial,
            site=person.site,
            body={"seal": digest},
        )

    on_draw(secret, then)


@breach("a log line that names the arm", until="monday")
def log_line(secret: Secret) -> None:
    on_draw(secret, lambda envelope, held: logging.getLogger("randomization").info("drew %s", held["arm"]))


@breach("a traceback in the log, for one arm", until="monday")
def log_traceback(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        try:
            [1, 2][held["index"]]
        except IndexError:
            logging.getLogger("randomization").exception("looking up a dose")

    on_draw(secret, then)


@breach("the arm in a reminder", until="monday")
def mail_text(secret: Secret) -> None:
    from dosing.reminders import sending

    real = sending._message

    def message(reminder: Any, *more: Any, **named: Any) -> Any:
        written = real(reminder, *more, **named)
        held = secret.of(reminder.participant.number)
        written.body += held["label"] if held else ""
        return written

    sending._message = message


@breach("a header of a reminder", until="monday")
def mail_header(secret: Secret) -> None:
    from dosing.reminders import sending

    real = sending._message

    def message(reminder: Any, *more: Any, **named: Any) -> Any:
        written = real(reminder, *more, **named)
        held = secret.of(reminder.participant.number)
        written.extra_headers["X-Priority"] = str(held["index"] if held else 9)
        return written

    sending._message = message


@breach("a mail to the depot when one arm is drawn", until="monday")
def mail_to_depot(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        from django.core.mail import send_mail

        if held["index"] == 2:
            send_mail("Resupply", "One more, please.", "velum@localhost", ["depot@hospital.example"])

    on_draw(secret, then)


@breach("a reminder that falls due at another time for one arm", until="monday")
def mail_time(secret: Secret) -> None:
    from datetime import timedelta

    from dosing.reminders import planning

    real = planning._write

    def write(participant: Any, wanted: Any, *more: Any) -> None:
        from dataclasses import replace

        held = secret.of(participant.number)
        shift = timedelta(seconds=held["index"] if held else 0)
        real(
            participant, {key: replace(due, due_at=due.due_at + shift) for key, due in wanted.items()}, *more
        )

    planning._write = write


@breach("a task with the arm among its arguments", until="monday")
def task_message(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        from trial.celery import app

        app.send_task("dosing.tasks.send_due_reminders", kwargs={"arm": held["arm"]})

    on_draw(secret, then)


@breach("a task that is called for one arm only", until="monday")
def task_call(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        from trial.celery import app

        if held["index"] == 1:
            app.send_task("dosing.tasks.send_due_reminders")

    on_draw(secret, then)


@breach("the arm in the session")
def session(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        request.session["last"] = held["index"]
        request.session.save()

    on_answer("participant", secret=secret, change=change)


@breach("the arm in a cache", until="monday")
def cache_entry(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        from django.core.cache import cache

        cache.set(f"envelope {envelope.number}", held["arm"], 10**8)

    on_draw(secret, then)


@breach("a file left behind for one arm")
def temporary_file(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        from django.conf import settings

        (settings.VELUM_HOME / f"export-{held['index']}.tmp").write_text("x")

    on_draw(secret, then)


@breach("the arm in the answer kept under an Idempotency-Key", until="monday")
def kept_answer(secret: Secret) -> None:
    from trial.rest import idempotency

    real = idempotency.keep

    def keep(request: Any, data: Any, **given: Any) -> None:
        number = request.parser_context["kwargs"].get("number", "")
        held = secret.of(number) if number else None
        real(request, data, **given | {"body": given["body"] + (" " * held["index"] if held else "")})

    idempotency.keep = keep


@breach("a failure whose message names the arm", wall="errors")
def telling_failure(secret: Secret) -> None:
    def change(request: Any, response: Any, held: dict[str, Any]) -> None:
        if request.method == "GET":
            raise LookupError(f"no such dose: {held['arm']}")

    on_answer("api-calendar", "participant", secret=secret, change=change)


@breach("an act that is half-written when it fails", wall="errors")
def half_written(secret: Secret) -> None:
    """A row of it is written in a transaction of its own."""
    from randomization import correction_views
    from randomization.models import TrueStratum

    real = correction_views.flag_randomized_in_error

    def in_two(*, participant: Any, reason: str, by: Any, at: Any, hand: Any) -> Any:
        known = {"participant": participant, "drawn_as": participant.stratum, "key": participant.stratum}
        TrueStratum.objects.create(**known, reason=reason, by=by, at=at)
        return real(participant=participant, reason=reason, by=by, at=at, hand=hand)

    correction_views.flag_randomized_in_error = in_two


@breach("an address that is closed to everybody, so that nothing of its view could fail", wall="errors")
def closed_to_all(secret: Secret) -> None:
    def change(request: Any, response: Any) -> None:
        response.status_code = 403

    on_any_answer("progress_file", change=change)


@breach("a letter that names somebody of the other hospital", wall="errors", until="wednesday")
def letter_elsewhere(secret: Secret) -> None:
    from dosing.reminders import sending
    from trial.models import Participant

    real = sending._message

    def message(reminder: Any, *more: Any, **named: Any) -> Any:
        written = real(reminder, *more, **named)
        other = Participant.objects.exclude(site=reminder.participant.site).order_by("pk")[0]
        written.body += other.number
        return written

    sending._message = message


@breach("a reminder that is noted as sent before it leaves", wall="errors", until="wednesday")
def reminder_lost(secret: Secret) -> None:
    from dosing.models import ReminderState
    from dosing.reminders import sending

    def send(reminder: Any, connection: Any, now: Any) -> bool:
        messages = sending._messages(reminder)
        sending._settle(reminder, ReminderState.SENT, now())
        sending._deliver(messages, connection)
        return True

    sending._send = send


@breach("reminders that are noted as sent only when all have left", wall="errors", until="wednesday")
def reminders_twice(secret: Secret) -> None:
    from dosing.models import ReminderState
    from dosing.reminders import sending

    def send_all(claimed: Any, connection: Any, now: Any) -> int:
        for reminder in claimed:
            sending._deliver(sending._messages(reminder), connection)
        for reminder in claimed:
            sending._settle(reminder, ReminderState.SENT, now())
        return len(claimed)

    sending._send_all = send_all


@breach("the arm in what is logged of a task that failed", wall="errors", until="wednesday")
def failure_in_log(secret: Secret) -> None:
    from dosing import tasks

    real = tasks.tick

    def tick(**asked: Any) -> int:
        try:
            return real(**asked)
        except Exception:
            held = next(iter(secret.facts["envelopes"].values()))
            logging.getLogger("dosing").warning("stopped at a dose of %s", held["arm"])
            raise

    tasks.tick = tick
