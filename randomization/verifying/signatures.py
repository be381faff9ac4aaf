"""Signatures and their entries: each says of the other who signed, by which digest; and none stands alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from randomization.verifying.reports import Report
from trial.core.chain import moment
from trial.core.sentences import Sentence
from trial.models import AuditEntry, AuditEntryBase, Signature, SignatureBase, Trial
from trial.models.signatures import digest_of

HOLDS = '"signature":{'
"""How the text of an entry that is signed names it; canonical JSON has no spaces."""


def signatures() -> Iterator[Report]:
    """Every trial: the signatures of the blinded side against the entries of their acts."""
    for trial in Trial.objects.order_by("pk"):
        rows = Signature.objects.filter(trial=trial).select_related("by__user")
        entries = AuditEntry.objects.filter(chain__trial=trial, body__contains=HOLDS)
        yield report_of(Sentence("signatures of %(trial)s", trial=trial.pk), rows, entries)


def report_of(what: Sentence, rows: Iterable[SignatureBase], entries: Iterable[AuditEntryBase]) -> Report:
    """What a check of these signatures found."""
    found = list(rows)
    return Report(what, len(found), next(_faults(found, {row.hash: row for row in entries}), ""))


def _faults(rows: list[SignatureBase], entries: dict[str, AuditEntryBase]) -> Iterator[Sentence]:
    """The first signature that its entry does not tell, then the first entry without its signature."""
    for row in rows:
        said = {"act": row.act, "subject": row.subject}
        entry = entries.get(row.audit_hash)
        if entry is None:
            yield Sentence("the signature %(act)s of %(subject)s has no entry in the trail", **said)
        elif _told(row) != _told_by(entry):
            yield Sentence("the signature %(act)s of %(subject)s is not what its entry says", **said)
    signed = {row.audit_hash for row in rows}
    for hash_, entry in entries.items():
        if hash_ not in signed and "signature" in json.loads(entry.body):
            said = {"act": entry.action, "subject": entry.subject}
            yield Sentence("the trail has a signature for %(act)s of %(subject)s that has no row", **said)


def _told(row: SignatureBase) -> tuple[object, ...]:
    """What a row says, by its content rather than by the digest that it claims."""
    digest = digest_of(json.loads(row.content))
    who = row.by.user.username, row.role, moment(row.at)
    if row.system:
        return (digest, digest == row.digest, "", "", 0, row.system, *who)
    return (digest, digest == row.digest, row.name, row.meaning, 2 if row.both_parts else 1, "", *who)


def _told_by(entry: AuditEntryBase) -> tuple[object, ...]:
    """The same as its entry says it."""
    said = json.loads(entry.body).get("signature", {})
    names = said.get("name", ""), said.get("meaning", ""), said.get("parts", 0), said.get("system", "")
    return (said.get("digest"), True, *names, entry.actor, entry.role, moment(entry.at))
