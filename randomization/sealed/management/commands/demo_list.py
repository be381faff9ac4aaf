"""`manage.py demo_list`: the training list of a demonstration. Used by `demo`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from randomization.core.design_file import Plan
from randomization.sealed.lists.acceptance import check_list
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.steps import activate_list, seal_list
from trial.models import Delegation, Environment, Trial
from trial.permissions import Role
from trial.refusals import Refusal


class Command(BaseCommand):
    """Make, check, seal and activate a training list, by two different people."""

    help = "Makes the training list of a demonstration. Refuses anything but a training trial."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which trial, and when the list is to have been made."""
        parser.add_argument("--trial", required=True)
        parser.add_argument("--since", type=datetime.fromisoformat, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, seal, activate."""
        trial = Trial.objects.get(pk=options["trial"])
        if trial.environment != Environment.TRAINING:
            raise CommandError("A demonstration list is for a training trial only.")
        at: datetime = options["since"]
        maker, activator = Delegation.objects.filter(
            trial=trial, role=Role.UNBLINDED_STATISTICIAN, ended_at=None
        ).select_related("user", "trial")[:2]
        design = design_of(trial, Plan())
        try:
            list_ = make_list(
                trial=trial,
                environment=Environment.TRAINING,
                design=design,
                by=maker,
                at=at + timedelta(hours=1),
            )
            check_list(list_=list_, by=maker, at=at + timedelta(hours=2))
            seal_list(list_=list_, by=maker, at=at + timedelta(hours=2))
            activate_list(list_=list_, by=activator, at=at + timedelta(hours=3))
        except Refusal as reason:
            raise CommandError(str(reason)) from reason
