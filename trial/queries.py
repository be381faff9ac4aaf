"""Reading participants, sites and delegations. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from trial.core.numbers import parse_number
from trial.models import (
    AuditChain,
    AuditEntry,
    ConsentCorrection,
    ContactDetails,
    CurrentParticipant,
    Delegation,
    EligibilityCheck,
    Participant,
    ParticipantStatus,
    Site,
    Trial,
)
from trial.refusals import Refusal, in_page_language


class NotFound(Refusal):
    """There is no such thing that this person may see. Nothing says whether it exists elsewhere."""

    code = "not_found"
    status = 404


def with_status(participants: QuerySet[Participant]) -> QuerySet[CurrentParticipant]:
    """Add what the latest rows say: status with its scope and sequence, `eligible`, `signed_on`."""
    latest = ParticipantStatus.objects.filter(participant=OuterRef("pk")).order_by("-sequence")
    corrected = ConsentCorrection.objects.filter(participant=OuterRef("pk")).order_by("-id")
    check = EligibilityCheck.objects.filter(participant=OuterRef("pk")).order_by("-id")
    standing = participants.annotate(
        current_status=Subquery(latest.values("status")[:1]),
        current_scope=Subquery(latest.values("scope")[:1]),
        status_sequence=Subquery(latest.values("sequence")[:1]),
        eligible=Subquery(check.values("eligible")[:1]),
        signed_on=Coalesce(Subquery(corrected.values("signed_on")[:1]), F("consent__signed_on")),
    )
    return cast("QuerySet[CurrentParticipant]", standing)


def held(participants: QuerySet[CurrentParticipant]) -> QuerySet[CurrentParticipant]:
    """The same, their rows locked until the caller's transaction ends, and marked so."""
    return participants.select_for_update(of=("self",)).annotate(held=Value(True))


def participants_for(by: Delegation) -> QuerySet[CurrentParticipant]:
    """The participants that this delegation reaches, with their present status, by number."""
    participants = Participant.objects.filter(trial_id=by.trial_id)
    if by.site_id is not None:
        participants = participants.filter(site_id=by.site_id)
    return with_status(participants).select_related("site", "trial").order_by("number")


def find_participant(by: Delegation, number: str, *, lock: bool = False) -> CurrentParticipant:
    """One participant by number, as it may be typed. Raises NotFound, also for another site's.

    With `lock` the row stays locked until the caller's transaction ends; services then take the
    participant as it is instead of reading it once more.
    """
    try:
        canonical = parse_number(number)
    except ValueError as reason:
        raise NotFound(in_page_language(reason.args[0])) from reason
    participants = participants_for(by).filter(number=canonical)
    participant = (held(participants) if lock else participants).first()
    if participant is None:
        raise NotFound(
            _("There is no participant %(number)s here. Check the number on the participant's card.")
            % {"number": canonical}
        )
    return participant


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
    heads = AuditChain.objects.filter(trial_id=by.trial_id).select_related("site").order_by("site__number")
    return heads.filter(site__in=[by.site_id]) | heads.filter(site=None) if by.site_id else heads


def trail_for(by: Delegation) -> QuerySet[AuditEntry]:
    """The entries of those chains, newest first."""
    entries = AuditEntry.objects.filter(chain__in=chains_for(by))
    return entries.select_related("chain__site").order_by("-at", "-id")


def entries_of(trial: str, site: Site | None) -> QuerySet[AuditEntry]:
    """The entries of one chain: a site's, or without a site the trial's own."""
    return AuditEntry.objects.filter(chain__trial=trial, chain__site=site)


def contact_of(participant: Participant) -> ContactDetails | None:
    """The contact details that count now: the latest row, if its consent still stands."""
    latest = participant.contact_details.order_by("-id").first()
    return latest if latest and latest.email and not latest.withdrawn_at else None


def latest_check(participant: Participant) -> EligibilityCheck | None:
    """The eligibility check that counts now."""
    return participant.eligibility_checks.select_related("protocol_version").order_by("-id").first()
