"""Drawing an envelope: the one act of the blinded half. No arm is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from randomization.eligibility.confirming import check_confirmed
from randomization.limits import (
    check_target,
    check_target_at_draw,
    counts_at_draw,
    place_of,
    protocol_at_draw,
)
from randomization.models import Envelope, ListStep, RandomizationList, Step, Stratum
from randomization.queries import current_step, envelope_of
from randomization.signed_records import draw_content
from randomization.twins import FIELD as ANOTHER_PERSON
from randomization.twins import doubts_of
from randomization.waiting import FIELD as FIRST_INJECTION
from randomization.waiting import answers_at_draw, no_first_day, too_early, too_early_now
from trial.audit import record, record_about
from trial.core.protocol import Protocol
from trial.core.strata import checked_otherwise
from trial.models import CurrentParticipant, Delegation, Participant, Signature, SignedAct, Status
from trial.models.prepared import Prepared
from trial.people.signing import Deed, Hand, sign
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import NOTHING, Refusal, refuse_unconfirmed
from trial.screening.recruiting import ListExhausted
from trial.screening.services import (
    ChangedMeanwhile,
    WrongStatus,
    add_status,
    check_site_open,
    locked,
    signed_on_of,
)

MEANINGS = {
    Step.DRAFT: "I made this list.",
    Step.CHECKED: "I read the acceptance report of this list and accept it.",
    Step.SEALED: "I seal this list: nothing in it changes any more.",
    Step.ACTIVATED: "I put this list into use.",
    Step.EXHAUSTED: "The last envelope of this list was drawn.",
    Step.CLOSED: "No envelope is drawn from this list any more.",
}
"""What a person signs with each step; written into the trail, which is kept in one language."""


class NotEligible(Refusal):
    """The participant has not been found eligible."""

    code = "not_eligible"
    status = 422


class OnHold(Refusal):
    """The participant is on hold."""

    code = "on_hold"


class ListNotActive(Refusal):
    """The trial has no active list of its own environment."""

    code = "list_not_active"


class AlreadyRandomized(Refusal):
    """The participant has an envelope, which is theirs for ever; `envelope` is that one."""

    code = "already_randomized"

    def __init__(self, envelope: Envelope, participant: Participant) -> None:
        super().__init__(
            _("%(participant)s is randomised already and has the number %(number)s. Use that number.")
            % {"participant": participant.number, "number": envelope.number}
        )
        self.envelope = envelope


def draw_envelope(
    *,
    participant: Participant,
    by: Delegation,
    at: datetime,
    hand: Hand | None = None,
    confirmed: Mapping[str, object] | None = None,
) -> Envelope:
    """Give the participant the next unused envelope of their stratum, in strict list order.

    Joins the caller's transaction or opens one. Everything is checked before anything is written, so
    a refusal leaves nothing behind. The stratum's row is locked: two nurses who draw at once get two
    envelopes, in order (CONSORT 2025 items 18 and 19). `hand` signs it.

    Somebody with the same site, birth month and day of consent may be the same person, screened twice: such
    a draw is made only if `confirmed` names the numbers that were drawn for. None is for what cannot be
    asked, such as the demonstration's world; a page and an endpoint always give a mapping. In the same way a
    draw is asked about after which no day 1 could be booked, since the screening period is over.

    Raises NotConfirmed, NotPermitted, NoConsent, NotEligible, EligibilityNotConfirmed, OnHold,
    WrongStatus, SiteNotOpen, AlreadyRandomized,
    ListNotActive, TargetReached, ListExhausted or ChangedMeanwhile.
    """
    with _one_transaction():
        participant = locked(participant)
        require(by, Permission.RANDOMIZE, trial=participant.trial_id, site=participant.site)
        check_may_be_drawn(participant)
        check_site_open(participant.site, at)
        envelope = _within_target(participant)
        _refuse_too_early(participant, envelope, at)
        kept = {} if confirmed is None else _asked(participant, envelope, at, confirmed)
        return take_envelope(envelope, participant, by, at, hand=hand, more=kept)


def _within_target(participant: Participant) -> Envelope:
    """The next envelope, if no target is reached. Raises TargetReached; so does a list that ended with it."""
    try:
        envelope = next_envelope(participant)
    except ListExhausted:
        refuse_other_level(participant, protocol := participant.trial.protocol_version.protocol)
        check_target(participant, protocol)
        raise
    refuse_other_level(participant, protocol_at_draw(envelope))
    check_confirmed(participant, protocol_at_draw(envelope))
    check_target_at_draw(participant, envelope)
    return envelope


def refuse_other_level(participant: Participant, protocol: Protocol) -> None:
    """Refuse whose eligibility check has another level than the site fixes, by an amendment since.

    Raises NotEligible.
    """
    where, key = participant.site.number, participant.stratum
    if words := checked_otherwise(protocol, where, key, participant.number):
        raise NotEligible(words)


def _refuse_too_early(participant: CurrentParticipant, envelope: Any, at: datetime) -> None:
    protocol = protocol_at_draw(envelope)
    if words := too_early(participant, protocol, envelope.check_answers, at):
        raise NotEligible(words)


def _asked(
    participant: CurrentParticipant, envelope: Any, at: datetime, confirmed: Mapping[str, object]
) -> dict[str, object]:
    """What was confirmed, for the audit entry. Raises NotConfirmed, or InvalidInput for anything else."""
    late = no_first_day(participant, protocol_at_draw(envelope), envelope.check_answers, at)
    doubts, fields = (*doubts_of(participant), *late), {ANOTHER_PERSON, FIRST_INJECTION}
    kept = refuse_unconfirmed(doubts, confirmed, fields=fields)
    return {"confirmed": kept} if kept else {}


def next_envelope(participant: Participant) -> Envelope:
    """The lowest free envelope for the participant's stratum, under the stratum's lock.

    From the active list, or from its reserve once the stratum is used up. Whoever waited for the lock
    while the last envelope went is sent on to the reserve. Raises AlreadyRandomized, ListNotActive or
    ListExhausted.
    """
    stratum = lock_stratum(participant)
    envelope = _next_envelope(participant, stratum)
    while envelope is None:
        stratum = lock_stratum(participant, after=stratum.list.sequence)
        envelope = _next_envelope(participant, stratum)
    return envelope


def lock_stratum(participant: Participant, *, after: int = 0) -> Stratum:
    """The participant's stratum in the active list, locked until the transaction ends.

    Where it has no free envelope left, the same stratum of the reserve; `after` passes over lists up to
    that one of the trial. Raises ListNotActive or ListExhausted.
    """
    stratum = _strata_with_free.first(
        trial=participant.trial_id,
        environment=participant.trial.environment,
        after=after,
        key=participant.stratum,
    )
    if stratum is None:
        raise _no_list(participant)
    return stratum


def _locked_with_free(trial: Any, environment: Any, after: Any, key: Any) -> QuerySet[Stratum]:
    free = Envelope.objects.filter(stratum=OuterRef("pk"), participant=None)
    strata = Stratum.objects.select_for_update(of=("self",)).select_related("list")
    listed = strata.filter(list__trial=trial, list__environment=environment, list__sequence__gt=after)
    drawable = listed.annotate(step=current_step("list")).filter(Exists(free), key=key, step=Step.ACTIVATED)
    return drawable.order_by("list__sequence")[:1]


_strata_with_free: Prepared[Stratum] = Prepared(_locked_with_free)


@contextmanager
def _one_transaction() -> Iterator[None]:
    """A transaction, the caller's if there is one: a savepoint would add two statements to every draw."""
    if connection.in_atomic_block:
        yield
    else:
        with transaction.atomic():
            yield


def check_can_randomize(participant: CurrentParticipant, *, at: datetime) -> None:
    """Refuse as a draw would, before anybody gives a password. Locks nothing; a twin is asked about later."""
    check_may_be_drawn(participant)
    check_site_open(participant.site, at)
    refuse_other_level(participant, protocol := participant.trial.protocol_version.protocol)
    check_confirmed(participant, protocol)
    check_target(participant, protocol)
    check_list(participant)
    if words := too_early_now(participant, at=at):
        raise NotEligible(words)


def check_list(participant: Participant) -> None:
    """Raise ListNotActive or ListExhausted where no envelope waits for this participant. Locks nothing."""
    waiting = Envelope.objects.filter(
        participant=None,
        stratum__key=participant.stratum,
        stratum__list__trial=participant.trial_id,
        stratum__list__environment=participant.trial.environment,
    )
    if not waiting.annotate(step=current_step("stratum__list")).filter(step=Step.ACTIVATED).exists():
        raise _no_list(participant)


def check_may_be_drawn(participant: CurrentParticipant) -> None:
    """Refuse whoever has not consented, is not eligible, is on hold, or has an envelope."""
    state, number = participant.current_status, {"number": participant.number}
    signed_on_of(participant)
    if state not in {Status.SCREENING, Status.ELIGIBLE, Status.SCREEN_FAILED}:
        _refuse_late(participant, state)
    if not participant.eligible or state != Status.ELIGIBLE:
        raise NotEligible(
            _("%(number)s has not been found eligible. Complete the eligibility check first.") % number
        )


def _refuse_late(participant: Participant, state: str) -> None:
    number = {"number": participant.number, "state": Status(state).label}
    if envelope := envelope_of(participant):
        raise AlreadyRandomized(envelope, participant)
    if state == Status.ON_HOLD:
        raise OnHold(_("%(number)s is on hold. The investigator must release the hold first.") % number)
    raise WrongStatus(_("%(number)s is %(state)s and cannot be randomised.") % number)


def _own_or_free(participant: Any, stratum: Any, **place: Any) -> QuerySet[Envelope]:
    free = Envelope.objects.filter(stratum=stratum, participant=None).order_by("position")
    found = Envelope.objects.filter(Q(participant=participant) | Q(pk=Subquery(free.values("pk")[:1])))
    found = found.select_related("paper_draw")  # the receipt asks for it
    judged_by = {**counts_at_draw(**place), **answers_at_draw(participant)}
    found = found.annotate(step=current_step("stratum__list"), **judged_by)
    return found.order_by(F("participant").asc(nulls_last=True))[:1]


_own_or_next: Prepared[Envelope] = Prepared(_own_or_free)


def _next_envelope(participant: Participant, stratum: Stratum) -> Envelope | None:
    """The lowest free envelope, read after the lock was granted, hence true now; None when all are drawn.

    A second click for the same participant waits for the lock and then finds the envelope of the
    first; it sorts before the free ones.
    """
    envelope: Any = _own_or_next.first(
        participant=participant.pk, stratum=stratum.pk, **place_of(participant)
    )
    if envelope is None:
        return None
    if envelope.participant_id is not None:
        raise AlreadyRandomized(envelope, participant)
    if envelope.step != Step.ACTIVATED:
        raise _no_list(participant)
    envelope.stratum = stratum
    return envelope


def take_envelope(
    envelope: Envelope,
    participant: CurrentParticipant,
    by: Delegation,
    at: datetime,
    *,
    hand: Hand | None = None,
    act: SignedAct = SignedAct.DRAW,
    more: Mapping[str, object] = NOTHING,
) -> Envelope:
    """Write the draw with its audit entry and the participant's new status. `more` goes into the entry.

    Both are locked by the caller. Raises ChangedMeanwhile.
    """
    answers = getattr(envelope, "check_answers", None)
    content = draw_content(participant, envelope, answers, by.user.username, at)
    deed = Deed(act, participant.number, participant.number, content, hand)
    add_status(participant=participant, status=Status.RANDOMIZED, by=by, at=at)
    entry = record_about(
        participant,
        "envelope.drawn",
        by=by,
        at=at,
        body={
            "list": str(envelope.stratum.list_id),
            "number": envelope.number,
            "stratum": envelope.stratum.key,
            **more,
            **deed.facts,
        },
    )
    envelope.participant, envelope.drawn_by, envelope.drawn_at = participant, by, at
    envelope.audit_hash = entry.hash
    try:
        envelope.save(update_fields=["participant", "drawn_by", "drawn_at", "audit_hash"])
    except IntegrityError as fault:
        raise ChangedMeanwhile(participant) from fault
    sign(deed, into=Signature, entry=entry, by=by, at=at, site=participant.site)
    if envelope.position == envelope.stratum.size:
        _note_exhaustion(envelope.stratum.list, by, at)
    return envelope


def _note_exhaustion(list_: RandomizationList, by: Delegation, at: datetime) -> None:
    if not Envelope.objects.filter(stratum__list=list_, participant=None).exists():
        take_step(list_=list_, step=Step.EXHAUSTED, by=by, at=at)


def take_step(*, list_: RandomizationList, step: Step, by: Delegation, at: datetime) -> ListStep:
    """Write a list's next step with its audit entry, which says what the signature means (21 CFR 11.50).

    The caller has checked that it may be taken; the database checks it again.
    """
    latest = list_.steps.order_by("-sequence").values_list("sequence", flat=True).first()
    row = ListStep.objects.create(list=list_, sequence=(latest or 0) + 1, step=step, by=by, at=at)
    body = {"environment": list_.environment, "list": str(list_.pk), "root": list_.root}
    body |= {"meaning": MEANINGS[Step(step)]}
    if list_.reserve_of_id is not None:
        body |= {"reserve_of": str(list_.reserve_of_id)}
    record(action=f"list.{step}", subject=list_.name, by=by, at=at, trial=list_.trial, body=body)
    return row


def _no_list(participant: Participant) -> Refusal:
    """Why nothing can be drawn: it was drawn already, the list is used up, or there is none."""
    if envelope := envelope_of(participant):
        return AlreadyRandomized(envelope, participant)
    spent = RandomizationList.objects.filter(
        trial=participant.trial_id, environment=participant.trial.environment
    ).annotate(step=current_step())
    if spent.filter(step__in=[Step.ACTIVATED, Step.EXHAUSTED], strata__key=participant.stratum).exists():
        return _exhausted()
    return ListNotActive(
        _("This trial has no active randomisation list. Ask the trial manager to have one activated.")
    )


def _exhausted() -> ListExhausted:
    return ListExhausted(
        _("No envelope is left in the list for this participant. Ask the trial manager; give no treatment.")
    )
