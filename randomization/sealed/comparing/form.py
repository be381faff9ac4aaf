"""The question of the what-if page: which designs to compare, and how many trials to simulate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from randomization.core.design import BIG_STICK, BLOCK_URN, COMPLETE, EFRON, MAXIMAL, ONE_BLOCK, URN
from randomization.core.design_file import MINIMIZATION, Plan
from randomization.core.list_sizes import doubtful_blocks
from trial.core.doubts import unconfirmed
from trial.pages.asking import AskingForm
from trial.pages.number_fields import WholeField
from trial.refusals import in_page_language

AT_ONCE = 600_000
"""Simulated arms that the page computes while somebody waits: some seconds. More becomes a job."""

MOST_DRAWS = 60_000_000
"""Simulated arms of one job: some minutes. More is for `manage.py simulate`."""

MOST_DESIGNS = 12
OTHERS = {
    COMPLETE: gettext_lazy("Complete: every place a draw of its own"),
    URN: gettext_lazy("Wei's urn (1, 1)"),
    EFRON: gettext_lazy("Efron's biased coin: the arm that is behind is likelier"),
    BIG_STICK: gettext_lazy("Big stick: a limit to the range"),
    BLOCK_URN: gettext_lazy("Block urn: a block that fills up again as soon as it is even"),
    MAXIMAL: gettext_lazy("Maximal procedure: all orders within a limit"),
    ONE_BLOCK: gettext_lazy("One block as long as the trial"),
    MINIMIZATION: gettext_lazy("Minimisation over the protocol's strata, with chance"),
}


class WhatIfForm(AskingForm):
    """Candidate designs. Nothing of it is kept, and it stands in no address or log."""

    blocks = forms.CharField(
        label=gettext_lazy("Permuted blocks: the sizes a block may have, one design a line"),
        help_text=gettext_lazy(
            "“3, 6, 9” draws sizes that sum to the target; “3, 6, 9 cut” cuts the last block there."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        required=False,
        max_length=400,
    )
    others = forms.MultipleChoiceField(
        label=gettext_lazy("Beside them"),
        choices=list(OTHERS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    max_range = WholeField(
        label=gettext_lazy("Big stick, maximal procedure: the limit"),
        min_value=1,
        max_value=99,
        initial=3,
        required=False,
    )
    sets = WholeField(
        label=gettext_lazy("Block urn: how many times it holds the ratio"),
        min_value=1,
        max_value=99,
        initial=2,
        required=False,
    )
    probability = forms.ChoiceField(
        label=gettext_lazy("Efron's coin: the chance of the arm that is behind"),
        choices=[(chance, chance) for chance in ("2/3", "3/4", "4/5", "9/10")],
        initial="2/3",
        required=False,
    )
    runs = WholeField(label=gettext_lazy("Simulated trials of each design"), min_value=10, initial=1000)
    seed = WholeField(
        label=gettext_lazy("Seed"),
        help_text=gettext_lazy("Any whole number. The same number gives the same figures again."),
        initial=1,
    )

    def __init__(self, *args: Any, people: int, unit: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.unit = people, unit
        self.is_long = False

    def clean_blocks(self) -> list[Plan]:
        """One design for each line."""
        lines = [line.strip() for line in self.cleaned_data["blocks"].splitlines() if line.strip()]
        return [_blocks(line) for line in lines]

    def clean(self) -> dict[str, Any]:
        """At least one design, and no more work than a page may do while somebody waits."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        data["plans"] = [*data["blocks"], *self._others(data)]
        draws = data["runs"] * self.people * len(data["plans"])
        if not data["plans"]:
            raise forms.ValidationError(gettext("Name at least one design."))
        if len(data["plans"]) > MOST_DESIGNS:
            raise forms.ValidationError(
                gettext("Compare at most %(n)s designs at once.") % {"n": MOST_DESIGNS}
            )
        self._ask(data)
        self.is_long = draws > AT_ONCE
        if draws > MOST_DRAWS:
            most = MOST_DRAWS // (self.people * len(data["plans"]))
            text = gettext(
                "Ask for at most %(most)s trials here. For more, use the command manage.py simulate."
            )
            self.add_error("runs", text % {"most": most})
        return data

    def _ask(self, data: dict[str, Any]) -> None:
        """Ask about blocks of a size that is seldom meant."""
        sizes = [size for plan in data["plans"] for size in plan.block_sizes]
        for doubt in unconfirmed(doubtful_blocks(sizes, self.unit, "blocks"), data["confirmed"]):
            self.ask_back(doubt)
            self.add_error("blocks", in_page_language(doubt.asks))

    def _others(self, data: dict[str, object]) -> Iterator[Plan]:
        limit = {"max_range": data["max_range"] or 3}
        parameters = {
            BIG_STICK: limit,
            MAXIMAL: limit,
            BLOCK_URN: {"sets": data["sets"] or 2},
            EFRON: {"probability": Fraction(str(data["probability"] or "2/3"))},
            URN: {"alpha": 1, "beta": 1},
        }
        for method in data["others"]:  # type: ignore[attr-defined]
            yield Plan(method, **parameters.get(method, {}))  # type: ignore[arg-type]


def _blocks(line: str) -> Plan:
    match = re.fullmatch(r"([0-9]{1,5}(?:[\s,;]+[0-9]{1,5})*)(\s+cut)?", line)
    if not match:
        text = gettext("“%(line)s” is no row of sizes. Write 3, 6, 9 or 3, 6, 9 cut.") % {"line": line}
        raise forms.ValidationError(text)
    return Plan(block_sizes=tuple(map(int, re.findall(r"[0-9]+", match[1]))), exact=not match[2])
