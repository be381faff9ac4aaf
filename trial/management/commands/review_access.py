"""`manage.py review_access`: shows who has which duty, and signs that somebody looked through it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.management.administrators import refused
from trial.management.terminal import confirm_identity, duties_of, need_words
from trial.models import Delegation, Trial
from trial.people.duties.log import LogLine, digest_of_log, duties_for, log_lines
from trial.people.duties.reviewing import review_access
from trial.people.signing.hands import hand_of_person
from trial.permissions import GRANTS, Permission
from trial.queries import find_trial
from trial.refusals import Refusal


class Command(BaseCommand):
    """Twice: without `--seen` it shows the delegation log; with what that printed it signs that log."""

    help = (
        "Look through all duties, then sign the review. By an administrator or trial manager, with password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Of which trial, in whose name; and to sign, which log was seen and what was found."""
        parser.add_argument("--trial", required=True, help="such as nct02059759")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who reviews")
        parser.add_argument(
            "--seen", default="", help="what this command printed below the log that was read"
        )
        parser.add_argument("--statement", default="", help="what was found; asked for if it is not given")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask for the password, then show or sign."""
        by = None
        try:
            by = _reviewer(find_trial(options["trial"]), options["by"])
            confirm_identity(by.user)
            if options["seen"]:
                self._sign(by, options["seen"], options["statement"])
            else:
                self._show(by)
        except Refusal as fault:
            raise refused(fault, command="review_access", by=by, subject=by.trial_id if by else "") from fault

    def _show(self, by: Delegation) -> None:
        lines = log_lines(duties_for(by), everywhere="all sites")
        for line in lines:
            self.stdout.write(_told(line))
        self.stdout.write(
            f"{len(lines)} duties. To sign that you looked through them: --seen {digest_of_log(lines)}"
        )

    def _sign(self, by: Delegation, seen: str, statement: str) -> None:
        statement = need_words(statement, "What did you find?")
        hand = hand_of_person(by, both_parts=True)  # the name came with the command
        row = review_access(by=by, at=timezone.now(), statement=statement, seen=seen, hand=hand)
        self.stdout.write(f"Signed: {by.user.shown_name} has reviewed access ({row.duties} duties).")


def _reviewer(trial: Trial, username: str) -> Delegation:
    roles = [role for role, granted in GRANTS.items() if Permission.REVIEW_ACCESS in granted]
    duties = duties_of(username).filter(trial=trial, role__in=roles).order_by("granted_at")
    if by := duties.select_related("user", "trial", "site").first():
        return by
    raise CommandError(
        f"{username} does not review access in this trial. Name an administrator or trial manager."
    )


def _told(line: LogLine) -> str:
    """One duty: who, as what, where, since when by whom, until when by whom and why."""
    name = f"{line.duty.user.shown_name} ({line.duty.user.username})"
    began = f"since {line.duty.granted_at:%Y-%m-%d %H:%M} UTC" + (
        f" by {line.given_by}" if line.given_by else ""
    )
    if line.ended_at is None:
        return f"{name}: {line.role}, {line.place}, {began}" + ("" if line.runs else ", account shut")
    end = f"until {line.ended_at:%Y-%m-%d %H:%M} UTC" + (f" by {line.ended_by}" if line.ended_by else "")
    return f"{name}: {line.role}, {line.place}, {began}, {end}" + (f": {line.reason}" if line.reason else "")
