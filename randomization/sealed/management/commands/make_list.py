"""Draw a list and seal it; it is then a draft."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from randomization.core.design_file import Plan, read_plan
from randomization.sealed.lists.list_command import ListCommand, find_list
from randomization.sealed.lists.making import design_of, make_list
from randomization.sealed.lists.progress_bar import ProgressBar
from trial.management.confirming import add_confirm, confirmed_in
from trial.models import Delegation, Environment, Trial


class Command(ListCommand):
    help = "Draw a randomisation list and seal every envelope. Nothing readable is written to disk."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--environment", required=True, choices=Environment.values)
        parser.add_argument("--design", metavar="FILE", help="TOML; without it the recommended block sizes")
        parser.add_argument("--name", default="", help="what people call the list")
        parser.add_argument("--reserve-of", metavar="LIST", help="the list after which this one is drawn")
        add_confirm(parser)

    def act(self, trial: Trial, by: Delegation, options: dict[str, Any]) -> str:
        plan = read_plan(Path(options["design"]).read_text()) if options["design"] else Plan()
        design = design_of(trial, plan)
        made = make_list(
            trial=trial,
            environment=options["environment"],
            design=design,
            name=options["name"],
            reserve_of=find_list(trial, options["reserve_of"]) if options["reserve_of"] else None,
            confirmed=confirmed_in(options),
            by=by,
            at=timezone.now(),
            hand=self.hand,
            progress=ProgressBar(design.size, self.stderr, "envelopes sealed"),
        )
        return f"made “{made.name}”, {made.envelope_count} envelopes, a draft; root {made.root}"
