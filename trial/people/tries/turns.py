"""Whose turn it is: a secret is looked at, or it is too soon for the next try.

A wrong try is counted for account *and* network address. Strangers elsewhere hold nobody up. Strangers
at the same address slow an account that has a second factor, and never shut it: whoever came too soon gets a
ticket, with which this very browser's next try is looked at ten seconds later, whatever others do meanwhile.
An account without a second factor is shut at that address for some minutes, since a password alone opens it.
No process ever waits: too soon is an answer at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import ceil
from secrets import token_hex

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial.models import User
from trial.people.tries.addresses import neighbourhood
from trial.people.tries.counting import give_back, is_new, key_of, take
from trial.people.tries.folding import count_failure
from trial.people.tries.pace import SLOW, wait_after
from trial.refusals import Refusal

TICKET_LASTS = timedelta(minutes=5)
_SALT = "velum.tries.ticket"


class TooManyTries(Refusal):
    """Too many tries were wrong in a short time: the next one is looked at in so many seconds.

    With the `ticket`, if there is one, the same browser's next try is looked at then.
    """

    code = "too_many_requests"
    status = 429

    def __init__(self, message: str, *, seconds: int, ticket: str = "") -> None:
        super().__init__(message, {"password": message})
        self.seconds, self.ticket = seconds, ticket


@dataclass(frozen=True)
class Try:
    """One try of a secret: of what kind, from where, when, and for which account.

    `name` is what was typed where no account has it. `slowed_only` is an account that is never shut.
    """

    what: str
    address: str
    at: datetime
    user: User | None = None
    name: str = ""
    slowed_only: bool = False

    @property
    def key(self) -> str:
        """What the count is kept under."""
        name = self.user.username if self.user else self.name.lower()
        return key_of(self.what, "turn", name, neighbourhood(self.address))


@dataclass(frozen=True)
class Turn:
    """A try that is looked at now. Whoever says neither `right` nor `wrong` has used it up."""

    tried: Try
    number: int

    def right(self) -> None:
        """The secret was right: nothing is counted."""
        give_back(self.tried.key, at=self.tried.at)

    def wrong(self) -> None:
        """The secret was wrong: an entry, and an alarm from a bound on."""
        tried = self.tried
        count_failure(tried.what, user=tried.user, address=tried.address, at=tried.at)


def take_turn(tried: Try, *, ticket: str = "") -> Turn:
    """Have this try looked at, and count it before it is. Raises TooManyTries, which is counted as well."""
    wait = partial(wait_after, slowed_only=tried.slowed_only)
    early = tried.slowed_only and _is_good(ticket, tried)
    number, free_at = take(tried.key, at=tried.at, wait=wait, early=early)
    if number:
        return Turn(tried, number)
    count_failure(
        tried.what, user=tried.user, address=tried.address, at=tried.at, action=f"{tried.what}.too_soon"
    )
    raise _too_soon(tried, free_at, ticket)


def _too_soon(tried: Try, free_at: datetime, ticket: str) -> TooManyTries:
    if not tried.slowed_only:
        minutes = ceil((free_at - tried.at) / timedelta(minutes=1))
        sentence = ngettext(
            "Too many attempts. Wait %(count)s minute, then try again.",
            "Too many attempts. Wait %(count)s minutes, then try again.",
            minutes,
        )
        return TooManyTries(sentence % {"count": minutes}, seconds=ceil((free_at - tried.at).total_seconds()))
    due = _due(ticket, tried) or tried.at + SLOW
    seconds = max(1, ceil((due - tried.at) / timedelta(seconds=1)))
    sentence = _("Too many attempts. The next one is looked at in %(count)s s: try again then.")
    kept = ticket if _due(ticket, tried) else _new_ticket(tried, due)
    return TooManyTries(sentence % {"count": seconds}, seconds=seconds, ticket=kept)


def _new_ticket(tried: Try, due: datetime) -> str:
    return signing.dumps([tried.key, due.timestamp(), token_hex(16)], salt=_SALT)


def _read(ticket: str, tried: Try) -> tuple[timedelta, str] | None:
    """How long ago the ticket fell due, and its own number; None where it is none for this try."""
    try:
        key, due, number = signing.loads(ticket, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (timedelta(seconds=tried.at.timestamp() - due), number) if key == tried.key else None


def _due(ticket: str, tried: Try) -> datetime | None:
    """When a ticket that is not due yet will be."""
    found = _read(ticket, tried)
    return tried.at - found[0] if found and -SLOW <= found[0] < timedelta(0) else None


def _is_good(ticket: str, tried: Try) -> bool:
    """Whether the ticket lets this try in now. It is good once."""
    found = _read(ticket, tried)
    if found is None or not timedelta(0) <= found[0] <= TICKET_LASTS:
        return False
    return is_new(key_of("ticket", found[1]), at=tried.at)
