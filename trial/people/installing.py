"""Installs a trial with its sites. When those open and close: `trial.people.site_days`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from trial.audit import note_rows, record
from trial.models import ProtocolVersion, Site, Trial
from trial.protocol.files import ProtocolFile
from trial.protocol.judging import refuse_faulty
from trial.refusals import Refusal


class TrialInstalled(Refusal):
    """A trial is installed once, in one environment."""

    code = "trial_installed"


@transaction.atomic
def install_trial(*, file: ProtocolFile, environment: str, at: datetime) -> Trial:
    """Install a trial from its protocol file, with its sites. Again with the same file: no change.

    A trial never changes its environment; a changed file is an amendment and is refused here. Raises
    FaultyProtocol for a new file in which a judge finds something.
    """
    protocol = file.protocol
    trial = Trial.objects.filter(pk=protocol.key).first()
    if trial is not None:
        if trial.environment == environment and trial.protocol_versions.filter(digest=file.digest).exists():
            return trial
        raise TrialInstalled(
            _("%(key)s is installed already, as another environment or from another protocol file.")
            % {"key": protocol.key}
        )
    refuse_faulty(file)
    trial = Trial.objects.create(
        key=protocol.key, acronym=protocol.acronym, environment=environment, installed_at=at
    )
    ProtocolVersion.objects.create(
        trial=trial, version=protocol.version, digest=file.digest, text=file.text, installed_at=at
    )
    sites = Site.objects.bulk_create(
        Site(trial=trial, number=site.number, name=site.name, city=site.city, zone=site.zone)
        for site in protocol.sites
    )
    note_rows(sites)
    body = {"digest": file.digest, "environment": environment, "version": protocol.version}
    record(action="trial.installed", subject=trial.key, by=None, at=at, trial=trial, body=body)
    return trial


@transaction.atomic
def tell_an_invented_past(*, trial: Trial, since: datetime) -> None:
    """Enter that what a demonstration records from now on began earlier than its installation."""
    said = {"reason": "A demonstration tells an invented past."}
    record(action="clock.mended", subject=trial.key, by=None, at=since, trial=trial, body=said)
