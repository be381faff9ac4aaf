"""The page People of this door: what waits here for a second person, who looks and confirms it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.models import DutyEnd, Invitation, Site
from trial.pages.signing import SigningForm, SigningPage
from trial.people.duties.log import waiting_duties
from trial.people.duties.settling import (
    Confirmer,
    NothingWaits,
    codes_asked,
    confirm_duty,
    confirm_end,
    waiting_ends,
)
from trial.permissions import Permission

NEWEST = 20
"""How many requests for an enrolment code the page shows."""


class ConfirmForm(SigningForm):
    """What is confirmed, how it was made sure, and the password."""

    what = forms.ChoiceField(
        label=gettext_lazy("What you confirm"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("This waits no more. Look at the page again.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("How you made sure"),
        help_text=gettext_lazy(
            "Ask the person, and whoever asked for it, by another way than Velum: by telephone, say."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ["what", "reason", "password"]

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = choices  # type: ignore[attr-defined]


class WaitingPeople(SigningPage):
    """Accepted duties behind this door, ends that would leave a site alone, and codes that were asked for."""

    permission = Permission.CONFIRM_DUTIES
    form_class = ConfirmForm
    template_name = "sealed/people.html"
    success_url = reverse_lazy("waiting_people")

    @cached_property
    def duties(self) -> list[Invitation]:
        """What was accepted, within reach."""
        return [row for row in waiting_duties(self.by.trial_id) if self._reaches(row.site)]

    @cached_property
    def ends(self) -> list[DutyEnd]:
        """What has ended at the clinic door alone, within reach."""
        return [row for row in waiting_ends(self.by.trial_id) if self._reaches(row.delegation.site)]

    def _reaches(self, site: Site | None) -> bool:
        return self.by.site_id is None or (site is not None and self.by.covers(site.pk))

    def get_form_kwargs(self) -> dict[str, Any]:
        """One choice for each row that waits."""
        duties = [(f"duty-{row.pk}", duty_in_words(row)) for row in self.duties]
        ends = [(f"end-{row.pk}", end_in_words(row)) for row in self.ends]
        return super().get_form_kwargs() | {"choices": duties + ends}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Whether anything waits, and who needs an enrolment code."""
        waits, asked = bool(self.duties or self.ends), codes_asked(self.by.trial_id)[:NEWEST]
        return super().get_context_data(waits=waits, asked=asked, **context)

    def act(self, **answers: Any) -> str:
        """Sign, and confirm the one that was chosen. Raises NothingWaits where it is done already."""
        who, what = Confirmer(self.by, answers["reason"], answers["hand"]), answers["what"]
        acts: dict[str, Callable[[], str]] = {
            f"duty-{row.pk}": partial(self._give, row, who) for row in self.duties
        }
        acts |= {f"end-{row.pk}": partial(self._end, row, who) for row in self.ends}
        if what not in acts:
            raise NothingWaits(_("Nothing waits to be confirmed here."))
        return acts[what]()

    def _give(self, row: Invitation, who: Confirmer) -> str:
        duty = confirm_duty(invitation=row, at=self.at, who=who)
        said = {"name": duty.user.shown_name, "role": duty.get_role_display()}
        return (
            _("%(name)s has the duty now: %(role)s. Whoever runs Velum hands over an enrolment code.") % said
        )

    def _end(self, row: DutyEnd, who: Confirmer) -> str:
        confirm_end(end=row, at=self.at, who=who)
        said = {"name": row.delegation.user.shown_name, "role": row.delegation.get_role_display()}
        return _("The duty of %(name)s has ended at this door as well: %(role)s.") % said


def duty_in_words(row: Invitation) -> str:
    """An accepted duty: whose account, which duty, where, who asked for it and why."""
    return _("Duty: %(name)s (%(login)s), %(role)s, %(place)s. Asked for by %(by)s: %(reason)s") % {
        "name": row.invited,
        "login": row.log_in_name,
        "role": row.get_role_display(),
        "place": place_in_words(row.site),
        "by": row.by.user.shown_name if row.by else _("whoever runs Velum"),
        "reason": row.reason,
    }


def end_in_words(row: DutyEnd) -> str:
    """The end of a duty: whose, which, where, who asked for it and why."""
    duty = row.delegation
    said = {"name": duty.user.shown_name, "login": duty.user.username, "role": duty.get_role_display()}
    asked = {"by": row.by.user.shown_name if row.by else _("whoever runs Velum"), "reason": row.reason}
    return _(
        "End: %(name)s (%(login)s), %(role)s, %(place)s. Asked for by %(by)s: %(reason)s. "
        "Afterwards nobody there could break a code at once: nobody else has the duty and a second factor."
    ) % (said | asked | {"place": place_in_words(duty.site)})


def place_in_words(site: Site | None) -> str:
    """Where a duty holds."""
    return f"{site.number} {site.city}" if site else _("all sites")
