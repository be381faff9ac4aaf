"""The clinic door's pages of a site: Today, and the outbox."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils import timezone
from django.views.generic import TemplateView

from dosing.agenda import agenda
from dosing.outbox import keeps_a_folder, letters, reminders_for
from trial.pages import Page
from trial.permissions import Permission
from trial.wording import medium_day, moment

ROWS = 50
LETTERS = 20


class Today(Page, TemplateView):
    """Who, what, where, by when: late first."""

    permission = Permission.RECORD
    template_name = "dosing/today.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The agenda of this moment."""
        return super().get_context_data(agenda=agenda(self.by, at=timezone.now()), **context)


class Outbox(Page, TemplateView):
    """The reminders within reach, and without a mail server the messages themselves."""

    permission = Permission.VIEW_OUTBOX
    template_name = "dosing/outbox.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """One page of reminders, and the newest messages of the folder."""
        page = Paginator(reminders_for(self.by), ROWS).get_page(self.request.GET.get("page"))
        rows = [
            (row, medium_day(row.event_date), moment(row.sent_at or row.due_at, row.participant.site))
            for row in page
        ]
        return super().get_context_data(
            page=page, rows=rows, folder=keeps_a_folder(), letters=letters(self.by, most=LETTERS), **context
        )
