"""An unfinished checklist: the answers so far, by whom, when. It decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import record_about
from trial.core.protocol import CriterionKind, Protocol
from trial.core.strata import contradictions
from trial.models import ChecklistDraft, Delegation, Participant
from trial.permissions import Permission
from trial.policies import require
from trial.queries import latest_check
from trial.refusals import InvalidInput
from trial.screening.services import check_can_judge, check_day_of_check, locked, plain_answers


@transaction.atomic
def keep_checklist(
    *,
    participant: Participant,
    answers: Mapping[str, object],
    strata: Mapping[str, str],
    by: Delegation,
    at: datetime,
    happened_on: date | None = None,
) -> ChecklistDraft:
    """Keep the answers that there are, for whoever goes on with them. Nothing is judged, no status changes.

    What was kept before stays in the record. There is no place for a date of birth: of that only month
    and year may be kept, and by a check. Nor is `happened_on` kept, without which a closed site takes none.
    Raises NoConsent, TooLate, SiteNotOpen, or InvalidInput for what is no question.
    """
    participant = locked(participant)
    require(by, Permission.SCREEN, trial=participant.trial_id, site=participant.site)
    check_can_judge(participant)
    check_day_of_check(participant, happened_on, at=at)
    _refuse_strange(participant.trial.protocol_version.protocol, participant.site.number, answers, strata)
    draft = ChecklistDraft.objects.create(
        participant=participant,
        answers=plain_answers(answers),
        strata=dict(strata),
        kept_by=by,
        kept_at=at,
    )
    record_about(
        participant,
        "participant.checklist_kept",
        by=by,
        at=at,
        body={"answers": draft.answers, "strata": draft.strata},
    )
    return draft


def kept_checklist(participant: Participant) -> ChecklistDraft | None:
    """The checklist that waits to be gone on with; None once a check has been made after it."""
    draft = ChecklistDraft.objects.filter(participant=participant).select_related("kept_by__user").last()
    check = latest_check(participant) if draft else None
    return None if draft and check and check.checked_at >= draft.kept_at else draft


def questions_of(protocol: Protocol) -> set[str]:
    """The criteria that are answered; an age is computed."""
    return {question.id for question in protocol.questions() if question.kind is not CriterionKind.AGE}


def how_far(draft: ChecklistDraft) -> tuple[int, int]:
    """How many of the protocol's questions are answered, and how many there are."""
    asked = questions_of(draft.participant.trial.protocol_version.protocol)
    return len(asked & set(draft.answers)), len(asked)


def _refuse_strange(
    protocol: Protocol, site: str, answers: Mapping[str, object], strata: Mapping[str, str]
) -> None:
    known = questions_of(protocol) | {factor.code for factor in protocol.strata}
    sentence = _("There is no such question in the protocol; take it out.")
    if strange := {name: sentence for name in (*answers, *strata) if name not in known}:
        raise InvalidInput(sentence, strange)
    if wrong := contradictions(protocol, site, strata):
        raise InvalidInput(_("A stratum that the site fixes is given otherwise."), wrong)
