"""The clinic door's pages of a site: Today, and the outbox."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.views.generic import TemplateView

from dosing.models import Reminder
from dosing.pages.agenda import agenda
from dosing.reading.outbox import keeps_a_folder, letters, reminders_ahead, reminders_done
from trial.pages.frame import Page
from trial.people.log_in.sessions import renews_itself
from trial.permissions import Permission, may
from trial.wording.words import medium_day, moment

ROWS = 50
LETTERS = 20
AHEAD = 20
"""How many planned reminders are shown: about a week of a busy site."""


class Today(Page, TemplateView):
    """Who, what, where, by when: late first. Where the page renews itself it asks for the rows alone."""

    permission = Permission.VIEW_TODAY

    def get_template_names(self) -> list[str]:
        """The page, or what stands in it for the page that is there already."""
        return ["dosing/today_rows.html" if renews_itself(self.request) else "dosing/today.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Today's agenda of the sites within reach."""
        feeds = may(self.by.role, Permission.RECORD)
        return super().get_context_data(agenda=agenda(self.by, at=self.at), feeds=feeds, **context)


class Outbox(Page, TemplateView):
    """The reminders within reach, and without a mail server the messages themselves."""

    permission = Permission.VIEW_OUTBOX
    template_name = "dosing/outbox.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What became of the reminders, what comes next, and the newest messages of the folder."""
        page = Paginator(reminders_done(self.by), ROWS).get_page(self.request.GET.get("page"))
        ahead = reminders_ahead(self.by)
        return super().get_context_data(
            page=page,
            done=[_line(row) for row in page],
            ahead=[_line(row) for row in ahead[:AHEAD]],
            further=max(0, ahead.count() - AHEAD),
            folder=keeps_a_folder(),
            letters=letters(self.by, most=LETTERS),
            **context,
        )


def _line(row: Reminder) -> tuple[Reminder, str, str]:
    """A reminder with its day and its moment in the words of its site."""
    return row, medium_day(row.event_date), moment(row.sent_at or row.due_at, row.participant.site)
