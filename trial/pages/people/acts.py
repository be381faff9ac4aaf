"""What an administrator does about one person: one act, one reason, one page."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.models import ApiToken, Delegation
from trial.pages.form_page import FormPage
from trial.pages.people.forms import ReasonForm
from trial.pages.people.views import PersonPage
from trial.people.delegating import end_delegation
from trial.people.duties.reviewing import ask_for_code
from trial.people.duties.shutting import end_sessions, revoke_addresses, revoke_token, shut_account
from trial.permissions import DOORS, Permission
from trial.queries import NotFound


class PersonAct(PersonPage, FormPage):
    """Asks why, and does it."""

    permission = Permission.DELEGATE
    form_class = ReasonForm
    template_name = "people/act.html"
    title: Any = ""
    lead: Any = ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What is about to be done, in words."""
        return super().get_context_data(title=self.title, lead=self.lead, **context)

    def get_success_url(self) -> str:
        """Back to the person."""
        return reverse("person", args=[self.person.username])

    @property
    def who(self) -> dict[str, Any]:
        """Whom it is about, who does it, and when: what each service wants."""
        return {"user": self.person, "by": self.by, "at": self.at}


class EndDuty(PersonAct):
    """End one duty."""

    title = gettext_lazy("End this duty")
    lead = gettext_lazy(
        "It ends at once: pages, tokens, calendar addresses, one-time links and mails. Records stay."
    )

    @property
    def duty(self) -> Delegation:
        """The duty that the address names. Raises NotFound."""
        found = [duty for duty in self.duties if duty.pk == self.kwargs["duty"]]
        if not found:
            raise NotFound(_("There is no such duty here."))
        return found[0]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Which duty it is."""
        place = self.duty.site.city if self.duty.site else _("all sites")
        return super().get_context_data(about=f"{self.duty.get_role_display()}, {place}", **context)

    def act(self, **answers: Any) -> str:
        """End it, and say whether the pharmacy door waits."""
        end_delegation(delegation=self.duty, by=self.by, at=self.at, reason=answers["reason"])
        if Delegation.objects.filter(pk=self.duty.pk, ended_at=None).exists():
            return _(
                "The duty has ended at the clinic door. Without it nobody could break a code there at once, "
                "so the pharmacy door keeps it until somebody confirms the end on its page People."
            )
        if self.duty.role in DOORS["pharmacy"]:
            return _("The duty has ended, at both doors.")
        return _("The duty has ended.")


class ShutAccount(PersonAct):
    """Shut the account."""

    title = gettext_lazy("Shut the account")
    lead = gettext_lazy("All duties end at once, and nobody logs in with this account any more.")

    def act(self, **answers: Any) -> str:
        """Shut it."""
        shut_account(**self.who, reason=answers["reason"])
        return _("The account is shut.")


class EndSessions(PersonAct):
    """End all sessions."""

    title = gettext_lazy("End all sessions")
    lead = gettext_lazy(
        "Whoever is logged in with this account has to log in again, at both doors. For a lost "
        "telephone or a computer that was left open."
    )

    def act(self, **answers: Any) -> str:
        """End them."""
        end_sessions(**self.who, reason=answers["reason"])
        return _("All sessions have ended.")


class RevokeToken(PersonAct):
    """Revoke one token, named by the beginning of its key."""

    title = gettext_lazy("Revoke this token")
    lead = gettext_lazy("The system that uses it is let in no more.")

    def act(self, **answers: Any) -> str:
        """Revoke it. Raises NotFound."""
        duties = [duty.pk for duty in self.duties]
        token = ApiToken.objects.filter(delegation__in=duties, token_key=self.kwargs["key"]).first()
        if token is None:
            raise NotFound(_("There is no such token here."))
        revoke_token(token=token, by=self.by, at=self.at, reason=answers["reason"])
        return _("The token is revoked.")


class RevokeAddresses(PersonAct):
    """Revoke all calendar addresses."""

    title = gettext_lazy("Revoke the calendar addresses")
    lead = gettext_lazy("Every calendar address that this person made shows nothing any more.")

    def act(self, **answers: Any) -> str:
        """Revoke them."""
        revoke_addresses(**self.who, reason=answers["reason"])
        return _("The addresses are revoked. They show nothing any more.")


class AskForCode(PersonAct):
    """Ask for a new enrolment code."""

    title = gettext_lazy("Ask for an enrolment code")
    lead = gettext_lazy(
        "Only the pharmacy door's command makes one. This notes that it is needed; its page People shows it."
    )

    def act(self, **answers: Any) -> str:
        """Note it."""
        ask_for_code(user=self.person, by=self.by, at=self.at)
        return _("Asked for. Whoever runs Velum makes the code at the pharmacy door and hands it over.")
