"""Print the acceptance report of a list; with `--accept`, sign that it was read and the list accepted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from randomization.sealed.lists.acceptance import acceptance_report, check_list
from randomization.sealed.lists.acceptance_presenters import report_text
from randomization.sealed.lists.list_command import ListCommand, add_reason, find_list
from trial.models import Delegation, Trial


class Command(ListCommand):
    help = "The acceptance report of a list. It names arms: for the unblinded statistician's eyes only."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--list", required=True, help="name, id or number of the list")
        add_reason(parser)
        parser.add_argument("--accept", action="store_true", help="sign that the list is accepted")

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        list_ = find_list(trial, options["list"])
        if not options["accept"]:
            return report_text(acceptance_report(list_=list_, by=by, at=timezone.now()))
        check_list(list_=list_, by=by, at=timezone.now(), reason=options["reason"], hand=self.hand)
        return f"“{list_.name}” is checked and accepted by {by.user.shown_name}; it may be sealed"
