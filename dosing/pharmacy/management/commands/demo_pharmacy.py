"""`manage.py demo_pharmacy`: the pharmacy of a demonstration. Used by `demo`.

What it prints would be read by the pharmacist only; in a demonstration the person at the console
is everybody.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dosing.pharmacy.demo_morning import stock_up, work
from dosing.pharmacy.worklist import PreparationView
from trial.models import Delegation, Environment, Site, Trial
from trial.permissions import Role


class Command(BaseCommand):
    """Fill the stock, do part of this morning's work, and tell what the pharmacist sees."""

    help = "Stocks the pharmacy of a demonstration. Refuses anything but a training trial."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the key of the trial."""
        parser.add_argument("--trial", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Fill the stock, do a morning's work, and print what was done."""
        trial = Trial.objects.get(pk=options["trial"])
        if trial.environment != Environment.TRAINING:
            raise CommandError("A demonstration's pharmacy is for a training trial only.")
        site, now = Site.objects.select_related("trial").get(trial=trial), timezone.now()
        pharmacists = Delegation.objects.filter(trial=trial, role=Role.PHARMACIST, ended_at=None)
        people = pharmacists.select_related("user", "site", "trial").order_by("user__username")
        first, second = people[:2]
        stock_up(site=site, by=first, at=now)
        self._tell(work(site=site, first=first, second=second, at=now))

    def _tell(self, rows: tuple[PreparationView, ...]) -> None:
        self.stdout.write("  Pharmacy    UNBLINDED, behind the other door, for today:")
        for row in rows:
            if row.recipe is not None and not row.recorded:
                recipe = row.recipe
                what = f"{recipe.product}, {recipe.concentration}" if recipe.concentration else recipe.product
                self.stdout.write(
                    f"{'':14}{row.participant}  injection {row.number:<2}  draw up {recipe.volume_ml} mL of "
                    f"{what:<24}  {row.state or 'to prepare'}"
                )
