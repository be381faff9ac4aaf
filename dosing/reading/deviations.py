"""Reading deviations: within reach, with their reviews, and as a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from dosing.core.deviations import PRESUMED_IMPORTANT
from dosing.core.events import DeviationEvent
from dosing.models import Deviation, DeviationReview, InjectionRecord, VisitRecord
from trial.models import ConsentCorrection, Delegation
from trial.queries import participants_for

Day = date


@dataclass(frozen=True)
class DeviationView:
    """A deviation as it stands: `state` is draft, classified or closed.

    `corrected` says that the record behind it was corrected since, so that it may no longer be so;
    `presumed_important` that its kind is important unless a person says otherwise.
    """

    id: int
    participant: str
    site: str
    number: int
    kind: str
    label: str
    event: str
    planned: Day | None
    earliest: Day | None
    latest: Day | None
    happened_on: Day | None
    reason: str
    protocol_version: str
    protocol_digest: str
    drafted_at: datetime
    corrected: bool
    state: str
    presumed_important: bool = False
    important: bool | None = None
    assessment: str = ""
    reviewed_by: str = ""
    reviewed_at: datetime | None = None


def about_injection(number: int) -> str:
    """The event of a deviation that is about that injection."""
    return DeviationEvent.INJECTION.named(number)


def deviations_for(by: Delegation) -> QuerySet[Deviation]:
    """The deviations of the participants within reach, in the order in which they were drafted."""
    return (
        Deviation.objects.filter(participant__in=participants_for(by))
        .select_related("participant__site", "protocol_version")
        .prefetch_related("reviews__by__user")
        .order_by("id")
    )


def presumed_important_drafts(by: Delegation) -> QuerySet[Deviation]:
    """Those within reach that count as important until a person says otherwise, which nobody has done."""
    return (
        Deviation.objects.filter(
            participant__in=participants_for(by), kind__in=PRESUMED_IMPORTANT, reviews=None
        )
        .select_related("participant")
        .order_by("id")
    )


def as_rows(rows: Iterable[Deviation]) -> list[DeviationView]:
    """Deviations as they stand. The number of queries does not grow with the number of rows."""
    found = list(rows)
    newest = _newest_records({row.participant_id for row in found})
    return [_view(row, newest) for row in found]


def _view(row: Deviation, newest: dict[tuple[object, str], int]) -> DeviationView:
    last: DeviationReview | None = max(row.reviews.all(), key=lambda review: review.sequence, default=None)
    return DeviationView(
        id=row.pk,
        participant=row.participant.number,
        site=row.participant.site.number,
        number=row.number,
        kind=row.kind,
        label=str(row.get_kind_display()),
        event=row.event,
        planned=row.planned,
        earliest=row.earliest,
        latest=row.latest,
        happened_on=row.happened_on,
        reason=row.reason,
        protocol_version=row.protocol_version.version,
        protocol_digest=row.protocol_version.digest,
        drafted_at=row.drafted_at,
        corrected=newest.get((row.participant_id, row.event), row.record) > row.record,
        state="draft" if last is None else "closed" if last.closed else "classified",
        presumed_important=row.kind in PRESUMED_IMPORTANT,
        important=last.important if last else None,
        assessment=last.assessment if last else "",
        reviewed_by=last.by.user.shown_name if last else "",
        reviewed_at=last.at if last else None,
    )


def _newest_records(participants: Iterable[object]) -> dict[tuple[object, str], int]:
    """The newest record of each event of these participants; holds have one each."""
    wanted = Q(participant__in=list(participants))
    newest: dict[tuple[object, str], int] = {}
    for row in InjectionRecord.objects.filter(wanted).order_by("sequence"):
        newest[row.participant_id, DeviationEvent.INJECTION.named(row.number)] = row.sequence
    for visit in VisitRecord.objects.filter(wanted).order_by("sequence"):
        newest[visit.participant_id, DeviationEvent.VISIT.named(visit.code)] = visit.sequence
    for fixed in ConsentCorrection.objects.filter(wanted):
        key = (fixed.participant_id, DeviationEvent.CONSENT.named())
        newest[key] = newest.get(key, 1) + 1
    return newest


COLUMNS = (
    "participant", "site", "number", "kind", "event", "planned", "earliest", "latest", "happened_on",
    "reason", "protocol_version", "protocol_digest", "drafted_at", "corrected", "state", "important",
    "assessment", "reviewed_by", "reviewed_at", "presumed_important",
)  # fmt: skip


def as_csv(views: Iterable[DeviationView]) -> str:
    """The deviations as a table with a header; moments in UTC, empty where nothing is known."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(getattr(view, column)) for column in COLUMNS] for view in views)
    return sheet.getvalue()


def _cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.isoformat() if isinstance(value, date) else str(value)
    return f"'{text}" if text[:1] in set("=+-@\t\r") else text
