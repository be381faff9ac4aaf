"""`manage.py invite`: offers a duty to one person, who sets a password that nobody else has typed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from trial.core.day_words import FULL, written
from trial.management.administrators import administrator_of, refused
from trial.management.terminal import clinic_address, confirm_identity, need_words
from trial.models import Delegation, Site, Trial
from trial.people.duties.inviting import NOT_INVITED, Invited, NewInvitation, invite
from trial.people.duties.mailing import mail_invitation
from trial.permissions import Role
from trial.queries import find_trial
from trial.refusals import Refusal

ROLES = [role.value for role in Role if role not in NOT_INVITED]
WAITS = (
    "The duty begins when a second person has confirmed it at the pharmacy door, or `manage.py confirm_duty`."
)


class Command(BaseCommand):
    """The same act as on the page *People*: the link goes by mail, or is printed this once."""

    help = "Invite somebody to a duty. By an administrator, whose password is asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, as what, where, in whose name, and why."""
        parser.add_argument("username", help="the log-in name, in small letters")
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--role", choices=ROLES, required=True)
        parser.add_argument("--site", help="the site's number; leave it out for all sites")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--email", default="", help="where the link goes; without one it is printed here")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default="en-gb"
        )
        parser.add_argument(
            "--address", default="", help="of the clinic door, if not the first of VELUM_HOSTS"
        )
        parser.add_argument("--by", required=True, metavar="USERNAME", help="the administrator who acts")
        parser.add_argument("--reason", default="", help="asked for if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password, invite, and mail or print the link."""
        if not settings.CLINIC:
            raise CommandError("Invitations open at the clinic door: run this with VELUM_DOOR=clinic.")
        by = None
        try:
            trial = find_trial(options["trial"])
            by = administrator_of(trial, options["by"])
            confirm_identity(by.user)
            new = _invited(trial, by, options)
        except Refusal as fault:
            raise refused(fault, command="invite", by=by, subject=options["username"]) from fault
        self.stdout.write(self._sent(new, options["address"]) if new.secret else _at_once(new))
        if new.invitation.waits_for_pharmacy:
            self.stdout.write(WAITS)

    def _sent(self, new: NewInvitation, address: str) -> str:
        """Mail the link, or give it back in words."""
        row, link = new.invitation, clinic_address(address) + reverse("invitation", args=[new.secret])
        last_day = written(row.expires_at.date(), FULL, row.language)
        if mail_invitation(row, link, last_day=last_day):
            return f"The link was mailed to {row.email}. It works once, until {_until(new)}."
        if row.email:
            self.stdout.write("The mail could not be sent. Hand the link over in person.")
        return f"Shown only now. {row.username} sets the password at\n{link}\nonce, until {_until(new)}."


def _at_once(new: NewInvitation) -> str:
    row = new.invitation
    said = "" if row.waits_for_pharmacy else f" {row.username} has the duty now."
    return f"{row.username} has an account, and keeps its password: no link is needed.{said}"


def _invited(trial: Trial, by: Delegation, options: dict[str, Any]) -> NewInvitation:
    return invite(
        who=Invited(
            username=options["username"].strip().lower(),
            first_name=options["first_name"],
            last_name=options["last_name"],
            email=options["email"],
            language=options["language"],
        ),
        trial=trial,
        role=Role(options["role"]),
        site=_site(trial, options["site"]),
        by=by,
        at=timezone.now(),
        reason=need_words(options["reason"], "Why?"),
    )


def _site(trial: Trial, number: str | None) -> Site | None:
    if number is None:
        return None
    if site := Site.objects.filter(trial=trial, number=number).first():
        return site
    raise CommandError(f"{trial.key} has no site {number}.")


def _until(new: NewInvitation) -> str:
    return f"{new.invitation.expires_at:%Y-%m-%d %H:%M} UTC"
