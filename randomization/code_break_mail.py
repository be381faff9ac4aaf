"""Mails the trial manager that a code was broken, never the arm.

The row is written in the transaction of the code break; a worker of the clinic sends it, again and
again until every trial manager's mail was taken, and to each of them once. While no manager has an address it
waits. Nothing here knows an arm.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Least
from django.utils.translation import gettext as _
from django.utils.translation import override

from randomization.models import CodeBreakNotice
from trial.models import Delegation
from trial.permissions import Role
from trial.wording.clock import local

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 32767
"""Counting ends here, for the column does; trying does not."""


def send_notices(*, at: datetime) -> int:
    """Send every notice that nobody has sent and nobody is sending. Returns how many were settled."""
    return sum(_send(notice, at) for notice in _claim(at))


def _claim(at: datetime) -> list[CodeBreakNotice]:
    """Take what is waiting, for the length of a lease. A failure waits for the end of the lease as well."""
    free, claim = Q(claimed_until=None) | Q(claimed_until__lte=at), uuid.uuid4()
    with transaction.atomic():
        CodeBreakNotice.objects.filter(free, sent_at=None).update(
            claim=claim, claimed_until=at + LEASE, attempts=Least(F("attempts") + 1, MOST_ATTEMPTS)
        )
    taken = CodeBreakNotice.objects.filter(claim=claim, sent_at=None)
    return list(taken.select_related("participant__site", "participant__trial", "by__user"))


def _send(notice: CodeBreakNotice, at: datetime) -> bool:
    """Whether everybody has it now. Who has it is kept after each message, so that nobody gets two."""
    managers, told = _managers(notice), set(notice.told or ())
    for manager in managers:
        if str(manager.pk) not in told and _sent(_message(notice, manager)):
            told.add(str(manager.pk))
            _ours(notice).update(told=sorted(told))
    if not managers or any(str(manager.pk) not in told for manager in managers):
        return False
    return bool(_ours(notice).update(sent_at=at))


def _sent(message: EmailMessage) -> bool:
    try:
        message.send()
    except (SMTPException, OSError):
        return False
    return True


def _ours(notice: CodeBreakNotice) -> QuerySet[CodeBreakNotice]:
    """The row, as long as nobody else has taken it."""
    return CodeBreakNotice.objects.filter(pk=notice.pk, claim=notice.claim, sent_at=None)


def _managers(notice: CodeBreakNotice) -> list[Delegation]:
    """The trial managers with an active account and an address. Each gets a message of their own."""
    running = Delegation.objects.running()
    managers = running.filter(trial=notice.participant.trial_id, role=Role.TRIAL_MANAGER).exclude(
        user__email=""
    )
    return list(managers.select_related("user").order_by("pk"))


def _message(notice: CodeBreakNotice, manager: Delegation) -> EmailMessage:
    participant = notice.participant
    with override(manager.user.language or "en-gb"):
        words = {
            "number": participant.number,
            "when": f"{local(notice.at, participant.site):%Y-%m-%d %H:%M} ({participant.site.zone})",
            "who": notice.by.user.shown_name,
        }
        body = _(
            "The code of participant %(number)s was broken on %(when)s; %(who)s entered it.\n\n"
            "This message does not say what the participant receives, and neither does any page that you can "
            "open. Do not ask for it."
        )
        return EmailMessage(
            subject=_("A code was broken"),
            body=body % words,
            to=[manager.user.email],
            headers={"Message-ID": f"<code-break-{notice.pk}-{manager.pk}@velum>"},
        )
