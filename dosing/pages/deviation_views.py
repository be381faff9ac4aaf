"""The clinic door's pages of deviations: the list, its table as a file, and the review."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import TemplateView

from dosing.pages.deviation_forms import ReviewForm
from dosing.reading.deviations import DeviationView, as_csv, as_rows, deviations_for
from dosing.services.reviewing import check_can_review, review_deviation
from trial.pages.frame import Page, ParticipantPage
from trial.pages.signing import SignedOncePage
from trial.pages.tables import table_file
from trial.permissions import Permission, may
from trial.refusals import can

ROWS = 50
STATES = ("draft", "classified", "closed")


def _is_open(row: DeviationView) -> bool:
    """Whether something may still be said of it."""
    return can(check_can_review, closed=row.state == "closed")


class DeviationList(Page, TemplateView):
    """The deviations within reach, newest first, narrowed by state."""

    permission = Permission.VIEW_PARTICIPANTS
    template_name = "dosing/deviations.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """One page of the list."""
        state = self.request.GET.get("state", "")
        rows = [row for row in as_rows(deviations_for(self.by).order_by("-id")) if state in {"", row.state}]
        may_review = may(self.by.role, Permission.REVIEW_DEVIATIONS)
        page = Paginator(rows, ROWS).get_page(self.request.GET.get("page"))
        labels = {
            "": _("all"),
            "draft": _("drafted"),
            "classified": _("classified"),
            "closed": pgettext("deviation", "closed"),
        }
        return super().get_context_data(
            page=page,
            rows=list(page),
            filters=[(name, label, name == state) for name, label in labels.items()],
            state=state if state in STATES else "",
            to_review={row.id for row in page if _is_open(row)} if may_review else (),
            **context,
        )


class DeviationFile(Page):
    """The deviations within reach as a file."""

    permission = Permission.VIEW_PARTICIPANTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The list as CSV, deviations of all states."""
        return table_file(as_csv(as_rows(deviations_for(self.by))).encode(), "deviations.csv")


class ReviewDeviations(ParticipantPage, SignedOncePage):
    """The deviations of one participant, each to be classified and closed."""

    permission = Permission.REVIEW_DEVIATIONS
    form_class = ReviewForm
    template_name = "dosing/review_deviations.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The deviations that are still open."""
        return super().get_form_kwargs() | {"deviations": [row for row in self._rows() if _is_open(row)]}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The participant's deviations with their reviews."""
        return super().get_context_data(rows=self._rows(), **context)

    def signs(self, answers: Mapping[str, Any]) -> bool:
        """A deviation is closed with a signature, and classified without one."""
        return bool(answers["closed"])

    def act(self, **answers: Any) -> str:
        """Record the review of one deviation."""
        row = review_deviation(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The deviation is closed.") if row.closed else _("The deviation is classified.")

    def _rows(self) -> list[DeviationView]:
        return as_rows(deviations_for(self.by).filter(participant=self.participant))

    def get_success_url(self) -> str:
        """The same page: there may be more of them."""
        return reverse("review_deviations", args=[self.participant.number])
