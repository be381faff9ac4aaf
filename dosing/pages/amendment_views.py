"""The clinic door's pages of amendments: which version is whose, and moving to the newest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dosing.core.changes import Change
from dosing.models import Plan
from dosing.pages.forms import AmendForm, MoveToVersionForm
from dosing.pages.options_presenters import change_columns, change_rows, recounted_in_words
from dosing.reading.queries import current_plan
from dosing.reading.situation import recounted
from dosing.reading.versions import behind, changes_by, put_into_past
from dosing.services.amending import check_can_move_to_version, move_everybody, move_to_version
from trial.models import CurrentParticipant, ProtocolVersion
from trial.pages.idempotent_page import IdempotentPage
from trial.permissions import Permission
from trial.refusals import why_not
from trial.screening.views import ParticipantAct
from trial.wording.words import full_day, medium_day, moment


def _past(participant: CurrentParticipant, plan: Plan, *, at: datetime) -> tuple[Change, ...]:
    """What the newest version would put into the past; nothing where nobody is moved to it."""
    newest = participant.trial.protocol_version
    if why_not(check_can_move_to_version, participant, plan, newest):
        return ()
    changes = changes_by(participant, plan, newest, at=at)
    return put_into_past(participant, plan, newest, changes, at=at)


def _past_in_words(changes: Iterable[Change]) -> str:
    """Which days these are; empty where there are none."""
    days = [f"{change.code} ({medium_day(change.planned.date)})" for change in changes]
    text = ngettext(
        "%(count)d day would lie in the past, with nothing recorded of it: %(days)s.",
        "%(count)d days would lie in the past, with nothing recorded of them: %(days)s.",
        len(days),
    )
    return text % {"count": len(days), "days": ", ".join(days)} if days else ""


def _preview(
    participant: CurrentParticipant, plan: Plan, version: ProtocolVersion, *, at: datetime
) -> tuple[str, str, list[list[str]]]:
    """Why somebody would not be moved to that version, and otherwise every day that changes.

    Between the two stands what would move for another reason than the version, and what would pass.
    """
    if refused := why_not(check_can_move_to_version, participant, plan, version):
        return refused, "", []
    moved = recounted_in_words(recounted(participant, plan))
    changes = changes_by(participant, plan, version, at=at)
    past = _past_in_words(put_into_past(participant, plan, version, changes, at=at))
    return "", " ".join(filter(None, (past, moved))), change_rows(changes)


class MoveToVersion(ParticipantAct):
    """Move one participant to the newest protocol version, with every day that it changes."""

    permission = Permission.AMEND
    form_class = MoveToVersionForm
    template_name = "dosing/version.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        """The days that the newest version puts into the past, each with its day."""
        plan = current_plan(self.participant)
        past = _past(self.participant, plan, at=self.at) if plan else ()
        days = [(row.code, f"{row.code} · {full_day(row.planned.date)}") for row in past]
        return super().get_form_kwargs() | {"past": days}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The two versions, and the changes; nothing where the participant is on the newest."""
        plan, newest = current_plan(self.participant), self.participant.trial.protocol_version
        is_behind = plan is not None and plan.protocol_version_id != newest.pk
        refused, moved, rows = (
            _preview(self.participant, plan, newest, at=self.at) if plan and is_behind else ("", "", [])
        )
        return super().get_context_data(
            plan=plan,
            newest=newest,
            is_behind=is_behind,
            columns=change_columns(),
            rows=rows,
            why_not=refused,
            recounted=moved,
            **context,
        )

    def act(self, **answers: Any) -> str:
        """Move this participant to the newest version."""
        digest = self.participant.trial.protocol_version.digest
        move_to_version(participant=self.participant, digest=digest, by=self.by, at=self.at, **answers)
        return _("The calendar follows the newest protocol version.")


class VersionList(IdempotentPage):
    """The versions of the protocol, and who is still on an older one."""

    permission = Permission.AMEND
    form_class = AmendForm
    template_name = "dosing/amendments.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Every version, and for everybody behind the days that would change."""
        newest, at = self.by.trial.protocol_version, self.at
        people = [
            (person.number, plan.protocol_version, *_preview(person, plan, newest, at=at))
            for person, plan in behind(self.by)
        ]
        site = self.by.site or self.by.trial.sites.first()
        versions = [
            (version, moment(version.installed_at, site) if site else "")
            for version in self.by.trial.protocol_versions.order_by("-id")
        ]
        refused = [number for number, _version, why, _moved, _rows in people if why]
        return super().get_context_data(
            versions=versions, people=people, refused=refused, columns=change_columns(), **context
        )

    def act(self, **answers: Any) -> str:
        """Move every participant within reach to the newest version."""
        moved = move_everybody(
            digest=self.by.trial.protocol_version.digest, by=self.by, at=self.at, **answers
        )
        text = ngettext("%(count)d participant is moved.", "%(count)d participants are moved.", len(moved))
        return text % {"count": len(moved)}

    def get_success_url(self) -> str:
        """Stay on this page."""
        return reverse("amendments")
