"""Who is here and who was here: the duties of the trial, one person's, the delegation log, and the review."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from trial.hooks import KeepsAddresses, ask_apps
from trial.models import Delegation, User
from trial.pages.frame import Page
from trial.pages.people.forms import ReviewForm
from trial.pages.signing import SigningPage
from trial.people.duties.log import (
    LogLine,
    digest_of_log,
    duties_for,
    good_tokens,
    last_end_of_sessions,
    log_lines,
    open_invitations,
    reviews_for,
    waiting_duties,
)
from trial.people.duties.reviewing import review_access
from trial.permissions import DOORS, Permission, may
from trial.queries import NotFound

REVIEWS = 5
"""How many reviews the page names; the log names them all."""


class People(Page, TemplateView):
    """Who has which duty, and who is invited."""

    permission = Permission.VIEW_PEOPLE
    template_name = "people/people.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Duties that run, duties that ended, invitations, and the newest reviews."""
        lines = log_lines(duties_for(self.by), everywhere=_("all sites"))
        waiting = waiting_duties(self.by.trial_id) if self.by.site_id is None else []
        return super().get_context_data(
            running=[line for line in lines if line.runs],
            ended=[line for line in lines if not line.runs],
            invitations=open_invitations(self.by, self.at),
            waiting=waiting,
            reviews=reviews_for(self.by)[:REVIEWS],
            acts=may(self.by.role, Permission.DELEGATE),
            review=may(self.by.role, Permission.REVIEW_ACCESS),
            **context,
        )


class DelegationLog(Page, TemplateView):
    """The delegation log on paper: names, duties, from and until, given and ended by, room for signatures."""

    permission = Permission.VIEW_PEOPLE
    template_name = "people/log.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Every duty within reach, and every review."""
        lines = log_lines(duties_for(self.by), everywhere=_("all sites"))
        reviews = reviews_for(self.by)
        return super().get_context_data(
            lines=lines,
            reviews=reviews,
            digest=digest_of_log(lines),
            printed_at=self.at,
            by=self.by,
            **context,
        )


class PersonPage(Page):
    """A page about one person, named by log-in name: somebody with a duty within reach."""

    @cached_property
    def duties(self) -> list[Delegation]:
        """The person's duties within reach. Raises NotFound."""
        found = list(duties_for(self.by).filter(user__username=self.kwargs["username"]))
        if not found:
            raise NotFound(_("There is no such person here."))
        return found

    @cached_property
    def person(self) -> User:
        """The person."""
        return self.duties[0].user

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Add the person to what the template gets."""
        return super().get_context_data(person=self.person, **context)  # type: ignore[misc]


class Person(PersonPage, TemplateView):
    """One person's duties, tokens, addresses and sessions, and what can be done about them."""

    permission = Permission.VIEW_PEOPLE
    template_name = "people/person.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What is so now; never a secret."""
        lines = log_lines(self.duties, everywhere=_("all sites"))
        counts = [app.addresses_of(self.person) for app in ask_apps(KeepsAddresses)]
        return super().get_context_data(
            lines=lines,
            tokens=good_tokens(self.person.pk, self.by.trial_id, self.at),
            addresses=sum(counts),
            sessions_ended=last_end_of_sessions(self.person),
            codes=self.person.enrolment_asked.order_by("id").last(),
            at_pharmacy=any(line.runs and line.duty.role in DOORS["pharmacy"] for line in lines),
            acts=may(self.by.role, Permission.DELEGATE),
            **context,
        )


class ReviewAccess(SigningPage):
    """The periodic review, signed."""

    permission = Permission.REVIEW_ACCESS
    form_class = ReviewForm
    template_name = "people/review.html"

    @cached_property
    def lines(self) -> list[LogLine]:
        """The log as it stands."""
        return log_lines(duties_for(self.by), everywhere=_("all sites"))

    def get_initial(self) -> dict[str, Any]:
        """The digest of what is shown, so that nobody signs another log than they saw."""
        return {"seen": digest_of_log(self.lines)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The duties that run."""
        return super().get_context_data(running=[line for line in self.lines if line.runs], **context)

    def get_success_url(self) -> str:
        """Back to the people."""
        return reverse("people")

    def act(self, **answers: Any) -> str:
        """Sign."""
        row = review_access(by=self.by, at=self.at, **answers)
        return _("Signed: %(name)s has reviewed access (%(count)s duties).") % {
            "name": self.by.user.shown_name,
            "count": row.duties,
        }
