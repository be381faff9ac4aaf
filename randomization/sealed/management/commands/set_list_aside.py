"""Set a draft aside that was brought or made with a slip; its file can be brought again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from randomization.sealed.lists.list_command import ListCommand, find_list
from randomization.sealed.lists.setting_aside import set_aside
from trial.models import Delegation, Trial


class Command(ListCommand):
    help = "Set a list aside that is not sealed yet. It stays with the reason, and is never used."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--list", required=True, help="name, id or number of the list")
        parser.add_argument("--reason", required=True, help="why; it is kept for the unblinded alone")

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        list_ = find_list(trial, options["list"])
        set_aside(list_=list_, by=by, at=timezone.now(), reason=options["reason"], hand=self.hand)
        return f"“{list_.name}” is set aside; its file can be brought again"
