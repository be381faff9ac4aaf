"""What the signatures of the blinded half stand under: written when it is signed, and read again later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from randomization.models import Envelope, RandomizedInError, TrueStratum
from trial.core.chain import canonical, moment
from trial.models import CurrentParticipant, DataLock, EligibilityCheck, Participant, SignedAct, Trial
from trial.queries import with_status

Content = dict[str, object]


def draw_content(
    participant: CurrentParticipant,
    envelope: Envelope,
    answers: Mapping[str, object] | None,
    drawn_by: str,
    drawn_at: datetime,
) -> Content:
    """What is signed with a draw, before anything of it was corrected."""
    return {
        "answers": sha256(canonical(dict(answers or {})).encode()).hexdigest(),
        "birth_month": participant.birth_month and participant.birth_month.isoformat(),
        "commitment": envelope.commitment,
        "consent": participant.signed_on and participant.signed_on.isoformat(),
        "drawn_at": moment(drawn_at),
        "drawn_by": drawn_by,
        "in_error": False,
        "list": envelope.stratum.list.root,
        "number": envelope.number,
        "participant": participant.number,
        "stratum": participant.stratum,
    }


def stratum_content(row: TrueStratum) -> Content:
    """What is signed with a true stratum."""
    return {
        "drawn_as": row.drawn_as,
        "participant": row.participant.number,
        "reason": row.reason,
        "stratum": row.key,
    }


def error_content(row: RandomizedInError) -> Content:
    """What is signed with a randomisation in error."""
    return {"participant": row.participant.number, "reason": row.reason}


def confirmed_content(check: EligibilityCheck, *, counts: bool) -> dict[str, object]:
    """What is signed: which check, its answers by digest, and that it is the one that counts."""
    return {
        "answers": sha256(canonical(dict(check.answers)).encode()).hexdigest(),
        "checked_at": moment(check.checked_at),
        "counts": counts,
        "eligible": check.eligible,
        "participant": check.participant.number,
        "version": check.protocol_version.version,
    }


def lock_content(lock: DataLock) -> Content:
    """What is signed with a data lock: the statement, and who was in the trial."""
    people = Participant.objects.filter(trial=lock.trial_id).order_by("number")
    numbers = canonical({"participants": list(people.values_list("number", flat=True))})
    return {
        "participants": people.count(),
        "participants_digest": sha256(numbers.encode()).hexdigest(),
        "statement": lock.statement,
        "trial": lock.trial_id,
    }


def signed_contents(act: str, records: Sequence[str], trial: Trial) -> dict[str, Content] | None:
    """What those records say now, by their keys; None for an act that is not of this application."""
    if act in {SignedAct.DRAW, SignedAct.PAPER_DRAW}:
        return _draws(records, trial)
    if act == SignedAct.TRUE_STRATUM:
        return _true_strata(records, trial)
    if act == SignedAct.DRAWN_IN_ERROR:
        return _errors(records, trial)
    if act == SignedAct.ELIGIBILITY:
        return _confirmed(records, trial)
    if act == SignedAct.DATA_LOCK:
        return {lock.trial_id: lock_content(lock) for lock in DataLock.objects.filter(trial=trial)}
    return None


def _confirmed(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    """The confirmed checks; one that was followed by another counts no more."""
    rows = EligibilityCheck.objects.filter(participant__trial=trial).order_by("id")
    checks = list(rows.select_related("participant", "protocol_version"))
    latest = {row.participant_id: row.pk for row in checks}
    keys = {f"{row.participant.number}/{moment(row.checked_at)}": row for row in checks}
    return {
        key: confirmed_content(row, counts=latest[row.participant_id] == row.pk)
        for key, row in keys.items()
        if key in records
    }


def _errors(numbers: Sequence[str], trial: Trial) -> dict[str, Content]:
    rows = RandomizedInError.objects.filter(participant__trial=trial, participant__number__in=numbers)
    return {row.participant.number: error_content(row) for row in rows.select_related("participant")}


def _draws(numbers: Sequence[str], trial: Trial) -> dict[str, Content]:
    """Draws as they stand: with the consent, the answers and the stratum that count now."""
    people = {row.number: row for row in _judged(trial, numbers)}
    drawn = Envelope.objects.filter(participant__in=[row.pk for row in people.values()])
    errors = set(
        RandomizedInError.objects.filter(participant__in=[row.pk for row in people.values()]).values_list(
            "participant__number", flat=True
        )
    )
    found = {}
    for row in drawn.select_related("stratum__list", "participant", "drawn_by__user"):
        if row.participant is None or row.drawn_by is None or row.drawn_at is None:
            continue
        who: Any = people[row.participant.number]
        content = draw_content(who, row, who.answers, row.drawn_by.user.username, row.drawn_at)
        content |= {"in_error": who.number in errors, "stratum": who.true_stratum or who.stratum}
        found[who.number] = content
    return found


def _judged(trial: Trial, numbers: Sequence[str]) -> QuerySet[CurrentParticipant]:
    checks = EligibilityCheck.objects.filter(participant=OuterRef("pk")).order_by("-id")
    strata = TrueStratum.objects.filter(participant=OuterRef("pk")).order_by("-id")
    people = with_status(Participant.objects.filter(trial=trial, number__in=numbers))
    return people.annotate(
        answers=Subquery(checks.values("answers")[:1]), true_stratum=Subquery(strata.values("key")[:1])
    )


def _true_strata(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    """The true stratum that counts now of each participant, by what signatures call it."""
    rows = TrueStratum.objects.filter(participant__trial=trial).select_related("participant").order_by("id")
    latest = {row.participant.number: row for row in rows}
    keys = {key: row for row in latest.values() for key in stratum_keys(row)}
    return {key: stratum_content(keys[key]) for key in records if key in keys}


def stratum_keys(row: TrueStratum) -> tuple[str, str]:
    """What signatures call a true stratum: by its moment, since a running number would count all sites' rows.

    The second is what those of before say.
    """
    number = row.participant.number
    return f"{number}/{moment(row.at)}", f"{number}/{row.pk}"
