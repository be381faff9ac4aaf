"""Reading participants, sites and delegations. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from trial.core.numbers import read_number
from trial.models import (
    AuditChain,
    AuditEntry,
    ChainKind,
    ConsentCorrection,
    ContactDetails,
    CurrentParticipant,
    DataLock,
    Delegation,
    EligibilityCheck,
    EndReason,
    Participant,
    ParticipantStatus,
    SignatureBase,
    Site,
    Status,
    Trial,
    WithdrawalScope,
    said_by_itself,
)
from trial.models.prepared import Prepared
from trial.refusals import Refusal, in_page_language


@dataclass(frozen=True)
class CountedEnd:
    """An end that counts: of what, why, on which day, and whether treatment was stopped early by it.

    `cause` is None where the end was entered without a code; a death and a loss are coded by themselves, also
    those from before there were codes. Whoever stopped early has that end for good, whatever status follows.
    """

    scope: WithdrawalScope
    cause: EndReason | None
    day: date | None
    early: bool


class NotFound(Refusal):
    """There is no such thing that this person may see. Nothing says whether it exists elsewhere."""

    code = "not_found"
    status = 404


def with_status(participants: QuerySet[Participant]) -> QuerySet[CurrentParticipant]:
    """Add what the latest rows say: status with its scope and sequence, `eligible`, `signed_on`; the number
    of the envelope, if one is drawn; whether the code was broken, and whether the data are locked."""
    latest = ParticipantStatus.objects.filter(participant=OuterRef("pk")).order_by("-sequence")
    corrected = ConsentCorrection.objects.filter(participant=OuterRef("pk")).order_by("-id")
    check = EligibilityCheck.objects.filter(participant=OuterRef("pk")).order_by("-id")
    standing = participants.annotate(
        current_status=Subquery(latest.values("status")[:1]),
        current_scope=Subquery(latest.values("scope")[:1]),
        status_sequence=Subquery(latest.values("sequence")[:1]),
        eligible=Subquery(check.values("eligible")[:1]),
        randomization_number=F("envelope__number"),
        code_broken=Exists(Participant.objects.filter(pk=OuterRef("pk"), code_break_notices__isnull=False)),
        data_locked=Exists(DataLock.objects.filter(trial=OuterRef("trial"))),
        signed_on=Coalesce(Subquery(corrected.values("signed_on")[:1]), F("consent__signed_on")),
    )
    return cast("QuerySet[CurrentParticipant]", standing)


@cache
def everybody() -> QuerySet[CurrentParticipant]:
    """All participants with their present status, sites and trials: to be narrowed, never read as it is.

    Each act asks for its participant several times. The question is put together once, which took longer
    than the database takes to answer it.
    """
    return with_status(Participant.objects.select_related("site", "trial"))


def not_locked(trial: str) -> Q:
    """The condition that the data of the trial to which the path `trial` leads are not locked."""
    return ~Q(Exists(DataLock.objects.filter(trial=OuterRef(trial))))


def held(participants: QuerySet[CurrentParticipant]) -> QuerySet[CurrentParticipant]:
    """The same, their rows locked until the caller's transaction ends, and marked so."""
    return participants.select_for_update(of=("self",)).annotate(held=Value(True))


def participants_for(by: Delegation) -> QuerySet[CurrentParticipant]:
    """The participants that this delegation reaches, with their present status, by number."""
    participants = everybody().filter(trial_id=by.trial_id)
    if by.site_id is not None:
        participants = participants.filter(site_id=by.site_id)
    return participants.order_by("number")


def named(number: str) -> Q:
    """Who is called so, by participant number or by randomisation number, as it may be typed.

    Raises BadNumber or WrongCheckDigit.
    """
    read = read_number(number)
    return _called(read.participant, read.randomization)


def _called(participant: Any, randomization: Any) -> Q:
    """Who has that participant number or that randomisation number: what is asked of a number, everywhere."""
    return Q(number=participant) | Q(envelope__number=randomization)


def _called_so(
    among: QuerySet[CurrentParticipant], participant: Any, randomization: Any, **reach: Any
) -> QuerySet[CurrentParticipant]:
    return among.filter(_called(participant, randomization), **reach).order_by("number")[:2]


_by_number: Prepared[CurrentParticipant] = Prepared(lambda **given: _called_so(everybody(), **given))
_by_number_locked: Prepared[CurrentParticipant] = Prepared(
    lambda **given: _called_so(held(everybody()), **given)
)


def find_participant(by: Delegation, number: str, *, lock: bool = False) -> CurrentParticipant:
    """One participant by either number, as it may be typed. Raises NotFound, also for another site's.

    One person's participant number may be another's randomisation number, where a trial's prefix is a letter
    of the lists: then nobody is found, and the sentence says by which number to ask.

    With `lock` the row stays locked until the caller's transaction ends; services then take the
    participant as it is instead of reading it once more.
    """
    try:
        read = read_number(number)
    except ValueError as reason:
        raise NotFound(in_page_language(reason.args[0])) from reason
    asked: dict[str, Any] = {
        "trial": by.trial_id,
        "participant": read.participant,
        "randomization": read.randomization,
    }
    if by.site_id is not None:
        asked["site"] = by.site_id
    found = (_by_number_locked if lock else _by_number)(**asked)
    said = {"number": number.strip()}
    if len(found) > 1:
        raise NotFound(
            _(
                "%(number)s is the participant number of one person and the randomisation number of another. "
                "Type the other number of the one you mean."
            )
            % said
        )
    if not found:
        raise NotFound(
            _("Nobody here has the number %(number)s. Check it on the participant's card or the receipt.")
            % said
        )
    return found[0]


def find_trial(key: str) -> Trial:
    """The trial with that key. Raises NotFound."""
    trial = Trial.objects.filter(pk=key.lower()).first()
    if trial is None:
        raise NotFound(_("There is no trial %(key)s in this installation.") % {"key": key})
    return trial


def find_site(by: Delegation, number: str | None) -> Site:
    """The site of that number within reach; the delegation's own site when no number is given."""
    sites = Site.objects.filter(trial_id=by.trial_id).select_related("trial")
    if by.site_id is not None:
        sites = sites.filter(pk=by.site_id)
    found = list(sites.filter(number=number) if number else sites[:2])
    if len(found) != 1:
        raise NotFound(_("Name the site: more than one site, or none, has this number within your reach."))
    return found[0]


def sites_for(by: Delegation) -> list[Site]:
    """The sites that this delegation reaches, by number."""
    sites = Site.objects.filter(trial_id=by.trial_id).select_related("trial")
    return list(sites.filter(pk=by.site_id) if by.site_id else sites)


def among(sites: Iterable[Site]) -> QuerySet[Site]:
    """These sites again, as a form wants them to choose from."""
    return Site.objects.filter(pk__in=[site.pk for site in sites]).select_related("trial")


def chains_for(by: Delegation) -> QuerySet[AuditChain]:
    """The chains of this trial that the delegation reaches: its site's and the trial's own."""
    heads = (
        AuditChain.objects.filter(trial_id=by.trial_id)
        .select_related("site")
        .order_by("site__number", "kind")
    )
    return heads.filter(site__in=[by.site_id]) | heads.filter(site=None) if by.site_id else heads


def trail_for(by: Delegation) -> QuerySet[AuditEntry]:
    """The entries of those chains, newest first; each knows which answers this reader may not see."""
    entries = for_reader(AuditEntry.objects.filter(chain__in=chains_for(by)), by)
    return entries.select_related("chain__site").order_by("-at", "-id")


def for_reader(entries: QuerySet[AuditEntry], by: Delegation) -> QuerySet[AuditEntry]:
    """The entries, each with the names of the answers that this reader may not see."""
    hides = "" if by.sees_sensitive else " ".join(sorted(by.trial.sensitive_answers()))
    return cast("QuerySet[AuditEntry]", entries.annotate(hides=Value(hides)))


def entries_of(trial: str, site: Site | None, kind: ChainKind = ChainKind.ACTS) -> QuerySet[AuditEntry]:
    """The entries of one chain of that kind: a site's, or without a site the trial's own."""
    return AuditEntry.objects.filter(chain__trial=trial, chain__site=site, chain__kind=kind)


def signatures_for(by: Delegation, model: type[SignatureBase]) -> QuerySet[Any]:
    """The signatures of that kind of the person's site and of the trial as a whole, the newest first."""
    rows = model._default_manager.filter(trial=by.trial_id)
    if by.site_id is not None:
        rows = rows.filter(Q(site=by.site_id) | Q(site=None))
    related = ("by__user", "site", "trial", "countersigns", "countersignature")
    return rows.select_related(*related).order_by("-id")


def standing_rows(participant: Participant) -> list[ParticipantStatus]:
    """The statuses that count, oldest first: without what was corrected, and what followed from it."""
    return counting(participant.statuses.order_by("sequence"))


def counting(rows: Iterable[ParticipantStatus]) -> list[ParticipantStatus]:
    """Of one participant's statuses, oldest first, those that count; a row that restores one is not there."""
    found: list[ParticipantStatus] = []
    for row in rows:
        if row.corrects_id is not None:
            wrong = next(place for place, one in enumerate(found) if one.pk == row.corrects_id)
            found = found[:wrong]
        if row.restores_id is None:
            found.append(row)
    return found


def ends_among(participants: QuerySet[Any]) -> dict[UUID, list[CountedEnd]]:
    """The ends of each of these participants that count, oldest first, by primary key; one query for all."""
    reach = participants.values("pk")
    ended = ParticipantStatus.objects.filter(participant__in=reach).exclude(scope="").values("participant")
    rows = ParticipantStatus.objects.filter(participant__in=ended).order_by("participant", "sequence")
    by_person = groupby(rows, key=lambda row: row.participant_id)
    return {person: counted_ends(counting(group)) for person, group in by_person}


def counted_ends(rows: Sequence[ParticipantStatus]) -> list[CountedEnd]:
    """The ends among one participant's statuses that count, each with whether it stopped treatment early."""
    before = ["", *(row.status for row in rows)]
    treated = {Status.RANDOMIZED, Status.ON_TREATMENT, Status.ON_HOLD}
    pairs = zip(before, rows, strict=False)
    return [_counted(row, stopped in treated) for stopped, row in pairs if row.scope]


def _counted(row: ParticipantStatus, early: bool) -> CountedEnd:
    scope = WithdrawalScope(row.scope)
    code = said_by_itself(scope) or row.cause
    return CountedEnd(scope, EndReason(code) if code else None, row.ended_on, early)


def contact_of(participant: Participant) -> ContactDetails | None:
    """The contact details that count now: the latest row, if its consent still stands."""
    latest = participant.contact_details.order_by("-id").first()
    return latest if latest and latest.email and not latest.withdrawn_at else None


def latest_check(participant: Participant) -> EligibilityCheck | None:
    """The eligibility check that counts now."""
    return participant.eligibility_checks.select_related("protocol_version").order_by("-id").first()
