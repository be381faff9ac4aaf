"""Check a draft list, envelope by envelope, and seal it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from randomization.sealed.lists.list_command import ListCommand, add_reason, find_list
from randomization.sealed.lists.steps import seal_list
from trial.models import Delegation, Trial


class Command(ListCommand):
    help = "Open every envelope in memory, compare it with seed and commitment, and seal the list."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--list", required=True, help="name, id or number of the list")
        add_reason(parser)

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        list_ = find_list(trial, options["list"])
        seal_list(list_=list_, by=by, at=timezone.now(), reason=options["reason"], hand=self.hand)
        return f"“{list_.name}” is checked and sealed; another person may activate it"
