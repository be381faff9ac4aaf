"""What is signed about people: a review of access, and what is confirmed at the pharmacy door."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from trial.models import AccessReview, Delegation, DutyEnd, InvitationUse, SignedAct, Trial
from trial.people.duties.log import LogLine, as_it_stood, digest_of_log, duties_of_trial, log_lines
from trial.people.signing import Deed, Hand

Content = dict[str, object]


def deed_of_review(row: AccessReview, hand: Hand | None) -> Deed:
    """What is signed with a review of access: the log that was looked through, and what was found."""
    content = review_content(row, duties=row.duties, digest=row.digest)
    return Deed(SignedAct.ACCESS_REVIEW, _review_keys(row)[0], row.trial_id, content, hand)


def _review_keys(row: AccessReview) -> tuple[str, str]:
    """What signatures call a review: by whom and when, since a running number would count other trials' too.

    The second is what those of before say.
    """
    return f"{row.by_id}/{_utc(row.at)}", str(row.pk)


def review_content(row: AccessReview, *, duties: int, digest: str) -> Content:
    """A review of access. `digest` is that of the delegation log, `duties` the number of its lines."""
    return {"digest": digest, "duties": duties, "statement": row.statement, "trial": row.trial_id}


def deed_of_duty(duty: Delegation, hand: Hand | None) -> Deed:
    """What is signed when a duty behind the pharmacy door is confirmed."""
    return Deed(SignedAct.DUTY_CONFIRMED, str(duty.pk), duty.user.username, duty_content(duty), hand)


def duty_content(duty: Delegation) -> Content:
    """A duty as it was given. Its end is an act of its own, and takes nothing from this."""
    return {
        "duty": str(duty.pk),
        "given_at": _utc(duty.granted_at),
        "role": duty.role,
        "site": duty.site.number if duty.site else None,
        "user": duty.user.username,
    }


def deed_of_end(end: DutyEnd, hand: Hand | None) -> Deed:
    """What is signed when the end of a duty is confirmed at the pharmacy door."""
    duty = end.delegation
    return Deed(SignedAct.END_CONFIRMED, str(duty.pk), duty.user.username, end_content(end), hand)


def end_content(end: DutyEnd) -> Content:
    """The end of a duty."""
    ended = end.delegation.ended_at
    return duty_content(end.delegation) | {"ended_at": _utc(ended) if ended else None, "why": end.reason}


def signed_contents(act: str, records: Sequence[str], trial: Trial) -> dict[str, Content] | None:
    """What those records say now, by their keys; None for an act that is not about people."""
    if act == SignedAct.ACCESS_REVIEW:
        return _reviews(records, trial)
    if act == SignedAct.DUTY_CONFIRMED:
        given = InvitationUse.objects.filter(invitation__trial=trial).values("duty")
        duties = Delegation.objects.filter(pk__in=given, trial=trial).select_related("user", "site")
        return _asked(records, {str(duty.pk): duty_content(duty) for duty in duties})
    if act == SignedAct.END_CONFIRMED:
        ends = DutyEnd.objects.filter(delegation__trial=trial).select_related(
            "delegation__user", "delegation__site"
        )
        return _asked(records, {str(end.delegation_id): end_content(end) for end in ends})
    return None


def _asked(records: Sequence[str], found: Mapping[str, Content]) -> dict[str, Content]:
    return {key: found[key] for key in records if key in found}


def _reviews(records: Sequence[str], trial: Trial) -> dict[str, Content]:
    """Reviews, each with the log as its reviewer saw it then; who came or left since is no part of that."""
    reviews = AccessReview.objects.filter(trial=trial).select_related("by")
    rows = {key: row for row in reviews for key in _review_keys(row)}
    lines = log_lines(duties_of_trial(trial.pk), everywhere="")
    return {key: _as_reviewed(rows[key], lines) for key in records if key in rows}


def _as_reviewed(row: AccessReview, lines: Iterable[LogLine]) -> Content:
    within = [line for line in lines if row.by.site_id in {None, line.duty.site_id}]
    then = as_it_stood(within, row.at)
    return review_content(row, duties=len(then), digest=digest_of_log(then))


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
