"""The delegation log: every duty within reach, with its beginning and end, as the rows say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.db.models import QuerySet

from trial.models import AccessReview, ApiToken, Delegation, Invitation, SessionsEnded, User


@dataclass(frozen=True)
class LogLine:
    """One duty, as the log shows it. `waits`: it ended here, and the pharmacy door has to confirm that."""

    duty: Delegation
    role: str
    place: str
    given_by: str
    ended_at: datetime | None
    ended_by: str
    reason: str
    waits: bool

    @property
    def runs(self) -> bool:
        """Whether the duty holds at this door."""
        return self.ended_at is None and self.duty.user.is_active


def duties_for(by: Delegation) -> QuerySet[Delegation]:
    """Every duty of this trial within reach, running or ended, by name."""
    rows = duties_of_trial(by.trial_id)
    return rows if by.site_id is None else rows.filter(site=by.site_id)


def duties_of_trial(trial: str) -> QuerySet[Delegation]:
    """Every duty of a trial, running or ended, by name."""
    related = ("user", "site", "trial", "granted_by__user", "end__by__user")
    rows = Delegation.objects.filter(trial=trial).select_related(*related)
    return rows.order_by("user__last_name", "user__username", "granted_at", "id")


def log_lines(duties: Iterable[Delegation], *, everywhere: str) -> list[LogLine]:
    """The lines of the log. `everywhere` is the word for a duty at all sites."""
    return [_line(duty, everywhere) for duty in duties]


def _line(duty: Delegation, everywhere: str) -> LogLine:
    end = getattr(duty, "end", None)
    return LogLine(
        duty=duty,
        role=duty.get_role_display(),
        place=f"{duty.site.number} {duty.site.city}" if duty.site else everywhere,
        given_by=duty.granted_by.user.shown_name if duty.granted_by else "",
        ended_at=duty.ended_at or (end.at if end else None),
        ended_by=end.by.user.shown_name if end and end.by else "",
        reason=end.reason if end else "",
        waits=end is not None and duty.ended_at is None,
    )


def as_it_stood(lines: Iterable[LogLine], at: datetime) -> list[LogLine]:
    """The log as it was at a moment: without duties that were given, and ends that came, after it."""
    there = [line for line in lines if line.duty.granted_at <= at]
    return [
        line if line.ended_at is None or line.ended_at <= at else replace(line, ended_at=None)
        for line in there
    ]


def open_invitations(by: Delegation, at: datetime) -> QuerySet[Invitation]:
    """Invitations within reach that nobody has used, taken back, or let go by."""
    rows = Invitation.objects.filter(trial=by.trial_id, use=None, cancelled=None, expires_at__gt=at)
    if by.site_id is not None:
        rows = rows.filter(site=by.site_id)
    return rows.select_related("site", "by__user")


def waiting_duties(trial: str) -> QuerySet[Invitation]:
    """Accepted invitations whose duty is given only when the pharmacy door confirms it, and is not yet."""
    given = Delegation.objects.filter(trial=trial).values("pk")
    rows = Invitation.objects.filter(trial=trial).exclude(use=None).exclude(use__duty__in=given)
    return rows.select_related("site", "by__user", "user", "use")


def good_tokens(user_id: int, trial: str, at: datetime) -> QuerySet[ApiToken]:
    """The tokens of a person that work now."""
    rows = ApiToken.objects.filter(delegation__user=user_id, delegation__trial=trial, revoked_at=None)
    return rows.filter(expiry__gt=at, delegation__in=Delegation.objects.running()).order_by("created")


def reviews_for(by: Delegation) -> QuerySet[AccessReview]:
    """The reviews of access to this trial, the newest first."""
    return AccessReview.objects.filter(trial=by.trial_id).select_related("by__user")


def last_end_of_sessions(user: User) -> SessionsEnded | None:
    """When the sessions of a person were last ended, by whom and why; None if they never were."""
    return SessionsEnded.objects.filter(user=user).last()


def digest_of_log(lines: Iterable[LogLine]) -> str:
    """The digest of what a reviewer saw: every duty, with its beginning and its end."""
    text = "\n".join(
        f"{line.duty.pk} {line.duty.user.username} {line.duty.role} {line.duty.site_id} "
        f"{line.duty.granted_at.isoformat()} {line.ended_at.isoformat() if line.ended_at else '-'}"
        for line in lines
    )
    return sha256(text.encode()).hexdigest()
