"""The mail with the link of an invitation."""

from __future__ import annotations

from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from trial.models import Invitation


def mail_invitation(row: Invitation, link: str, *, last_day: str) -> bool:
    """Mail the link to whoever is invited, in their language. Returns whether it left.

    `last_day` says in that language until when the link works.
    """
    if not row.email:
        return False
    with override(row.language):
        said = {
            "name": row.invited,
            "by": row.by.user.shown_name if row.by else "Velum",
            "role": row.get_role_display(),
            "link": link,
            "day": last_day,
        }
        text = _(
            "%(name)s,\n\n%(by)s invites you as %(role)s.\n\nSet your password with this link. It works "
            "once, until %(day)s:\n\n%(link)s\n\nNobody will ever ask you for the password."
        )
        message = EmailMessage(_("Your account in Velum"), text % said, to=[row.email])
    try:
        message.send()
    except (SMTPException, OSError):
        return False
    return True
