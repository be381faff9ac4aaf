"""What is signed with a release, never what is in the syringe; and with an unblinded export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from dosing.pharmacy.models import PreparationStep
from randomization.sealed.models import SealedAuditEntry
from trial.models import SignedAct, Trial
from trial.people.signing import Deed, Hand

Content = dict[str, object]


def deed_of_release(row: PreparationStep, hand: Hand | None) -> Deed:
    """What is signed with the release of a syringe."""
    record = f"{row.preparation_id}/{row.sequence}"
    subject = row.preparation.participant.number
    return Deed(SignedAct.RELEASE, record, subject, release_content(row), hand)


def release_content(latest: PreparationStep) -> Content:
    """A syringe by its latest step: once it is discarded, what was signed is no longer so."""
    syringe = latest.preparation
    return {
        "day": syringe.date.isoformat(),
        "injection": syringe.number,
        "participant": syringe.participant.number,
        "state": latest.step,
        "step": latest.sequence,
        "syringe": str(syringe.pk),
    }


def deed_of_export(trial: Trial, digest: str, files: int, hand: Hand | None) -> Deed:
    """What is signed with an unblinded export: the SHA-256 of its manifest."""
    content = {"files": files, "manifest": digest, "trial": trial.pk}
    return Deed(SignedAct.UNBLINDED_EXPORT, digest, trial.pk, content, hand)


def _exports(trial: Trial) -> dict[str, Content]:
    """The exports that the sealed trail knows, by their manifests."""
    entries = SealedAuditEntry.objects.filter(chain__trial=trial, action="data.exported")
    told = [json.loads(body) for body in entries.values_list("body", flat=True)]
    return {
        one["manifest"]: {"files": one["files"], "manifest": one["manifest"], "trial": trial.pk}
        for one in told
    }


def signed_contents(act: str, records: Sequence[str], trial: Trial) -> dict[str, Content] | None:
    """What those syringes are now, by the keys of their releases, and exports; None for another act."""
    if act == SignedAct.UNBLINDED_EXPORT:
        return _exports(trial)
    if act != SignedAct.RELEASE:
        return None
    keys = {UUID(record.split("/")[0]) for record in records}
    rows = PreparationStep.objects.filter(preparation__in=keys, preparation__participant__trial=trial)
    latest = {
        str(row.preparation_id): row
        for row in rows.select_related("preparation__participant").order_by("sequence")
    }
    return {
        key: release_content(row) for key in records if (row := latest.get(key.split("/")[0])) is not None
    }
