"""Telling the trial manager that a code was broken, without what it was.

The row is written in the transaction of the code break; a worker of the clinic sends it, again and
again until a mail server takes it. Nothing here knows an arm.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from randomization.models import CodeBreakNotice
from trial.clock import local
from trial.models import Delegation
from trial.permissions import Role

LEASE = timedelta(seconds=60)


def send_notices(*, at: datetime) -> int:
    """Send every notice that nobody has sent and nobody is sending. Returns how many were settled."""
    return sum(_send(notice, at) for notice in _claim(at))


def _claim(at: datetime) -> list[CodeBreakNotice]:
    """Take what is waiting, for the length of a lease. A failure waits for the end of the lease as well."""
    free, claim = Q(claimed_until=None) | Q(claimed_until__lte=at), uuid.uuid4()
    with transaction.atomic():
        CodeBreakNotice.objects.filter(free, sent_at=None).update(
            claim=claim, claimed_until=at + LEASE, attempts=F("attempts") + 1
        )
    taken = CodeBreakNotice.objects.filter(claim=claim, sent_at=None)
    return list(taken.select_related("participant__site", "participant__trial", "by__user"))


def _send(notice: CodeBreakNotice, at: datetime) -> bool:
    try:
        for message in _messages(notice):
            message.send()
    except (SMTPException, OSError):
        return False
    settled = CodeBreakNotice.objects.filter(pk=notice.pk, claim=notice.claim, sent_at=None)
    return bool(settled.update(sent_at=at))


def _messages(notice: CodeBreakNotice) -> list[EmailMessage]:
    """One message for each trial manager who has an address; one recipient in each."""
    managers = Delegation.objects.filter(
        trial=notice.participant.trial_id, role=Role.TRIAL_MANAGER, ended_at=None
    ).exclude(user__email="")
    return [_message(notice, manager) for manager in managers.select_related("user")]


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
