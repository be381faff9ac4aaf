"""The reminders of a site, and in an installation without a mail server the messages themselves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from dosing.models import Reminder, ReminderState
from trial.models import Delegation, Site
from trial.queries import participants_for, sites_for
from trial.wording.words import moment

BETWEEN_MESSAGES = b"\n" + b"-" * 79 + b"\n"
"""What Django's mail folder writes between the messages of one file."""


@dataclass(frozen=True)
class Letter:
    """One message from the folder. `to` shows no whole address; `sent` is told by the site's wall clock."""

    to: str
    subject: str
    body: str
    sent: str


def reminders_done(by: Delegation) -> QuerySet[Reminder]:
    """The reminders within reach of which something became, the latest first."""
    return _within_reach(by).exclude(state=ReminderState.OPEN).order_by("-due_at", "-id")


def reminders_ahead(by: Delegation) -> QuerySet[Reminder]:
    """The reminders within reach that are still to be sent, the next one first."""
    return _within_reach(by).filter(state=ReminderState.OPEN).order_by("due_at", "id")


def _within_reach(by: Delegation) -> QuerySet[Reminder]:
    reach = participants_for(by).values("pk")
    return Reminder.objects.filter(participant__in=reach).select_related("participant__site")


def keeps_a_folder() -> bool:
    """Whether messages are written to a folder instead of being sent."""
    return str(settings.EMAIL_BACKEND).endswith("filebased.EmailBackend")


def letters(by: Delegation, *, most: int) -> list[Letter]:
    """The newest messages in the folder that name a participant within reach, newest first."""
    folder = Path(settings.EMAIL_FILE_PATH)
    if not keeps_a_folder() or not folder.is_dir():
        return []
    site = sites_for(by)[0]
    numbers = set(participants_for(by).values_list("number", flat=True))
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    found: list[Letter] = []
    for path in files:
        found += [letter for letter in _read(path, site) if numbers & _numbers_in(letter)]
        if len(found) >= most:
            break
    return found[:most]


def _read(path: Path, site: Site) -> list[Letter]:
    parts = [part for part in path.read_bytes().split(BETWEEN_MESSAGES) if part.strip()]
    return [_letter(part, site) for part in reversed(parts)]


def _letter(raw: bytes, site: Site) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    body = message.get_body(preferencelist=("plain",))
    return Letter(
        to=masked(str(message["To"])),
        subject=str(message["Subject"]),
        body=body.get_content().strip() if body else "",
        sent=moment(parsedate_to_datetime(str(message["Date"])), site),
    )


def masked(address: str) -> str:
    """`m…@example.org`: enough to recognise, too little to write to."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}…@{host}"


def _numbers_in(letter: Letter) -> set[str]:
    return set(re.findall(r"[A-Z]+-[0-9]+-[0-9]", f"{letter.subject} {letter.body}"))
