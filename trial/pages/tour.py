"""A guided tour of the demonstration: pages in order, and on each what to look at. Works without script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from trial.permissions import Role

if TYPE_CHECKING:
    from trial.pages.middleware import OnDuty

Stop = tuple[str, str | Promise]
"""The name of a page's address, and what to look at there."""

_SITE: Sequence[Stop] = (
    ("today", _("The day's work: late first, then what is to be done. One tap records an injection.")),
    (
        "participants",
        _("Everybody who was screened. Type a number with a wrong digit: the check digit finds it."),
    ),
    ("screen", _("A new participant gets a number here. No name is ever entered.")),
    ("deviations", _("Velum drafts deviations; an investigator or manager reviews them.")),
    ("progress", _("Trial progress, in charts with their tables. Nothing is counted by arm.")),
    ("outbox", _("The reminders that were sent. They name no trial, no drug and no disease.")),
    (
        "trial",
        _("The root of the sealed list: published before the first draw, so that it cannot be changed."),
    ),
)
_WATCH: Sequence[Stop] = (
    ("progress", _("Trial progress: eight figures, each with its table to download.")),
    (
        "participants",
        _("Open one participant: you can read the calendar and the history, and change nothing."),
    ),
    ("deviations", _("Deviations from the protocol, with the version that planned the day.")),
    ("audit", _("Who did what, when and why. Note the heads of the chains: they show any later change.")),
    ("trial", _("The root of the sealed list, and the assumptions to be checked with the sponsor.")),
)
TOURS: dict[str, dict[str, Sequence[Stop]]] = {
    "clinic": {
        Role.STUDY_NURSE: _SITE,
        Role.INVESTIGATOR: _SITE,
        Role.MONITOR: _WATCH,
        Role.TRIAL_MANAGER: _WATCH,
    },
    "pharmacy": {
        Role.PHARMACIST: (
            (
                "preparations",
                _("One card for each syringe: product, dose, volume. One prepares, another checks."),
            ),
            ("stock", _("Lots and vials. What was received equals what was used, set aside and destroyed.")),
            ("receive_lot", _("Enter each delivery here. An expired lot cannot be used.")),
        ),
        Role.UNBLINDED_STATISTICIAN: (
            ("lists", _("The training list, and who took it through its steps. What it holds is not shown.")),
            ("what_if", _("Compare designs before a list is made: how even, and how easily guessed.")),
            ("jobs", _("Long work goes on here when you leave the page. Verify the trails and the lists.")),
        ),
        Role.INVESTIGATOR: (
            (
                "code_break",
                _("Emergency unblinding: a participant, a reason, your password. Nobody is asked."),
            ),
            (
                "make_code_break_link",
                _("Somebody else should learn the arm, and you should not: a link that opens once."),
            ),
            (
                "emergency",
                _("What to do when nothing works. Print it, and keep it where it is found at night."),
            ),
        ),
    },
}
"""Door -> role -> the tour. An administrator has one page and needs none."""

STEP = "tour"
"""Where the session keeps the place in the tour."""


@dataclass(frozen=True)
class Tour:
    """Where somebody is in the tour."""

    place: int
    length: int
    text: str
    url: str
    here: bool

    @property
    def last(self) -> bool:
        """Whether this is the last stop."""
        return self.place == self.length


def stops(role: str) -> Sequence[Stop]:
    """The tour of a role at this door; none outside a demonstration."""
    return TOURS[settings.VELUM_DOOR].get(role, ()) if settings.PLAIN_HTTP else ()


def tour_of(request: HttpRequest, role: str) -> Tour | None:
    """The stop at which the person is, if they are on a tour."""
    step, along = request.session.get(STEP), stops(role)
    if not isinstance(step, int) or not 0 <= step < len(along):
        return None
    name, text = along[step]
    url = reverse(name)
    return Tour(step + 1, len(along), str(text), url, request.path == url)


@require_POST
def go(request: OnDuty) -> HttpResponse:
    """To the first, next or last stop; or end the tour."""
    along, step = stops(request.delegation.role), request.session.get(STEP)
    moves = {"next": 1, "back": -1}
    wanted = request.POST.get("go", "")
    place = step + moves[wanted] if wanted in moves and isinstance(step, int) else 0
    if wanted not in {*moves, "start"} or not 0 <= place < len(along):
        request.session.pop(STEP, None)
        return redirect("help")
    request.session[STEP] = place
    return redirect(along[place][0])
