"""What is wrong with one list: each check says in words which row was changed, added or removed.

The database counts and compares; only numbers and commitments are read row by row, so that a list of a
million envelopes is checked in the memory of a short one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet

from randomization.core.commitments import list_root
from randomization.core.numbers import PREFIXES
from randomization.key_files import KeyFault, read_signers
from randomization.models import Envelope, ListStep, RandomizationList, Step, Stratum
from randomization.signatures import signature_holds
from trial.core.numbers import check_digit
from trial.core.sentences import Sentence
from trial.models import AuditEntry

BATCH = 1000
"""Rows that are in memory at once."""
BEFORE_ACTIVATION = (Step.DRAFT, Step.CHECKED, Step.SEALED)


def envelopes_of(list_: RandomizationList) -> QuerySet[Envelope]:
    """The list's envelopes in list order: strata in order, then positions."""
    envelopes = Envelope.objects.filter(stratum__list=list_).select_related("stratum")
    return envelopes.order_by("stratum__place", "position")


def list_faults(list_: RandomizationList) -> Iterator[Sentence]:
    """What is wrong with a list, in words; nothing when all is well."""
    yield from _place_faults(list_)
    yield from _number_faults(list_)
    commitments = envelopes_of(list_).values_list("commitment", flat=True).iterator(BATCH)
    if list_root(map(bytes.fromhex, commitments)).hex() != list_.root:
        yield Sentence(
            "the commitments do not lead to the signed root: an envelope was changed, added or removed"
        )
    if not signature_holds(list_):
        yield Sentence("its signature does not hold: the row was changed after it was signed")
    if list_.signer_public_key not in _known_signers(list_):
        yield Sentence("it was signed with a key that is not among this installation's list-signing keys")
    yield from _step_faults(list_)
    yield from _trail_faults(list_)
    yield from _fixed_faults(list_)
    yield from _order_faults(list_)
    yield from _reserve_faults(list_)


def _place_faults(list_: RandomizationList) -> Iterator[Sentence]:
    strata = list(list_.strata.order_by("place"))
    total = sum(stratum.size for stratum in strata)
    if total != list_.envelope_count:
        yield Sentence(
            "its strata add up to %(total)s envelopes, %(signed)s were signed",
            total=total,
            signed=list_.envelope_count,
        )
    for stratum in strata:
        position = _first_missing(stratum)
        if position <= stratum.size:
            yield Sentence(
                "envelope %(envelope)s of stratum %(stratum)s is missing",
                envelope=position,
                stratum=stratum.key,
            )
        strange = stratum.envelopes.exclude(position__range=(1, stratum.size)).order_by("position").first()
        if strange:
            yield Sentence(
                "envelope %(envelope)s of stratum %(stratum)s was added",
                envelope=strange.position,
                stratum=stratum.key,
            )


def _first_missing(stratum: Stratum) -> int:
    """The first position from 1 on that no envelope has; one after the last where none is missing."""
    rows = stratum.envelopes.filter(position__range=(1, stratum.size)).order_by("position")
    expected = 1
    for position in rows.values_list("position", flat=True).iterator(BATCH):
        if position > expected:
            break
        expected = position + 1
    return expected


def _number_faults(list_: RandomizationList) -> Iterator[Sentence]:
    double = _double_number(list_)
    if double:
        yield Sentence("the number %(number)s is there twice", number=double)
    rows = envelopes_of(list_).values_list("number", "position", "stratum__key")
    for number, position, stratum in rows.iterator(BATCH):
        prefix, _, digits = number.partition("-")
        if prefix != PREFIXES[list_.environment] or not digits.isdecimal() or check_digit(digits) != "0":
            yield Sentence(
                "envelope %(envelope)s of stratum %(stratum)s has no valid number",
                envelope=position,
                stratum=stratum,
            )


def _double_number(list_: RandomizationList) -> str:
    """The lowest number that stands in this list and again there or in an earlier list of the trial.

    A list that was closed before it was sealed has no number that anybody bears: the same file may have
    been brought again with the same numbers.
    """
    lists = RandomizationList.objects.filter(trial=list_.trial_id, sequence__lte=list_.sequence)
    never_used = ~Q(pk=list_.pk) & Q(steps__step=Step.CLOSED)
    unused = lists.filter(never_used).exclude(pk__in=lists.filter(steps__step=Step.SEALED).values("pk"))
    until_now = Envelope.objects.filter(stratum__list__in=lists.exclude(pk__in=unused.values("pk")))
    counted = until_now.values("number").annotate(
        times=Count("pk"), here=Count("pk", filter=Q(stratum__list=list_))
    )
    doubles = counted.filter(times__gt=1, here__gt=0).order_by("number").values_list("number", flat=True)
    return doubles.first() or ""


def _known_signers(list_: RandomizationList) -> set[str]:
    """The signing keys of this installation; the list's own word where there is none to compare with.

    That it is so, and a file that is no key, is for `verification.signers` to say.
    """
    try:
        return read_signers(Path(settings.VELUM_KEYS)) or {list_.signer_public_key}
    except KeyFault:
        return set()


def _step_faults(list_: RandomizationList) -> Iterator[Sentence]:
    steps = list(list_.steps.select_related("by__user").order_by("sequence"))
    if not steps or not (_without_gap(steps) or _closed_early(steps)):
        yield Sentence(
            "its steps are out of order: %(steps)s",
            steps=", ".join(row.step for row in steps) or Sentence("none"),
        )
    people = {row.step: row.by.user_id for row in steps}
    if Step.ACTIVATED not in people:
        return
    activator = people.pop(Step.ACTIVATED)
    if activator in [people.get(step) for step in BEFORE_ACTIVATION]:
        yield Sentence("the person who activated it took an earlier step as well")
    if list_.environment != list_.trial.environment:
        yield Sentence(
            "it is a %(kind)s list and serves a %(other)s trial",
            kind=list_.environment,
            other=list_.trial.environment,
        )


def _without_gap(steps: Sequence[ListStep]) -> bool:
    return [row.step for row in steps] == list(Step.values)[: len(steps)]


def _closed_early(steps: Sequence[ListStep]) -> bool:
    return len(steps) > 1 and steps[-1].step == Step.CLOSED and _without_gap(steps[:-1])


def _trail_faults(list_: RandomizationList) -> Iterator[Sentence]:
    """Steps and audit trail tell one story, and the trail has always named this root."""
    said: dict[str, AuditEntry] = {}
    for entry in AuditEntry.objects.filter(chain__trial=list_.trial_id, action__startswith="list."):
        if json.loads(entry.body).get("list") == str(list_.pk):
            said[entry.action] = entry
    for row in list_.steps.select_related("by__user").order_by("sequence"):
        written = said.pop(f"list.{row.step}", None)
        if written is None or (written.at, written.actor) != (row.at, row.by.user.username):
            yield Sentence(
                "the audit trail does not show that it was %(step)s by %(person)s",
                step=row.step,
                person=row.by.user.username,
            )
        elif json.loads(written.body)["root"] != list_.root:
            yield Sentence("another root stands in the audit entry of the step %(step)s", step=row.step)
        elif json.loads(written.body).get("reserve_of") != _main_of(list_):
            yield Sentence(
                "the audit entry of the step %(step)s makes it the reserve of another list, or of none",
                step=row.step,
            )
    for entry in said.values():
        yield Sentence(
            "audit entry %(entry)s speaks of %(action)s, which the list does not show",
            entry=entry.sequence,
            action=entry.action,
        )


def _main_of(list_: RandomizationList) -> str | None:
    return str(list_.reserve_of_id) if list_.reserve_of_id else None


def _fixed_faults(list_: RandomizationList) -> Iterator[Sentence]:
    """The list was made, sealed and activated before its first draw."""
    first = envelopes_of(list_).aggregate(first=Min("drawn_at"))["first"]
    if first is None:
        return
    steps = dict(list_.steps.values_list("step", "at"))
    before = [list_.made_at, steps.get(Step.SEALED), steps.get(Step.ACTIVATED), first]
    known = [at for at in before if at is not None]
    if len(known) < len(before) or known != sorted(known):
        yield Sentence("it was not made, sealed and activated before its first draw")


def _order_faults(list_: RandomizationList) -> Iterator[Sentence]:
    """In each stratum the free envelopes stand below all that are drawn."""
    strata = list_.strata.annotate(free=Min("envelopes__position", filter=Q(envelopes__participant=None)))
    for stratum in strata.order_by("place"):
        drawn = stratum.envelopes.exclude(participant=None).order_by("position")
        beyond = drawn.filter(position__gt=stratum.free).first() if stratum.free else None
        if beyond:
            yield (
                Sentence(
                    "envelope %(envelope)s of stratum %(stratum)s was drawn although envelope %(free)s "
                    "is free",
                    envelope=beyond.position,
                    stratum=stratum.key,
                    free=stratum.free,
                )
            )


def _reserve_faults(list_: RandomizationList) -> Iterator[Sentence]:
    """A reserve is drawn from in a stratum only when the list before it has nothing left there."""
    if list_.reserve_of is None:
        return
    free = Envelope.objects.filter(stratum__list=list_.reserve_of, participant=None)
    drawn = envelopes_of(list_).exclude(participant=None).order_by()
    both = drawn.filter(stratum__key__in=free.values("stratum__key")).values_list("stratum__key", flat=True)
    keys, main = sorted(set(both)), list_.reserve_of.name
    if keys:
        yield Sentence(
            "it was drawn from in stratum %(stratum)s although %(main)s has free envelopes there",
            stratum=keys[0],
            main=main,
        )
