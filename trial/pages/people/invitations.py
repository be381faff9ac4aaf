"""Inviting somebody, taking an invitation back, and the page on which the invited person sets a password."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.generic import FormView

from trial.models import Invitation, User
from trial.pages.form_page import answer_refusal
from trial.pages.frame import Page, refused
from trial.pages.middleware import AtTheDoor
from trial.pages.people.forms import AcceptForm, InviteForm
from trial.people.duties.inviting import (
    Invited,
    NewInvitation,
    accept,
    cancel_invitation,
    find_invitation,
    invite,
)
from trial.people.duties.log import open_invitations
from trial.people.duties.mailing import mail_invitation
from trial.people.log_in.password_link import is_password_link, person_of_link, set_by_link
from trial.people.tries.addresses import address_of
from trial.permissions import Permission, Role
from trial.queries import NotFound, sites_for
from trial.refusals import Refusal
from trial.wording.words import full_day


class Invite(Page, FormView):
    """Whom to invite. The answer shows the link once, for print, or says that it was mailed."""

    permission = Permission.DELEGATE
    form_class = InviteForm
    template_name = "people/invite.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The sites within reach; the whole trial for who reaches it."""
        everywhere = _("all sites") if self.by.site_id is None else ""
        return super().get_form_kwargs() | {"sites": sites_for(self.by), "everywhere": everywhere}

    def get_initial(self) -> dict[str, Any]:
        """The language of the page."""
        return {"language": "fr" if (get_language() or "").startswith("fr") else "en-gb"}

    def form_valid(self, form: InviteForm) -> HttpResponse:
        """Invite, and show the link or where it went."""
        try:
            new = self.invited(**form.cleaned_data)
        except Refusal as reason:
            return answer_refusal(self, form, reason)
        if not new.secret:
            messages.success(self.request, _said(new.invitation))
            return redirect("people")
        link = self.request.build_absolute_uri(reverse("invitation", args=[new.secret]))
        with override(new.invitation.language):
            last_day = full_day(new.invitation.expires_at.date())
        mailed = mail_invitation(new.invitation, link, last_day=last_day)
        context = {"invitation": new.invitation, "link": link, "mailed": mailed}
        return render(self.request, "people/invited.html", context)

    def form_invalid(self, form: InviteForm) -> HttpResponse:
        """Show the questions again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def invited(self, **answers: Any) -> NewInvitation:
        """The service, with the answers of the form."""
        role, site, reason = answers.pop("role"), answers.pop("site"), answers.pop("reason")
        sites = {str(one.pk): one for one in sites_for(self.by)}
        who = Invited(**answers | {"username": answers["username"].strip().lower()})
        what = {"trial": self.by.trial, "role": Role(role), "site": sites.get(site), "reason": reason}
        return invite(who=who, by=self.by, at=self.at, **what)


class CancelInvitation(Page):
    """Takes an invitation back."""

    permission = Permission.DELEGATE

    def post(self, request: HttpRequest, invitation: UUID) -> HttpResponse:
        """Take it back, if it is within reach."""
        found = open_invitations(self.by, self.at).filter(pk=invitation).first()
        if found is None:
            raise NotFound(_("There is no such invitation here."))
        cancel_invitation(invitation=found, by=self.by, at=self.at)
        messages.success(request, _("The invitation is taken back."))
        return redirect("people")


@method_decorator(login_not_required, name="dispatch")
class AcceptInvitation(FormView):
    """Sets a password, which nobody else types: the first one and takes the duty, or a new one."""

    form_class = AcceptForm
    template_name = "people/accept.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A link that is of no use says so, whatever is asked of it."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except Refusal as reason:
            return refused(request, reason)

    @cached_property
    def found(self) -> Invitation | User:
        """The invitation behind the link, or whose password it sets.

        Raises InvitationUseless or PasswordLinkUseless.
        """
        link, at = self.kwargs["link"], cast(AtTheDoor, self.request).at
        if is_password_link(link):
            return person_of_link(link, address=address_of(self.request), at=at)
        return find_invitation(link, at, address=address_of(self.request))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Who is invited, to what; or whose password it is."""
        kind = "person" if isinstance(self.found, User) else "invitation"
        return super().get_context_data(**{kind: self.found}, **context)

    def form_valid(self, form: AcceptForm) -> HttpResponse:
        """Accept, and go to the log-in."""
        try:
            said = self.take(form.cleaned_data["password"])
        except Refusal as reason:
            if not reason.errors:
                raise
            return answer_refusal(self, form, reason)
        messages.success(self.request, said)
        return redirect("account_login")

    def take(self, password: str) -> str:
        """Set it; what is so now."""
        said: dict[str, Any] = {"secret": self.kwargs["link"], "password": password}
        said["address"] = address_of(self.request)
        at = cast(AtTheDoor, self.request).at
        if isinstance(self.found, User):
            name = {"name": set_by_link(at=at, **said).username}
            return _("The password is set. Log in as %(name)s.") % name
        return _said(accept(at=at, **said))

    def form_invalid(self, form: AcceptForm) -> HttpResponse:
        """Show the questions again, with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=422)


def _said(row: Invitation) -> str:
    """What is so now."""
    if row.waits_for_pharmacy:
        return _("Accepted. The duty begins when a second person has confirmed it at the pharmacy door.")
    if row.user_id is None:
        return _("The password is set. Log in as %(name)s.") % {"name": row.username}
    return _("%(name)s has the duty now.") % {"name": row.invited}
