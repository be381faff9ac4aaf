"""Nightly anchors: the heads of a door's chains, in a file and by mail to people outside.

Only whoever kept a head elsewhere can show that a whole history was written anew, or its end cut off. The
clinic's anchor holds the heads of blinded chains alone; the one with the sealed heads is made and sent by a
process of the pharmacy door.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage

from trial.audit import chain_name
from trial.models import AuditChainBase, AuditEntryBase

logger = logging.getLogger(__name__)

AT_NIGHT = 2
"""From this hour on, in UTC, the anchor of the day is made."""

RETRY = timedelta(minutes=15)
"""Dead mail is tried again so long after it failed."""


@dataclass(frozen=True)
class Head:
    """The head of one chain: its name, how many entries it has, and the hash of the last one."""

    chain: str
    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain} {self.sequence} {self.hash}"


def heads(chains: type[AuditChainBase]) -> list[Head]:
    """The heads of all chains of one trail that have an entry."""
    rows = chains._default_manager.filter(sequence__gt=0).select_related("trial").order_by("pk")
    found = (Head(chain_name(row), row.sequence, row.head) for row in rows)
    return sorted(found, key=lambda head: head.chain)


def anchor_tonight(trail: str, chains: type[AuditChainBase], *, at: datetime) -> Path | None:
    """Make the anchor of that day, once, from two at night on, and mail it. Returns its file when it is new.

    `trail` is `blinded` or `sealed`. Where mail is dead the file stands, and the mail is tried again.
    """
    if at.hour < AT_NIGHT:
        return None
    path = settings.VELUM_ANCHORS / f"{trail}-{at:%Y-%m-%d}.txt"
    try:
        new = not path.exists() and make_anchor(path, chains, at=at)
        _mail(path, at)
    except OSError as fault:
        logger.warning("alarm: the anchor %s was not written: %s", path.name, type(fault).__name__)
        return None
    return path if new else None


def make_anchor(path: Path, chains: type[AuditChainBase], *, at: datetime) -> bool:
    """Write the heads into a new file; False where somebody else has just done so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"# heads of the audit chains, {at:%Y-%m-%d %H:%M} UTC", *map(str, heads(chains))]
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except FileExistsError:
        return False
    return True


def _mail(path: Path, at: datetime) -> None:
    """Mail the anchor to whoever keeps it, once; a mark beside the file says that it left, or failed."""
    if not settings.VELUM_ANCHORS_TO or not path.exists() or path.with_suffix(".sent").exists():
        return
    failed = path.with_suffix(".failed")
    if failed.exists() and at.timestamp() < failed.stat().st_mtime + RETRY.total_seconds():
        return
    subject = f"Velum: heads of the audit chains, {path.stem}"
    try:
        EmailMessage(subject, path.read_text(encoding="utf-8"), to=settings.VELUM_ANCHORS_TO).send()
    except OSError as fault:  # smtplib's faults are OSErrors
        logger.warning("alarm: the anchor %s was not mailed: %s", path.name, type(fault).__name__)
        failed.touch()
        os.utime(failed, (at.timestamp(), at.timestamp()))
        return
    path.with_suffix(".sent").touch()


def read_anchor(text: str) -> Iterator[Head]:
    """The heads in an anchor's file. Raises ValueError with the line that is none."""
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if len(words) != 3 or not words[1].isdecimal():
            raise ValueError(f"line {number} is no head of a chain: {line[:80]}")
        yield Head(words[0], int(words[1]), words[2].lower())


def moved(kept: Iterable[Head], entries: Iterable[type[AuditEntryBase]]) -> Iterator[Head]:
    """The heads that are not where they were: no entry of that number and chain has that hash."""
    wanted = list(kept)
    hashes = [head.hash for head in wanted]
    found = {
        Head(chain_name(row.chain), row.sequence, row.hash)  # type: ignore[attr-defined]  # both kinds have one
        for kind in entries
        for row in kind._default_manager.filter(hash__in=hashes).select_related("chain")  # type: ignore[misc]
    }
    return (head for head in wanted if head not in found)
