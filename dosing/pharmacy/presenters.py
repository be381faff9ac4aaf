"""Syringes and lots in the words of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext

from dosing.pharmacy.contents import Made
from dosing.pharmacy.forms import QuickPrepareForm
from dosing.pharmacy.ledger import product_words
from dosing.pharmacy.models import Step
from dosing.pharmacy.worklist import PreparationView
from trial.core.protocol import ArmPreparation, Text
from trial.models import Delegation
from trial.refusals import in_page_language
from trial.wording.words import amount, full_day, moment, time_of_day


@dataclass(frozen=True)
class Card:
    """One syringe as the list shows it. `big` can be read across the bench; `aside` explains it."""

    view: PreparationView
    day: str
    where: str
    big: str
    aside: str
    product: str
    volume: str
    concentration: str
    marks: tuple[dict[str, str], ...]
    form: QuickPrepareForm | None
    released_at: str

    @property
    def may_prepare(self) -> bool:
        """Whether it may be prepared now, given a lot."""
        return Step.PREPARED in self.view.may

    @property
    def may_check(self) -> bool:
        """Whether whoever looks may check it now."""
        return Step.CHECKED in self.view.may

    @property
    def may_release(self) -> bool:
        """Whether this syringe may be released now."""
        return Step.RELEASED in self.view.may

    @property
    def done(self) -> bool:
        """Whether nothing is left to do for it."""
        return self.view.state == "released"

    @property
    def warning(self) -> str:
        """A reason not to hand it out. A recorded injection is none: the syringe has done its work."""
        return "" if self.view.recorded and self.done else self.view.stopped


@dataclass(frozen=True)
class Day:
    """The syringes of one day and how far they are."""

    title: str
    summary: str
    cards: tuple[Card, ...]


def days_shown(found: Iterable[PreparationView], today: date, days: int, by: Delegation) -> list[Day]:
    """One section a day, also for a day with nothing to prepare."""
    views = list(found)
    dates = [today + timedelta(days=offset) for offset in range(days)]
    return [_day(day, today, [card(row, by) for row in views if row.date == day]) for day in dates]


def card(view: PreparationView, by: Delegation) -> Card:
    """One syringe, for the person who looks at it."""
    content = view.made or view.recipe
    big, aside, product = headline(content, partial(product_words, by.trial))
    return Card(
        view=view,
        day=full_day(view.date),
        where=" · ".join(filter(None, [_where(view), _stands(view.day_state)])),
        big=big,
        aside=aside,
        product=product,
        volume=amount(f"{content.volume_ml} mL") if content else "",
        concentration=amount(content.concentration) if content else "",
        marks=tuple(
            {"label": row.label, "who": f"{row.by}, {moment(row.at, view.site)}", "note": row.note}
            for row in view.steps
        ),
        form=_quick(view),
        released_at=time_of_day(view.steps[-1].at, view.site) if view.state == "released" else "",
    )


def _where(view: PreparationView) -> str:
    """Which injection it is, in the words of the calendar."""
    if not view.course:
        return _("injection %(number)d") % {"number": view.number}
    return _("course %(course)d, day %(day)d") % {"course": view.course, "day": view.day_in_course}


def _stands(state: str) -> str:
    """How the injection's day stands, where it is not simply to come."""
    words = {
        "given": _("given"),
        "partial": _("partly given"),
        "missed": _("not given"),
        "not_applicable": _("not applicable"),
        "late": _("not recorded"),
        "hold": pgettext("injection", "on hold"),
        "stopped": _("stopped"),
    }
    return words.get(state, "")


def headline(content: ArmPreparation | Made | None, named: Callable[[str], str]) -> tuple[str, str, str]:
    """What to prepare, as (large words, words beside them, product).

    With an active substance the dose is largest, since products can look alike and doses differ;
    without one, the product is. What stands in brackets explains and is set smaller.
    """
    if content is None:
        return "", "", ""
    dose = Text(content.dose_en, content.dose_fr) if isinstance(content, Made) else content.dose
    words = (amount(in_page_language(dose)), named(content.product))
    large, small = words if content.concentration else words[::-1]
    big, _bracket, aside = large.partition(" (")
    return big, aside.removesuffix(")"), small


def _day(day: date, today: date, cards: list[Card]) -> Day:
    name = _("Today") if day == today else _("Tomorrow")
    return Day(f"{name}, {full_day(day)}", _summary(cards), tuple(cards))


def _summary(cards: list[Card]) -> str:
    """`4 syringes · 2 released · 1 to check · 1 to prepare`."""
    count = len(cards)
    parts = [ngettext("%(count)d syringe", "%(count)d syringes", count) % {"count": count}]
    words: dict[str, Any] = {
        "released": ngettext_lazy("%(count)d released", "%(count)d released", "count"),
        "checked": _("%(count)d to release"),
        "prepared": _("%(count)d to check"),
        "": _("%(count)d to prepare"),
    }
    for state, word in words.items():
        if there := sum(row.view.state == state for row in cards):
            parts.append(str(word % {"count": there}))
    return " · ".join(parts)


def _quick(view: PreparationView) -> QuickPrepareForm | None:
    """The one-tap form, where there is a lot to take."""
    if Step.PREPARED not in view.may or not view.lots:
        return None
    form = QuickPrepareForm(auto_id=f"id_{view.id}_%s")
    form.offer(view.lots)
    return form
