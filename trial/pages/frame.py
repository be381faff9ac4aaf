"""What every page of either door shares: who may see it, and what stands around it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic.base import View

from trial.hooks import Entry, KnowsCodeBreaks, OffersFooterFacts, OffersPages, ask_apps
from trial.models import CurrentParticipant, Delegation
from trial.pages.help import help_on
from trial.pages.middleware import AtTheDoor, OnDuty
from trial.pages.tour import tour_of
from trial.people.sign_on.provider import name_of_sign_on
from trial.people.tries.alarms import alarm_line
from trial.permissions import Permission, may
from trial.policies import NotPermitted
from trial.queries import NotFound, find_participant
from trial.refusals import Refusal, note_refusal
from trial.walls.trigger_check import last_trigger_fault, trigger_fault
from trial.wording.clock import behind_the_trail


def navigation_of(role: str) -> list[Entry]:
    """The pages of this door that the role opens, in their order; the first one is the role's first page."""
    entries = (entry for app in ask_apps(OffersPages) for entry in app.navigation())
    mine = (row for row in entries if row.door == settings.VELUM_DOOR and may(role, row.permission))
    return sorted(mine, key=lambda entry: entry.place)


class Page(View):
    """A page for whoever holds `permission`. A refusal raised below becomes a readable page."""

    permission: Permission

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Check the role, then answer; a Refusal is shown with its status."""
        try:
            if not may(self.by.role, self.permission):
                raise NotPermitted(
                    _("The role “%(role)s” does not open this page.") % {"role": self.by.get_role_display()}
                )
            return super().dispatch(request, *args, **kwargs)
        except Refusal as reason:
            return refused(request, reason)

    @property
    def by(self) -> Delegation:
        """The delegation in which the person at the screen acts."""
        return cast(OnDuty, self.request).delegation

    @property
    def at(self) -> datetime:
        """The moment of the request, in UTC: the only one that the page shows, asks for and records."""
        return cast(OnDuty, self.request).at


class ParticipantPage(Page):
    """A page about one participant, named by number in its address."""

    @cached_property
    def participant(self) -> CurrentParticipant:
        """The participant, if within the person's reach. Raises NotFound."""
        return find_participant(self.by, self.kwargs["number"])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the participant to what the template gets, and that their code was broken if it was."""
        person = self.participant
        broken = [
            sentence
            for app in (ask_apps(KnowsCodeBreaks) if person.code_broken else ())
            for sentence in app.code_breaks(person)
        ]
        return super().get_context_data(participant=person, code_breaks=broken, **context)  # type: ignore[misc]


def refused(request: HttpRequest, reason: Refusal) -> HttpResponse:
    """The page that shows a refusal: what is so, and what to do next."""
    note_refusal(request, reason)
    title = _("Not found") if isinstance(reason, NotFound) else _("This cannot be done")
    return render(
        request, "trial/refused.html", {"reason": str(reason), "title": title}, status=reason.status
    )


def page_frame(request: AtTheDoor) -> dict[str, Any]:
    """Template context: which door this is, who acts, the navigation, and the footer's facts."""
    delegation: Delegation | None = getattr(request, "delegation", None)
    around: dict[str, Any] = {
        "name": settings.VELUM_DOOR,
        "delegation": None,
        "nav": [],
        "footer": [],
        "demo": settings.PLAIN_HTTP,
        "sign_on": name_of_sign_on(),
        "trigger_fault": _trigger_fault(logged_in=delegation is not None),
    }
    if delegation is not None:
        around["clock_fault"] = behind_the_trail(at=request.at)
        around["alarm"] = alarm_line(delegation.role, at=request.at)
        around["trial"] = delegation.trial.acronym
        around["delegation"] = {
            "role_label": delegation.get_role_display(),
            "site_label": delegation.site.city if delegation.site else _("all sites"),
        }
        around["nav"] = _navigation(request, delegation.role)
        around["footer"] = _footer(delegation)
        around["session"] = "" if settings.CLINIC else seconds_left(request)
        around["help"] = help_on(_name_of(request), delegation.role)
        around["tour"] = tour_of(request, delegation.role)
    return {"door": around}


def seconds_left(request: AtTheDoor) -> int:
    """How long the session lasts at the least, if nothing else is asked: it was saved within this minute."""
    minute = int(request.session.get("minute", 0)) * 60
    return max(1, minute + settings.SESSION_COOKIE_AGE - int(request.at.timestamp()))


def _trigger_fault(*, logged_in: bool) -> str:
    """What the pharmacy door says where the database lacks a trigger. The clinic's does not open then."""
    if settings.CLINIC:
        return ""
    return trigger_fault() if logged_in else last_trigger_fault()


def _name_of(request: HttpRequest) -> str | None:
    """The name of the page's address; nothing where no address fits."""
    return request.resolver_match.url_name if request.resolver_match else None


def _navigation(request: HttpRequest, role: str) -> list[tuple[str, str, bool]]:
    urls = ((reverse(entry.name), _(entry.label)) for entry in navigation_of(role))
    return [(url, label, request.path == url) for url, label in urls]


def _footer(delegation: Delegation) -> list[str]:
    """What stands under every page and print: trial, protocol version, zone, and what apps add."""
    trial = delegation.trial
    facts = [trial.acronym, trial.key.upper(), trial.get_environment_display()]
    facts.append(_("protocol %(version)s") % {"version": trial.protocol_version.version})
    if delegation.site:
        facts.append(delegation.site.zone)
    for app in ask_apps(OffersFooterFacts):
        facts += app.footer_facts(trial, delegation.role)
    return facts
