"""What the clinic's worker does, made to fail at every line of ours that it runs, while letters are due.

Each task runs once and is put back, and then once more for each line that ran. After each failure the worker
goes on, as beat rings again. What `dosing.reminders.sending` and decision 6 promise must then hold: nothing
is lost, nothing that was noted as sent leaves again, and of a letter that left before it was noted there are
two at most, under one Message-ID. And each letter speaks only of those whom its reader may know of.
Runs inside the clinic's process, on SQLite.
"""

from __future__ import annotations

import email.policy
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from dosing.models import Reminder, ReminderState
from randomization.models import CodeBreakNotice
from tests.blinding.failing import Line, Tracer, forbidden, rows
from tests.blinding.people import People
from tests.blinding.reset_state import database_if_changed
from tests.blinding.watching import Watch
from trial.models import AuditEntry, ContactDetails, Delegation, Participant

LATER = timedelta(minutes=2)
"""When the worker is rung again: after every lease and the first wait."""
SENDING, OFTENER = ("dosing/reminders/sending.py", "randomization/code_break_mail.py"), 13
"""Where letters are claimed, sent and noted: of these lines so many times as many fail."""
BETWEEN = b"-" * 79
"""What Django's folder of mail writes below each letter."""


@dataclass(frozen=True)
class Settled:
    """What the worker left behind, whenever it did it."""

    reminders: dict[str, str]
    told: dict[int, tuple[str, ...]]
    entries: dict[str, int]
    rows: dict[str, int]


@dataclass
class Letters:
    """The letters that have left since the last look. `seen` are the files that were read before."""

    seen: set[str] = field(default_factory=set)

    def new(self) -> list[EmailMessage]:
        """Those of files that were not there before."""
        files = sorted(path for path in settings.MAIL_FOLDER.glob("*") if path.name not in self.seen)
        self.seen |= {path.name for path in files}
        parts = (part for path in files for part in path.read_bytes().split(BETWEEN))
        return [read(part.strip()) for part in parts if part.strip()]


def read(letter: bytes) -> EmailMessage:
    """A letter as its reader gets it."""
    return email.message_from_bytes(letter, EmailMessage, policy=email.policy.default)  # type: ignore[arg-type]


class FailingTasks:
    """One pass over the clinic's tasks, failing each at every so many-th of its lines.

    `torn` are the failures after which a promise did not hold; `told` the letters that say too much.
    """

    def __init__(self, people: People, watch: Watch, every: int) -> None:
        self.people, self.watch, self.every = people, watch, every
        self.torn, self.told, self.letters = list[str](), list[str](), Letters()
        self.at, self.reset = timezone.now(), database_if_changed()

    def run(self) -> None:
        """Fail every task of the clinic, and write down what came of it."""
        self.watch.keep_no_lines()
        words = "\n".join(f"{what}\t{word.decode()}" for what, word in forbidden(self.people).items())
        for name in task_names():
            self.fail(name)
        self.watch.look("forbidden", {"words": words.encode()})
        self.watch.look("half-written", {"torn": "\n".join(self.torn).encode()})
        self.watch.look("letters", {"told": "\n".join(self.told).encode()})

    def fail(self, name: str) -> None:
        """Run once to learn the lines and what is to come of it, then once for every so many-th of them."""
        learned = Tracer()
        self.start_anew()
        learned.during(lambda: self.work(name))
        whole = {identity(letter) for letter in self.letters.new()}
        self.go_on(name)
        wanted = settled()
        for line in self.chosen(list(learned.lines)):
            self.start_anew()
            Tracer(line).during(lambda: self.work(name))
            first, noted, half = self.letters.new(), noted_as_sent(), unpaired()
            self.go_on(name)
            again = self.letters.new()
            faults = [*half, *broken(first, again, noted, whole), *other_than(wanted, settled())]
            self.torn += [f"{name}, {short(line)}: {fault}" for fault in faults]
            self.told += [f"{name}, {short(line)}: {word}" for word in too_much([*first, *again])]
        self.start_anew()

    def chosen(self, lines: list[Line]) -> list[Line]:
        """Every so many-th line, and more of those that send."""
        sending = [line for line in lines if line[0].endswith(SENDING)]
        others = [line for line in lines if line not in set(sending)]
        return sending[:: max(1, self.every // OFTENER)] + others[:: self.every]

    def start_anew(self) -> None:
        """As it was before anything was sent."""
        self.reset()
        self.watch.fixed.move_to(self.at)
        self.letters.new()

    def go_on(self, name: str) -> None:
        """Let the worker run when beat rings again."""
        self.watch.fixed.move_to(self.at + LATER)
        self.work(name)

    def work(self, name: str) -> None:
        """The worker runs the task; what it keeps of a failure is noted as its outcome."""
        from trial.celery import app

        result = self.watch.act(f"worker runs {name}", lambda: app.tasks[name].apply(throw=False))
        words = f"{result.state}\n{result.result!r}\n{result.traceback or ''}"
        self.watch.look(f"outcome of {name}", {"outcome": words.encode()})


def task_names() -> list[str]:
    """The clinic's tasks."""
    from trial.celery import app

    return sorted(name for name in app.tasks if not name.startswith("celery."))


def short(line: Line) -> str:
    """A line for a person to read."""
    return f"{'/'.join(line[0].split('/')[-2:])}:{line[1]}"


def identity(letter: EmailMessage) -> str:
    """What is the same in both copies of a letter that is sent twice."""
    return str(letter["Message-ID"])


def settled() -> Settled:
    """The state of every reminder and notice, what the trail says of them, and how many rows there are."""
    entries = AuditEntry.objects.values_list("action", "subject")
    return Settled(
        dict(Reminder.objects.values_list("key", "state")),
        {notice.pk: tuple(notice.told or ()) for notice in CodeBreakNotice.objects.exclude(sent_at=None)},
        dict(Counter(" ".join(entry) for entry in entries)),
        dict(rows()),
    )


def noted_as_sent() -> set[str]:
    """The Message-IDs of all letters that are noted as sent at this moment."""
    staff = Delegation.objects.values_list("user__email", flat=True).distinct()
    addresses = [*staff, *ContactDetails.objects.values_list("email", flat=True).distinct()]
    marks = (
        hashlib.sha256(f"{reminder}/{address}".encode()).hexdigest()[:32]
        for reminder in Reminder.objects.filter(state=ReminderState.SENT).values_list("pk", flat=True)
        for address in addresses
    )
    notices = (
        f"<code-break-{notice.pk}-{manager}@velum>"
        for notice in CodeBreakNotice.objects.all()
        for manager in notice.told or ()
    )
    return {*(f"<{mark}@velum>" for mark in marks), *notices}


def unpaired() -> Iterator[str]:
    """Reminders that are noted as sent and stand not once in the trail, and the other way round."""
    sent = Counter(Reminder.objects.filter(state=ReminderState.SENT).values_list("key", flat=True))
    entered = Counter(body["reminder"] for body in bodies("reminder.sent"))
    for key in sent | entered:
        if sent[key] != entered[key]:
            yield f"{key} is noted as sent {sent[key]} times and entered {entered[key]} times"


def bodies(action: str) -> Iterator[dict[str, Any]]:
    """What the trail says of each act of that name."""
    yield from map(json.loads, AuditEntry.objects.filter(action=action).values_list("body", flat=True))


def broken(
    first: list[EmailMessage], again: list[EmailMessage], noted: set[str], whole: set[str]
) -> Iterator[str]:
    """What is wrong with the letters of a failed run and of those after it, against those of a whole one."""
    before, after = Counter(map(identity, first)), Counter(map(identity, again))
    twice = {mark for mark, times in (before + after).items() if times > 1}
    for mark in sorted(whole - before.keys() - after.keys()):
        yield f"the letter {mark} was lost"
    for mark in sorted(before.keys() | after.keys()):
        if mark not in whole:
            yield f"the letter {mark} should not have left"
        if (before + after)[mark] > 2:
            yield f"the letter {mark} left {(before + after)[mark]} times"
    for mark in sorted(after.keys() & noted):
        yield f"the letter {mark} was noted as sent and left again"
    if len(twice) > 1:
        yield f"{len(twice)} letters left twice; of one at a time it can be unknown whether it left"


def other_than(wanted: Settled, found: Settled) -> Iterator[str]:
    """What did not come to the end that it comes to when nothing fails."""
    for part in ("reminders", "told", "entries", "rows"):
        one, other = getattr(wanted, part), getattr(found, part)
        for key in sorted(one.keys() | other.keys(), key=str):
            if one.get(key) != other.get(key):
                yield f"{part}: {key} is {other.get(key)} in the end, not {one.get(key)}"


def too_much(letters: list[EmailMessage]) -> Iterator[str]:
    """Letters that name a participant of whom their reader is not told."""
    numbers = set(Participant.objects.values_list("number", flat=True))
    for letter in letters:
        known, text = known_to(str(letter["To"])), f"{letter.as_string()}\n{letter.get_content()}"
        for number in sorted(numbers - known):
            if number in text:
                yield f"a letter to {letter['To']} names {number}"


def known_to(address: str) -> set[str]:
    """Participants of whom the reader at this address may be told: those of their sites, or themselves."""
    own = set(ContactDetails.objects.filter(email=address).values_list("participant__number", flat=True))
    duties = Delegation.objects.filter(user__email=address, ended_at=None)
    places = Q(pk__in=[])
    for duty in duties:
        places |= Q(trial=duty.trial_id) & (Q(site=duty.site_id) if duty.site_id else Q())
    return own | set(Participant.objects.filter(places).values_list("number", flat=True))
