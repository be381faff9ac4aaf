"""The clinic door's pages of visits beside the plan."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dosing.models import UnscheduledVisit
from dosing.pages.forms import CorrectUnscheduledForm, UnscheduledForm
from dosing.reading.unscheduled import unscheduled_of
from dosing.services.unscheduled import (
    check_can_record_unscheduled,
    correct_unscheduled,
    record_unscheduled,
    take_back_unscheduled,
)
from trial.permissions import Permission
from trial.queries import NotFound
from trial.screening.views import ParticipantAct
from trial.wording.clock import day_at
from trial.wording.words import full_day


class RecordUnscheduled(ParticipantAct):
    """Say that a visit took place which the plan does not have."""

    permission = Permission.RECORD
    form_class = UnscheduledForm
    template_name = "dosing/unscheduled.html"

    def get_initial(self) -> dict[str, Any]:
        """Today. Raises NoConsent or WrongStatus where none can be recorded."""
        check_can_record_unscheduled(self.participant)
        return {"day": day_at(self.participant.site, self.at)}

    def act(self, **answers: Any) -> str:
        """Record it and return the sentence that says so."""
        row = record_unscheduled(participant=self.participant, by=self.by, at=self.at, **answers)
        return _("The unscheduled visit of %(day)s is recorded.") % {"day": full_day(row.day)}


class CorrectUnscheduled(ParticipantAct):
    """Say what is right of such a visit, or that it never took place."""

    permission = Permission.RECORD
    form_class = CorrectUnscheduledForm
    template_name = "dosing/correct_unscheduled.html"

    @property
    def row(self) -> UnscheduledVisit:
        """The visit as it stands. Raises NotFound."""
        rows = unscheduled_of(self.participant)
        found = next((row for row in rows if row.number == self.kwargs["visit"]), None)
        if found is None:
            raise NotFound(_("There is no such unscheduled visit. Look at the participant's page."))
        return found

    def get_initial(self) -> dict[str, Any]:
        """What is recorded."""
        row = self.row
        return {"day": row.day, "hour": row.hour, "reason": row.reason}

    def act(self, **answers: Any) -> str:
        """Correct it or take it back, and return the sentence that says so."""
        said = {"participant": self.participant, "number": self.kwargs["visit"], "by": self.by, "at": self.at}
        if answers.pop("never"):
            take_back_unscheduled(why=answers["why"], **said)
            return _("The unscheduled visit is taken back. The earlier entry stays in the history.")
        correct_unscheduled(**answers, **said)
        return _("The unscheduled visit is corrected. The earlier entry stays in the history.")
