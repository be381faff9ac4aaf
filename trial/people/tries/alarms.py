"""Alarms: somebody tries again and again. A person is told by mail, and on a page.

Each door mails its own, from the process that works while nobody looks at a page. The pharmacy door's mail
names no account: what happens there stands in the sealed trail.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Least
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, override

from trial.models import AlarmBase, Delegation
from trial.permissions import Permission, Role, may

SHOWN_FOR = timedelta(hours=24)
TOGETHER = timedelta(minutes=10)
"""After a mail the next one waits so long, and tells everything that came meanwhile."""
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 32767
WHAT = {
    "log_in": gettext_noop("Log-in failed"),
    "confirm": gettext_noop("Wrong password when it was asked for again"),
    "second_factor": gettext_noop("Wrong code of the second factor"),
    "enrolment_code": gettext_noop("Wrong enrolment code"),
    "link": gettext_noop("A one-time link that opens nothing was tried"),
    "feed": gettext_noop("A calendar address that opens nothing was tried"),
    "invitation": gettext_noop("An invitation that opens nothing was tried"),
    "password_link": gettext_noop("Link for a new password refused"),
    "token": gettext_noop("A token that is not good was tried"),
    "sign_on": gettext_noop("Log-in through the hospital was refused"),
}
"""What is tried, in the words of the trail. Another kind of secret shows its name."""


def raise_alarm(what: str, *, account: str, count: int, at: datetime) -> None:
    """Keep an alarm for whoever mails it. Nothing is sent here: dead mail delays nobody."""
    alarms_of_door().create(what=what, account=account, count=count, at=at)


def alarm_line(role: str, *, at: datetime) -> str:
    """What stands on the pages of whoever gives duties, or reads the sealed trail; empty for others."""
    wanted = Permission.DELEGATE if settings.CLINIC else Permission.VIEW_SEALED_AUDIT
    if not may(role, wanted):
        return ""
    newest = alarms_of_door().filter(at__gt=at - SHOWN_FOR).first()
    if newest is None:
        return ""
    return _("Somebody tries again and again to get in.") + " " + in_words(newest)


def send_alarms(*, at: datetime) -> int:
    """Mail every alarm that nobody has mailed and nobody is mailing. Returns how many everybody has now."""
    if alarms_of_door().filter(sent_at__gt=at - TOGETHER, sent_at__lte=at).exists():
        return 0
    alarms = _claim(at)
    if not alarms:
        return 0
    everybody = _people()
    for address, language in everybody:
        new = [alarm for alarm in alarms if address not in alarm.told]
        if new and _sent(_message(new, address, language)):
            _note_told(new, address)
    done = [alarm.pk for alarm in alarms if {address for address, _l in everybody} <= set(alarm.told)]
    return int(alarms_of_door().filter(pk__in=done).update(sent_at=at)) if everybody else 0


def in_words(alarm: AlarmBase) -> str:
    """What happened how often, to whom, since when. The time is UTC."""
    act = _(WHAT[alarm.what]) if alarm.what in WHAT else alarm.what
    words = {
        "what": f"{act} ({alarm.account})" if alarm.account else act,
        "count": alarm.count,
        "when": f"{alarm.at:%Y-%m-%d %H:%M}",
    }
    sentence = ngettext(
        "%(what)s: %(count)s time within an hour, until %(when)s UTC.",
        "%(what)s: %(count)s times within an hour, until %(when)s UTC.",
        alarm.count,
    )
    return sentence % words


def alarms_of_door() -> Any:
    """Where this door keeps its alarms."""
    return apps.get_model(settings.VELUM_ALARMS)._default_manager


def _claim(at: datetime) -> list[AlarmBase]:
    """Take what is waiting, for the length of a lease. A failure waits for the end of the lease as well."""
    free, claim = Q(claimed_until=None) | Q(claimed_until__lte=at), uuid.uuid4()
    with transaction.atomic():
        waiting = alarms_of_door().filter(free, sent_at=None)
        waiting.update(
            claim=claim, claimed_until=at + LEASE, attempts=Least(F("attempts") + 1, MOST_ATTEMPTS)
        )
    return list(alarms_of_door().filter(claim=claim, sent_at=None))


def _people() -> list[tuple[str, str]]:
    """Mail address and language of every administrator, and of whoever runs the installation."""
    administrators = Delegation.objects.running().filter(role=Role.ADMINISTRATOR).exclude(user__email="")
    found = {duty.user.email: duty.user.language for duty in administrators.select_related("user")}
    return sorted((dict.fromkeys(settings.VELUM_ALARM_MAIL, "") | found).items())


def _message(alarms: Sequence[AlarmBase], address: str, language: str) -> EmailMessage:
    with override(language or settings.LANGUAGE_CODE):
        lines = "\n".join(in_words(alarm) for alarm in alarms) if settings.CLINIC else _counted(alarms)
        body = _(
            "Somebody tries again and again to get in at the %(door)s door.\n\n%(lines)s\n\n"
            "Nobody is locked out by it. Look into the trail from which network address it came, and ask the "
            "person of the account. If it was not them, have that address shut out at your network."
        )
        return EmailMessage(
            subject=_("Velum: somebody tries to get in"),
            body=body % {"door": settings.VELUM_DOOR, "lines": lines},
            to=[address],
            headers={"Message-ID": f"<alarm-{settings.VELUM_DOOR}-{alarms[0].pk}-{uuid.uuid4()}@velum>"},
        )


def _counted(alarms: Sequence[AlarmBase]) -> str:
    """How often at most, and no more: this mail leaves the sealed side."""
    most = max(alarm.count for alarm in alarms)
    return _("Times within an hour, at least: %(count)s. The sealed trail says more.") % {"count": most}


def _sent(message: EmailMessage) -> bool:
    try:
        message.send()
    except (SMTPException, OSError):
        return False
    return True


def _note_told(alarms: Sequence[AlarmBase], address: str) -> None:
    """Who has it is kept after each message, so that nobody gets two."""
    for alarm in alarms:
        alarm.told = sorted({*alarm.told, address})
    alarms_of_door().bulk_update(alarms, ["told"])
