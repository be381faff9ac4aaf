"""What the registry record says, and what the protocol assumes, in the language of the page."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trial.core.protocol import Assumption, Protocol, Text
from trial.core.record.values import Record
from trial.core.record.words import ALLOCATIONS, DIRECTORS, MASKED_ROLES, MASKINGS, MODELS, PURPOSES, SEXES
from trial.refusals import in_page_language
from trial.wording.words import medium_day

Facts = list[tuple[str, str]]


def record_facts(protocol: Protocol) -> Facts:
    """The record's facts with their names, in its order; what it does not say is left out."""
    record = protocol.record
    days = filter(None, (record.started_on, record.completed_on))
    facts = [
        (_("Condition"), in_page_language(record.condition) if record.condition else ""),
        *_design(protocol),
        (_("Sex"), in_page_language(SEXES[record.sex]) if record.sex else ""),
        (_("Ages"), _ages(record)),
        (_("Healthy volunteers"), _accepted(record.healthy_volunteers)),
        (
            _("Study dates"),
            " – ".join(map(medium_day, days)),
        ),
        *_people(record),
    ]
    return [(name, value) for name, value in facts if value]


def objectives(record: Record) -> list[tuple[str, str]]:
    """The secondary objectives by their letters."""
    return [(row.id, in_page_language(row.text)) for row in record.objectives]


def published(record: Record) -> str:
    """Where the results stand, in the language of the journal; empty where nothing is published."""
    if record.publication is None:
        return ""
    doi = f"doi:{record.publication.doi}" if record.publication.doi else ""
    return " ".join(filter(None, (record.publication.citation, doi)))


def assumed(rows: Iterable[Assumption]) -> list[tuple[str, str, str]]:
    """Field, reason, and the language that the reason is in. Of what the arms are given nothing is said."""
    french = (get_language() or "").startswith("fr")
    return [
        (row.field, in_page_language(Text(row.reason, row.reason_fr)), "fr")
        if french and row.reason_fr
        else (row.field, row.reason, "en")
        for row in rows
        if not row.field.startswith("arms")
    ]


def _design(protocol: Protocol) -> Facts:
    record = protocol.record
    masked = ", ".join(in_page_language(MASKED_ROLES[role]) for role in protocol.masked)
    return [
        (_("Allocation"), in_page_language(ALLOCATIONS[record.allocation]) if record.allocation else ""),
        (
            _("Intervention model"),
            in_page_language(MODELS[record.intervention_model]) if record.intervention_model else "",
        ),
        (_("Purpose"), in_page_language(PURPOSES[record.purpose]) if record.purpose else ""),
        (_("Masking"), in_page_language(MASKINGS[record.masking]) if record.masking else ""),
        (_("Blinded in this trial"), masked),
    ]


def _people(record: Record) -> Facts:
    director = record.director
    if director is None:
        return []
    named = ", ".join(filter(None, (director.name, director.affiliation)))
    return [(in_page_language(DIRECTORS[director.role]), named)]


def _ages(record: Record) -> str:
    low, high = record.minimum_age, record.maximum_age
    if low is not None and high is not None:
        return _("%(low)s to %(high)s years") % {"low": low, "high": high}
    if low is not None:
        return _("%(low)s years and over") % {"low": low}
    return _("up to %(high)s years") % {"high": high} if high is not None else ""


def _accepted(accepted: bool | None) -> str:
    return "" if accepted is None else _("accepted") if accepted else _("not accepted")
