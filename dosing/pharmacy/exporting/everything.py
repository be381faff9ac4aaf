"""The unblinded export of a trial: every table of both doors, and what its envelopes and boxes hold.

Only after the data lock and the signed opening. Boxes are not exported, what they hold is. Secrets of
log-in, and what the pharmacy may not read at the clinic, are named in the manifest with the reason.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any

from django.db import transaction

from dosing.pharmacy.contents import open_movements, open_steps, opening_key
from dosing.pharmacy.models import StepBox, StockBox
from dosing.pharmacy.signed import deed_of_export
from randomization.exporting.everything import (
    LEFT_OUT,
    TRAIL,
    WITHOUT,
    Scope,
    Written,
    as_csv,
    in_words,
    manifest,
    one_moment,
    plain,
    write_manifest,
    write_rows,
    write_signature,
    write_tables,
)
from randomization.exporting.signatures import message_of
from randomization.key_files import KeyFault
from randomization.models import RandomizationList
from randomization.sealed.ending.archive import about_list
from randomization.sealed.ending.end_of_trial import open_trial
from randomization.sealed.models import Recipient, SealedAuditChain, SealedAuditEntry
from randomization.sealed.vault.envelope_contents import contents_of
from randomization.sealed.vault.keys import signing_key
from randomization.sealed.vault.signing import sign_sealed
from randomization.sealed.vault.trail import record_sealed
from trial.audit import chain_name
from trial.models import Delegation, SignedAct, Trial
from trial.people.signing import Hand
from trial.people.signing.meanings import MEANINGS

UNBLINDED = Scope(
    ("trial", "randomization", "dosing", "sealed", "pharmacy"),
    {
        **LEFT_OUT,
        "dosing_calendarfeed": "the pharmacy door may not read it; the blinded export holds it",
        "trial_contactdetails": "the pharmacy door may not read it; the blinded export holds it",
        "mfa_authenticator": "secrets of second factors",
        "pharmacy_stepbox": "sealed; what it holds is in opened/preparations",
        "pharmacy_stockbox": "sealed; what it holds is in opened/movements",
        "sealed_enrolmentcode": "secrets of second factors; making and using one are entered",
        "sealed_enrolmentcodeuse": "secrets of second factors; making and using one are entered",
        "sealed_job": "long work and its answers; what it did is entered",
        "sealed_keyproof": "keys of the installation, not of a trial; proofs are entered",
        "sealed_listsecret": "sealed; what it holds is in opened/lists",
        "sealed_rekeying": "keys of the installation, not of a trial; re-keyings are entered",
        "sealed_seal": "sealed; what it holds is in opened/envelopes",
        "sealed_sealedalarm": "letters to whoever runs the installation; what raised them is entered",
        "sealed_sealedanswer": "answers repeated to systems; the acts themselves are here",
        "sealed_sealedtrycount": "counts of wrong passwords; what was tried is entered",
    },
    {
        **{table: columns for table, columns in WITHOUT.items() if table != "dosing_calendarfeed"},
        "randomization_envelope": {},
        "randomization_stratum": {},
        "sealed_doctoraddress": {"email": "identifies somebody; whom a link reached is here by name"},
        "sealed_onetimelink": {"digest": "of a secret address"},
        "sealed_onetimelinkmailed": {"email": "identifies somebody; whom a link reached is here by name"},
        "sealed_sealedauditentry": {"rows": "rows as they were written; the tables are here"},
    },
)
"""After the opening the place of an envelope in its list is no secret any more."""

ENVELOPES = [
    *("list", "stratum", "position", "number", "arm", "label", "block", "salt", "commitment"),
    *("participant", "drawn_at", "drawn_by"),
]


def export_unblinded(
    *, trial: Trial, by: Delegation, at: datetime, file: IO[bytes], hand: Hand | None = None
) -> str:
    """Open the trial and write everything of it into `file`; returns the SHA-256 of its manifest.

    The entry in the sealed trail holds that digest and is signed by `hand`. Where this process has the key
    that signs lists, the manifest is signed with it as well, so that it can be checked without Velum.
    Must not run inside a transaction: that the trial was opened is committed first.
    Raises NotPermitted, DataNotLocked, NotSigned, SealDamaged, ContentDamaged or CannotReveal.
    """
    opening_key()  # a door without it opens nothing, and enters no opening
    open_trial(trial=trial, by=by, at=at)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        written = Written(archive)
        with transaction.atomic():
            one_moment()
            write_tables(written, trial, by, UNBLINDED)
            _write_opened(written, trial)
            about = manifest(written, trial, by, at, UNBLINDED)
            chains = [*about["chains"], *_heads(trial)]
            digest = write_manifest(written, about | {"blinded": False, "chains": chains})
        entry = _enter(trial, by, at, digest, len(written.files), hand)
        write_signature(written, _signed(digest, entry, hand))
    return digest


def _write_opened(written: Written, trial: Trial) -> None:
    """What lists, envelopes and boxes hold, and the sealed trail in words."""
    lists = list(RandomizationList.objects.filter(trial=trial).order_by("sequence"))
    envelopes = [row for list_ in lists for row in _envelopes(list_, trial)]
    write_rows(written, "opened/envelopes", ENVELOPES, envelopes)
    seeds = [about_list(list_) for list_ in lists]
    write_rows(written, "opened/lists", list(seeds[0]) if seeds else [], seeds)
    _write_any(written, "opened/preparations", list(_preparations(trial)))
    _write_any(written, "opened/movements", list(_movements(trial)))
    entries = SealedAuditEntry.objects.filter(chain__trial=trial).order_by("chain", "sequence")
    words = [in_words(row, row.shown()) for row in entries.select_related("chain__trial")]
    written.add("sealed-trail.csv", as_csv(TRAIL, words), len(words))


def _write_any(written: Written, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    write_rows(written, name, list(rows[0]) if rows else [], rows)


def _envelopes(list_: RandomizationList, trial: Trial) -> Iterator[dict[str, Any]]:
    labels = {arm.code: arm.label.en for arm in trial.protocol_version.protocol.arms}
    for envelope, record in contents_of(list_):
        yield {
            "list": list_.name,
            "stratum": record.stratum,
            "position": record.position,
            "number": record.number,
            "arm": record.arm,
            "label": labels.get(record.arm, record.arm),
            "block": record.block,
            "salt": record.salt.hex(),
            "commitment": envelope.commitment,
            "participant": envelope.participant.number if envelope.participant else None,
            "drawn_at": plain(envelope.drawn_at),
            "drawn_by": envelope.drawn_by.user.username if envelope.drawn_by else None,
        }


def _preparations(trial: Trial) -> Iterator[dict[str, Any]]:
    """Every step of every syringe with what it says in secret."""
    boxes = StepBox.objects.filter(
        recipient=Recipient.PHARMACY, step__preparation__participant__trial=trial
    ).select_related("step__preparation__participant", "step__by__user")
    found = list(boxes.order_by("step__preparation", "step__sequence"))
    contents = open_steps(found)
    for box in found:
        step, content = box.step, contents[box.step_id]
        yield {
            "participant": step.preparation.participant.number,
            "injection": step.preparation.number,
            "day": plain(step.preparation.date),
            "step": step.step,
            "at": plain(step.at),
            "by": step.by.user.username,
            "note": content.note,
            "made": {name: plain(value) for name, value in asdict(content.made).items()}
            if content.made
            else None,
        }


def _movements(trial: Trial) -> Iterator[dict[str, Any]]:
    """Every movement of vials, by site and in its order."""
    boxes = StockBox.objects.filter(recipient=Recipient.PHARMACY, entry__site__trial=trial)
    found = list(boxes.select_related("entry__site", "entry__by__user").order_by("entry__site", "entry"))
    for box, moved in zip(found, open_movements(found), strict=True):
        entry = {"site": box.entry.site.number, "at": plain(box.entry.at), "by": box.entry.by.user.username}
        yield entry | {name: plain(value) for name, value in asdict(moved).items()}


def _heads(trial: Trial) -> Iterator[dict[str, Any]]:
    """Where each sealed chain stood."""
    for chain in SealedAuditChain.objects.filter(trial=trial).order_by("pk"):
        yield {"chain": chain_name(chain), "length": chain.sequence, "head": chain.head}


@transaction.atomic
def _enter(
    trial: Trial, by: Delegation, at: datetime, digest: str, files: int, hand: Hand | None
) -> SealedAuditEntry:
    deed = deed_of_export(trial, digest, files, hand)
    body = {"blinded": False, "files": files, "manifest": digest} | deed.facts
    entry = record_sealed(action="data.exported", subject=trial.pk, by=by, at=at, trial=trial, body=body)
    sign_sealed(deed, entry, by=by, at=at, site=None)
    return entry


def _signed(digest: str, entry: SealedAuditEntry, hand: Hand | None) -> dict[str, Any]:
    """Who signed the manifest, which entry says so, and the signature of the key that signs lists."""
    about: dict[str, Any] = {"manifest": digest, "entry": entry.hash, "at": plain(entry.at)}
    if hand is not None:
        about |= {"name": hand.name, "role": entry.role, "meaning": MEANINGS[SignedAct.UNBLINDED_EXPORT]}
    try:
        key = signing_key()
    except KeyFault:  # it lies with the statistician; mounted for this command, if at all
        return about
    public = key.public_key().public_bytes_raw().hex()
    return about | {"signer": public, "ed25519": key.sign(message_of(digest)).hex()}
