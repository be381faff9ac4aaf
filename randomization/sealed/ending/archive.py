"""The published archive of a trial: everything that `tools/verify_trial.py` checks, and no key.

The format stands in `docs/archive.md`, where each value has one spelling. The parts are written one after
the other, a list in constant memory, so that a long list does not need a large machine.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.db.models import F

from randomization.core.sealed_record import SealedRecord
from randomization.models import Envelope, RandomizationList
from randomization.sealed.ending.end_of_trial import open_trial
from randomization.sealed.models import SealedAuditChain
from randomization.sealed.vault.envelope_contents import contents_of, secret_of
from trial.audit import chain_name
from trial.core.chain import moment, rows_digest
from trial.models import AuditChain, AuditChainBase, Delegation, Trial

FORMAT = "velum archive 1"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""Every part carries this time, so that one trial gives one file."""

Json = dict[str, Any]


def export_archive(*, trial: Trial, by: Delegation, at: datetime, file: IO[bytes]) -> list[str]:
    """Open all envelopes of the trial and write its archive into `file`.

    Returns what vouches for it, as words for the verifier: the keys of the lists, the last hash of each
    chain. They are worth something only where they are kept apart from the archive.
    Raises NotPermitted, DataNotLocked, NotSigned, SealDamaged or KeyFault.
    """
    open_trial(trial=trial, by=by, at=at)
    with transaction.atomic(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        lists = list(RandomizationList.objects.filter(trial=trial).order_by("sequence"))
        chains = list(chains_of(trial))
        names = {
            "lists": [f"lists/{list_.sequence}.json" for list_ in lists],
            "chains": [f"audit/{chain_name(chain).replace('/', '-')}.json" for chain in chains],
        }
        about: Json = {"format": FORMAT, "trial": trial.pk, "environment": trial.environment, **names}
        _write(archive, "archive.json", about, "", ())
        for name, list_ in zip(names["lists"], lists, strict=True):
            _write(archive, name, about_list(list_), "rows", map(row_of, contents_of(list_)))
        for name, chain in zip(names["chains"], chains, strict=True):
            head = {"chain": chain_name(chain), "length": chain.sequence, "head": chain.head}
            _write(archive, name, head, "entries", entries_of(chain))
    signers = {list_.signer_public_key: "--signer" for list_ in lists}
    return [word for pair in signers.items() for word in reversed(pair)] + [
        word for chain in chains for word in ("--anchor", chain.head)
    ]


def chains_of(trial: Trial) -> Iterator[AuditChainBase]:
    """The trial's own chains, those of its sites, and the sealed ones."""
    yield from (
        AuditChain.objects.filter(trial=trial)
        .select_related("site")
        .order_by(F("site__number").asc(nulls_first=True), "kind")
    )
    yield from SealedAuditChain.objects.filter(trial=trial).order_by("kind")


def about_list(list_: RandomizationList) -> Json:
    """A list without its envelopes."""
    secret, steps = secret_of(list_), list_.steps.select_related("by__user").order_by("sequence")
    return {
        "id": str(list_.pk),
        "sequence": list_.sequence,
        "reserve_of": str(list_.reserve_of_id) if list_.reserve_of_id else None,
        "name": list_.name,
        "trial": list_.trial_id,
        "environment": list_.environment,
        "envelopes": list_.envelope_count,
        "design": list_.design_commitment,
        "root": list_.root,
        "made": moment(list_.made_at),
        "signer": list_.signer_public_key,
        "signature": list_.signature,
        "seed": secret.seed.hex(),
        "design_text": secret.design.as_json(),
        "strata": [{"key": row.key, "size": row.size} for row in list_.strata.order_by("place")],
        "steps": [{"step": row.step, "at": moment(row.at), "by": row.by.user.username} for row in steps],
    }


def row_of(opened: tuple[Envelope, SealedRecord]) -> Json:
    """One opened envelope."""
    envelope, record = opened
    return {
        "stratum": record.stratum,
        "position": record.position,
        "number": record.number,
        "arm": record.arm,
        "block": record.block,
        "salt": record.salt.hex(),
        "commitment": envelope.commitment,
        "draw": _draw(envelope),
    }


def _draw(envelope: Envelope) -> Json | None:
    if envelope.participant is None or envelope.drawn_at is None or envelope.drawn_by is None:
        return None
    return {
        "participant": envelope.participant.number,
        "at": moment(envelope.drawn_at),
        "by": envelope.drawn_by.user.username,
        "entry": envelope.audit_hash,
    }


def entries_of(chain: AuditChainBase) -> Iterator[Json]:
    """The entries of a chain, as they were hashed."""
    rows = chain.entries.filter(sequence__lte=chain.sequence)  # type: ignore[attr-defined]
    for row in rows.order_by("sequence").iterator(1000):
        said = ("sequence", "actor", "role", "action", "subject", "body", "previous", "hash")
        kept = {"kept": rows_digest(row.rows)} if row.rows else {}
        yield {name: getattr(row, name) for name in said} | {"at": moment(row.at)} | kept


def _write(archive: zipfile.ZipFile, name: str, about: Mapping[str, Any], rows_name: str, rows: Any) -> None:
    """One part as JSON: an object, and in it a list that is never in memory as a whole."""
    part = zipfile.ZipInfo(name, EPOCH)
    part.compress_type, part.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
    with archive.open(part, "w", force_zip64=True) as raw, io.TextIOWrapper(raw, "utf-8") as text:
        head = json.dumps(about, ensure_ascii=False, indent=1)
        if not rows_name:
            text.write(head)
            return
        text.write(f'{head[:-2]},\n "{rows_name}": [')
        for count, row in enumerate(rows):
            text.write((",\n  " if count else "\n  ") + json.dumps(row, ensure_ascii=False))
        text.write("]}\n")
