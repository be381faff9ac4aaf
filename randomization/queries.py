"""Reading the blinded half: envelopes, lists, receipts. Nothing here writes or decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from randomization.models import (
    Envelope,
    ListStep,
    RandomizationList,
    RandomizedInError,
    Step,
    TrueStratum,
)
from trial.models import Delegation, Participant, Trial
from trial.models.prepared import Prepared
from trial.queries import NotFound


@dataclass(frozen=True)
class Receipt:
    """What is printed after a draw. Root and head are hexadecimal, for many people to keep as witnesses.

    `on_paper_at` is the true moment of a draw on paper; `drawn_at` is then that of its entry.
    """

    participant: str
    number: str
    drawn_at: datetime
    drawn_by: Delegation
    list_root: str
    audit_head: str
    on_paper_at: datetime | None = None

    @property
    def randomized_at(self) -> datetime:
        """When the participant was randomised: on paper, or by the draw."""
        return self.on_paper_at or self.drawn_at


def current_step(list_reference: str = "pk") -> Subquery[CharField]:
    """A list's present step, as an expression over the field that refers to the list."""
    steps = ListStep.objects.filter(list=OuterRef(list_reference)).order_by("-sequence")
    return Subquery(steps.values("step")[:1], output_field=CharField())


def active_list(trial: Trial) -> RandomizationList | None:
    """The list from which this trial draws now, if there is one; before its reserve."""
    return _active.first(trial=trial, environment=trial.environment)


def _activated(trial: Any, environment: Any) -> QuerySet[RandomizationList]:
    lists = RandomizationList.objects.filter(trial=trial, environment=environment)
    return lists.annotate(step=current_step()).filter(step=Step.ACTIVATED).order_by("sequence")[:1]


_active: Prepared[RandomizationList] = Prepared(_activated)


def published_list(trial: Trial) -> RandomizationList | None:
    """The list whose root stands on every page: the active one, or the newest that ever was."""
    if active := active_list(trial):
        return active
    lists = RandomizationList.objects.filter(
        trial=trial, environment=trial.environment, steps__step=Step.ACTIVATED
    )
    return lists.order_by("-steps__at", "-sequence").first()


def find_list(trial: Trial, sequence: int) -> RandomizationList:
    """A list by its number among the trial's. Raises NotFound."""
    lists = RandomizationList.objects.filter(trial=trial).select_related("trial", "reserve_of")
    found = lists.filter(sequence=sequence).first()
    if found is None:
        raise NotFound(_("This trial has no such list."))
    return found


def flagged_in_error(participant: Participant) -> RandomizedInError | None:
    """What is on record of a draw that should not have been made, if it is one."""
    return RandomizedInError.objects.filter(participant=participant).first()


def envelope_of(participant: Participant) -> Envelope | None:
    """The envelope that was drawn for this participant, if any."""
    return _drawn_for.first(participant=participant)


def randomized_at(envelope: Envelope) -> datetime | None:
    """When the participant was randomised: on paper, or by the draw; None before it."""
    paper = getattr(envelope, "paper_draw", None)
    return paper.happened_at if paper else envelope.drawn_at


def receipt_of(participant: Participant) -> Receipt | None:
    """The receipt of this participant's draw, the same whenever it is asked for; None before the draw."""
    envelope = envelope_of(participant)
    return receipt(envelope) if envelope else None


def strata_of_draws(trial: Trial) -> list[tuple[str, str, str]]:
    """Number, site and stratum of everybody who was drawn; the stratum as it was corrected last."""
    corrected = TrueStratum.objects.filter(participant=OuterRef("pk")).order_by("-id").values("key")[:1]
    drawn = Participant.objects.filter(trial=trial, envelope__isnull=False).order_by("number")
    stands = Coalesce(Subquery(corrected), F("stratum"))
    return list(drawn.annotate(stands=stands).values_list("number", "site__number", "stands"))


RECEIPT_NEEDS = ("participant", "stratum__list", "drawn_by__user", "paper_draw")

_drawn_for: Prepared[Envelope] = Prepared(
    lambda participant: Envelope.objects.filter(participant=participant).select_related(*RECEIPT_NEEDS)
)


def receipt(envelope: Envelope) -> Receipt:
    """The receipt of a drawn envelope. Needs no query when RECEIPT_NEEDS were selected with it."""
    if envelope.participant is None or envelope.drawn_at is None or envelope.drawn_by is None:
        raise ValueError(f"{envelope.number} has not been drawn, so it has no receipt.")
    return Receipt(
        participant=envelope.participant.number,
        number=envelope.number,
        drawn_at=envelope.drawn_at,
        drawn_by=envelope.drawn_by,
        list_root=envelope.stratum.list.root,
        audit_head=envelope.audit_hash,
        on_paper_at=envelope.paper_draw.happened_at if hasattr(envelope, "paper_draw") else None,
    )
