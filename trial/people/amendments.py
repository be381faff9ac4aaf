"""Amendments: a new version of a trial's protocol, known by its digest. It moves nobody by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import note_rows, record
from trial.hooks import AsksOfAmendments, KnowsStrataOfDraws, ask_apps
from trial.models import ProtocolVersion, Site, Trial
from trial.protocol.files import ProtocolFile
from trial.protocol.judging import refuse_faulty
from trial.protocol.site_levels import other_levels
from trial.refusals import Refusal

NOTHING_CONFIRMED: Mapping[str, object] = MappingProxyType({})


class NotAnAmendment(Refusal):
    """The file would change what was fixed when the trial began."""

    code = "not_an_amendment"
    status = 422


@transaction.atomic
def install_amendment(
    *, file: ProtocolFile, at: datetime, confirmed: Mapping[str, object] = NOTHING_CONFIRMED
) -> ProtocolVersion:
    """Install a protocol file as the newest version of its trial, with any new sites.

    Eligibility and bookings follow the newest version from now on; who has a calendar stays on the
    version that planned it until somebody moves them. The newest file again: no change. Raises
    NotAnAmendment for another trial's file, for an older version, and where arms, strata, sites or
    numbers that are in use would be lost, or a site would get another level than any version fixed for it or
    than somebody was drawn with there; FaultyProtocol where a judge finds something in the file.
    A site keeps its zone, unless the one that is installed is no place (`localtime`).

    A target below what is randomised already is asked about (NotConfirmed): `confirmed` names it by its field
    and its very value, and the entry keeps it. It ends recruitment at once, which can be meant.
    """
    protocol = file.protocol
    trial = Trial.objects.select_for_update().filter(pk=protocol.key).first()
    if trial is None:
        raise NotAnAmendment(_("%(key)s is not installed. Install the trial first.") % {"key": protocol.key})
    newest = trial.protocol_version
    if newest.digest == file.digest:
        return newest
    refuse_faulty(file)
    _refuse(trial, newest, file)
    version = ProtocolVersion(
        trial=trial, version=protocol.version, digest=file.digest, text=file.text, installed_at=at
    )
    kept: dict[str, str] = {}
    for app in ask_apps(AsksOfAmendments):
        kept |= app.confirmed_of_amendment(version, confirmed)
    version.save()
    known = set(Site.objects.filter(trial=trial).values_list("number", flat=True))
    new = [row for row in protocol.sites if row.number not in known]
    added = Site.objects.bulk_create(
        Site(trial=trial, number=row.number, name=row.name, city=row.city, zone=row.zone) for row in new
    )
    body: dict[str, object] = {"digest": file.digest, "sites": [row.number for row in new]}
    body |= {"version": protocol.version}
    if kept:
        body |= {"confirmed": kept}
    if mended := _mended(trial, file):
        Site.objects.bulk_update(mended, ["zone"])
        body |= {"zones": {site.number: site.zone for site in mended}}
    note_rows([*added, *mended])
    record(action="protocol.amended", subject=trial.key, by=None, at=at, trial=trial, body=body)
    return version


def _mended(trial: Trial, file: ProtocolFile) -> list[Site]:
    """The sites that get another zone, with it; `_refuse` lets through only those whose zone was no place."""
    zones, mended = {row.number: row.zone for row in file.protocol.sites}, []
    for site in Site.objects.filter(trial=trial):
        if site.zone != zones.get(site.number, site.zone):
            site.zone = zones[site.number]
            mended.append(site)
    return mended


def _refuse(trial: Trial, newest: ProtocolVersion, file: ProtocolFile) -> None:
    old, new, sites = newest.protocol, file.protocol, {row.number: row.zone for row in file.protocol.sites}
    faults = [
        (
            trial.protocol_versions.filter(digest=file.digest).exists(),
            _("This protocol file was installed before. Give the new file a version of its own."),
        ),
        (
            not {arm.code for arm in old.arms} <= {arm.code for arm in new.arms},
            _("An arm of the list in use is missing. Keep every arm; a new arm needs a list of its own."),
        ),
        (old.stratum_keys() != new.stratum_keys(), _("The strata differ; the list in use has the old ones.")),
        (
            old.number_format != new.number_format,
            _("Participant numbers would look different. Keep their form."),
        ),
        (
            not all(row.may_move_to(sites.get(row.number)) for row in old.sites)
            or not {row.number for row in old.sites} <= set(sites),
            _("A site is missing or has another time zone. Keep every site as it is; new ones may be added."),
        ),
    ]
    for found, sentence in faults:
        if found:
            raise NotAnAmendment(sentence)
    draws = [row for app in ask_apps(KnowsStrataOfDraws) for row in app.strata_of_draws(trial)]
    installed = [version.protocol for version in trial.protocol_versions.order_by("id")]
    if otherwise := other_levels(new, installed, draws):
        raise NotAnAmendment(otherwise)
