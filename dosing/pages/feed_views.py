"""Calendars as files, and at secret addresses for calendar programs."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from dosing.exporting.exports import calendar_csv, calendar_ics
from dosing.exporting.feeds import FeedContent, feed_behind, open_feeds
from dosing.exporting.paper import calendar_pdf, card_pdf
from dosing.exporting.winding_down import is_over
from dosing.reading.queries import calendar_of
from dosing.services.feeding import make_feed, revoke_feed
from dosing.services.recording import NothingPlanned
from trial.pages.frame import Page, ParticipantPage
from trial.pages.middleware import AtTheDoor
from trial.pages.tables import table_file
from trial.people.tries.addresses import address_of
from trial.people.tries.folding import count_failure
from trial.permissions import Permission
from trial.queries import NotFound

FILES = {
    "ics": ("text/calendar; charset=utf-8", calendar_ics),
    "pdf": ("application/pdf", calendar_pdf),
    "csv": ("text/csv; charset=utf-8", calendar_csv),
}
PLAIN = "text/plain; charset=utf-8"


@login_not_required
@require_safe
def feed(request: AtTheDoor, secret: str) -> HttpResponse:
    """A calendar for whoever holds its secret address; 304 where the program has it already.

    An address that never was is 404 and counts as a try; one that is over is 410, and nothing says why.
    """
    found = feed_behind(secret)
    if found is None:
        count_failure("feed", address=address_of(request), at=request.at)
        raise Http404
    if is_over(found, at=request.at):
        return HttpResponse(_("This calendar address has ended."), status=410, content_type=PLAIN)
    content = FeedContent(found, at=request.at)
    headers = {"ETag": content.tag, "X-Robots-Tag": "noindex"}
    full = HttpResponse(content_type=FILES["ics"][0], headers=headers)
    answer = cast("HttpResponse", get_conditional_response(request, etag=headers["ETag"], response=full))
    if answer is full:
        full.content = content.written()
    return answer


class CalendarFile(ParticipantPage):
    """A participant's calendar as a file: iCalendar, A4, or a table."""

    permission = Permission.VIEW_PARTICIPANTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file in the language of the page."""
        view, kind = calendar_of(self.participant, at=self.at), self.kwargs["kind"]
        if kind not in FILES:
            raise NotFound(_("There is no such file."))
        if view is None:
            raise NothingPlanned(_("%(number)s has no calendar yet.") % {"number": self.participant.number})
        media_type, make = FILES[kind]
        name = f"{self.participant.number}-calendar.{kind}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        content = make(self.participant, view, language=get_language() or "en")
        if kind == "csv":
            return table_file(content, name)
        return HttpResponse(content, content_type=media_type, headers=headers)


class WalletCard(ParticipantPage):
    """The card that somebody who is randomised carries along."""

    permission = Permission.VIEW_PARTICIPANTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The card in the language of the page. Raises NotFound before the draw."""
        number = self.participant.number
        if not self.participant.randomization_number:
            raise NotFound(
                _("%(number)s is not randomised; the card comes with the draw.") % {"number": number}
            )
        headers = {"Content-Disposition": f'attachment; filename="{number}-card.pdf"'}
        content = card_pdf(self.participant, language=get_language() or "en")
        return HttpResponse(content, content_type=FILES["pdf"][0], headers=headers)


class FeedPage(TemplateView):
    """The open addresses, a button for a new one, and one to revoke each."""

    template_name = "dosing/feeds.html"
    by: Any
    at: Any

    def which(self) -> dict[str, Any]:
        """The addresses that this page lists."""
        raise NotImplementedError

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The addresses that work; never their secrets."""
        return super().get_context_data(feeds=open_feeds(**self.which()), **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make one and show it once, or revoke one, named by its digest: a key would count everybody's."""
        if revoked := request.POST.get("revoke", ""):
            found = [row for row in open_feeds(**self.which()) if row.digest == revoked]
            if not found:
                raise NotFound(_("This address does not exist here."))
            revoke_feed(feed=found[0], by=self.by, at=self.at)
            messages.success(request, _("The address is revoked. It shows nothing any more."))
            return redirect(request.path)
        secret = make_feed(by=self.by, at=self.at, language=get_language() or "en", **self.for_whom())
        address = request.build_absolute_uri(reverse("feed", args=[secret]))
        return self.render_to_response(self.get_context_data(address=address))

    def for_whom(self) -> dict[str, Any]:
        """What `make_feed` needs beyond who acts."""
        return {}


class SiteFeedList(Page, FeedPage):
    """The nurse's own addresses: every calendar within reach."""

    permission = Permission.RECORD

    def which(self) -> dict[str, Any]:
        """Those that this person made for themselves."""
        return {"made_by": self.by, "participant": None}


class ParticipantFeedList(ParticipantPage, FeedPage):
    """The addresses of one participant, for them or a relative."""

    permission = Permission.MANAGE_CONTACT

    def which(self) -> dict[str, Any]:
        """Addresses of this participant's calendar."""
        return {"participant": self.participant}

    def for_whom(self) -> dict[str, Any]:
        """The participant of the page."""
        return {"participant": self.participant}
