"""A code that was broken elsewhere, on paper or from a backup, entered with its true time at the site."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from randomization.sealed.opening.emergency_forms import ElsewhereForm
from randomization.sealed.opening.outside_code_breaks import reconcile_code_break, whose
from trial.pages.signing import SigningPage
from trial.permissions import Permission
from trial.refusals import moment_at


class EnterOutsideCodeBreak(SigningPage):
    """A code that was broken on paper or from a backup, entered with its true time."""

    permission = Permission.BREAK_CODE
    form_class = ElsewhereForm
    template_name = "sealed/elsewhere.html"

    def act(self, **answers: Any) -> str:
        """Enter the code break, signed. Day and time are read by the clock of the participant's site."""
        zone = whose(answers["number"], self.by).site.tzinfo
        happened_at = moment_at(answers.pop("day"), answers.pop("time"), zone)
        row = reconcile_code_break(happened_at=happened_at, by=self.by, at=self.at, **answers)
        return _("Entered: the code of %(number)s was broken elsewhere.") % {"number": row.participant.number}

    def get_success_url(self) -> str:
        """Back to the first page of emergencies."""
        return reverse("code_break")
