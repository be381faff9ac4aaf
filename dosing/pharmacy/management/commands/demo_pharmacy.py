"""`manage.py demo_pharmacy`: the pharmacy of a demonstration. Used by `demo`.

What it prints would be read by the pharmacist only; in a demonstration the person at the console
is everybody.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from dosing.pharmacy.services import (
    PreparationView,
    mark_checked,
    mark_prepared,
    preparations,
    products_of,
    receive_lot,
    release,
)
from trial.clock import day_at
from trial.models import Delegation, Environment, Site, Trial
from trial.permissions import Role


class Command(BaseCommand):
    """Fill the stock, do part of this morning's work, and tell what the pharmacist sees."""

    help = "Stocks the pharmacy of a demonstration. Refuses anything but a training trial."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which trial."""
        parser.add_argument("--trial", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Stock, prepare, tell."""
        trial = Trial.objects.get(pk=options["trial"])
        if trial.environment != Environment.TRAINING:
            raise CommandError("A demonstration's pharmacy is for a training trial only.")
        site, now = Site.objects.select_related("trial").get(trial=trial), timezone.now()
        first, second = Delegation.objects.filter(
            trial=trial, role=Role.PHARMACIST, ended_at=None
        ).select_related("user", "site", "trial")[:2]
        self._stock(site, first, now)
        day = day_at(site, now)
        todo = [row for row in preparations(day=day, by=first, at=now) if not row.recorded and row.lots]
        self._work(todo, first, second, now)
        self._tell(preparations(day=day, by=first, at=now))

    @staticmethod
    def _stock(site: Site, by: Delegation, at: datetime) -> None:
        for number, product in enumerate(products_of(site.trial), start=1):
            receive_lot(
                site=site,
                product=product,
                lot_number=f"DEMO-{number:02d}",
                expiry=day_at(site, at) + timedelta(days=300 + number),
                quantity=400,
                by=by,
                at=at,
            )

    @staticmethod
    def _work(todo: list[PreparationView], first: Delegation, second: Delegation, at: datetime) -> None:
        """The first three syringes: one released, one checked, one prepared."""
        steps = (
            lambda row: mark_prepared(preparation=row.id, lot=row.lots[0].id, by=first, at=at),
            lambda row: mark_checked(preparation=row.id, by=second, at=at),
            lambda row: release(preparation=row.id, by=second, at=at),
        )
        for place, row in enumerate(todo[:3]):
            for step in steps[: len(steps) - place]:
                step(row)

    def _tell(self, rows: tuple[PreparationView, ...]) -> None:
        self.stdout.write("  Pharmacy    UNBLINDED, behind the other door, for today:")
        for row in rows:
            if row.recipe is not None and not row.recorded:
                recipe = row.recipe
                what = f"{recipe.product}, {recipe.concentration}" if recipe.concentration else recipe.product
                self.stdout.write(
                    f"              {row.participant}  injection {row.number:<2}  draw up {recipe.volume_ml} mL "
                    f"of {what:<24}  {row.state or 'to prepare'}"
                )
