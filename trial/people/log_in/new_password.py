"""The page of one's own password: a new one, and the end of what the old one may have opened."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext_lazy, ngettext

from trial.people.log_in.ways_in import end_ways_in


class NewPassword(ChangePasswordForm):
    """The library's form, which ends every other session, and two boxes for what no session holds."""

    end_tokens = forms.BooleanField(
        label=gettext_lazy("End my access tokens as well"),
        help_text=gettext_lazy("Programs that act in your name stop until they have new ones."),
        required=False,
    )
    end_addresses = forms.BooleanField(
        label=gettext_lazy("Revoke my calendar addresses as well"),
        help_text=gettext_lazy(
            "Calendar programs stop showing your calendars until they have new addresses."
        ),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.CLINIC:
            del self.fields["end_addresses"]

    @transaction.atomic
    def save(self) -> None:
        """Change the password and end what was chosen, all or nothing."""
        super().save()
        chosen = {name: bool(self.cleaned_data.get(f"end_{name}")) for name in ("tokens", "addresses")}
        ended = end_ways_in(user=self.user, at=context.request.at, **chosen)
        if any(chosen.values()):
            said = ngettext(
                "%(count)s token or address has ended.", "%(count)s tokens and addresses have ended.", ended
            )
            messages.success(context.request, said % {"count": ended})
