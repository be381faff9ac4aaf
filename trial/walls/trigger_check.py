"""What a door does when a trigger is missing: the clinic refuses to start, the pharmacy warns."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from trial.walls.database import is_guarded
from trial.walls.trigger_registry import Fault, faults

NAMED = 5
"""How many triggers a sentence names. `verify` names them all."""


def refuse_without_triggers() -> None:
    """Stop a clinic process whose database would let what is written once be changed.

    Asked before the wall stands: behind it nobody reads definitions (SQLite), and the process has asked.
    Raises ImproperlyConfigured, so that the door does not open.
    """
    if not settings.CLINIC:
        trigger_fault()  # this door opens, and its pages say what was found
        return
    if is_guarded(connection):
        return
    if found := broken():
        raise ImproperlyConfigured(
            f"The database does not keep what is written: {in_short(found, 'and {} more')}. "
            "Run `manage.py migrate` as the owner of the tables, at the pharmacy door; then start again."
        )


def trigger_fault() -> str:
    """A sentence for every page of the pharmacy door, which opens all the same: an emergency has to."""
    try:
        _last_found[:] = broken()
    except DatabaseError:  # the page itself says that the database is away
        return ""
    return last_trigger_fault()


def last_trigger_fault() -> str:
    """The same sentence, of what this process found when it last asked.

    For pages without a log-in: they ask the database nothing, so that they open when it is away.
    """
    if not _last_found:
        return ""
    return _(
        "The database does not protect its records fully: %(triggers)s. You can still break the code in an "
        "emergency. Record nothing else. Call your Velum administrator."
    ) % {"triggers": ", ".join(one.place.name for one in _last_found[:NAMED])}


_last_found: list[Fault] = []


def broken() -> list[Fault]:
    """What is missing or altered. One that no list names stops nobody; `verify` names it."""
    return [fault for fault in faults(connection) if fault.what != "strange"]


def in_short(found: Sequence[Fault], more: str) -> str:
    """The first of them, and how many more there are."""
    rest = [more.format(len(found) - NAMED)] if len(found) > NAMED else []
    return "; ".join([*map(str, found[:NAMED]), *rest])
