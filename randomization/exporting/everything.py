"""Everything that is kept of a trial, with its trail, as files that people and machines read.

Each table as CSV and as JSON lines, the trail in words, and a manifest with the SHA-256 of every file: who
made it, when, of what, and where the chains stood. What is left out is named there with the reason; a test
holds that every table of the installation is the one or the other (decision 44).
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import IO, Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import ForeignKey, Model, QuerySet

from trial.audit import chain_name, record
from trial.models import AuditEntry, Delegation, EligibilityCheck, ParticipantStatus, Status, Trial, User
from trial.models.audit import HIDDEN
from trial.permissions import Permission
from trial.policies import require
from trial.queries import for_reader
from trial.wording.acts import act_in_words

FORMAT = "velum-export 1"
MANIFEST, SIGNATURE = "manifest.json", "manifest.signature.json"
FORMULA = ("=", "+", "-", "@", "\t", "\r")

LEFT_OUT: Mapping[str, str] = {
    "account_emailaddress": "addresses of accounts, for log-in alone",
    "account_emailconfirmation": "secrets of confirmations",
    "auth_group": "not used",
    "auth_group_permissions": "not used",
    "auth_permission": "not used",
    "django_content_type": "names of tables, made by the framework",
    "django_migrations": "versions of the tables, made by the framework",
    "django_session": "sessions",
    "dosing_heartbeat": "when the tick last ran; of the installation, not of a trial",
    "dosing_zonerules": "which rules of time zones a machine followed; entries say what moved",
    "trial_alarm": "letters to whoever runs the installation; what raised them is entered",
    "trial_apitoken": "secrets of tokens; making and revoking one are entered",
    "trial_clinicfactor": "secrets of second factors",
    "trial_idempotentrequest": "answers repeated to systems; the acts themselves are here",
    "trial_opensession": "sessions",
    "trial_trycount": "counts of wrong passwords; what was tried is entered",
    "trial_user_groups": "not used",
    "trial_user_user_permissions": "not used",
}
"""Tables of the blinded side that no export holds."""

LEFT_OUT_PARTS = ("session", "factor", "invitation", "password", "signonlink")
"""In the name of a table: secrets of log-in and ways to it, whatever table holds them."""

WITHOUT: Mapping[str, Mapping[str, str]] = {
    "dosing_calendarfeed": {"digest": "of a secret address"},
    "randomization_envelope": {"position": "tells how much of the list is left"},
    "randomization_stratum": {"place": "tells how much of the list is left"},
    "trial_auditentry": {"rows": "rows as they were written; the tables are here"},
    "trial_contactdetails": {"email": "identifies the participant, and may be erased"},
    "trial_user": {
        "password": "a secret",
        "email": "where mail to the person goes; names and duties are here",
        "is_superuser": "of the installation, not of a trial",
        "is_staff": "of the installation, not of a trial",
    },
}
"""Columns that no export holds."""


@dataclass(frozen=True)
class Scope:
    """What one kind of export holds: tables of which applications, but for some of them and some columns."""

    labels: tuple[str, ...]
    left_out: Mapping[str, str]
    without: Mapping[str, Mapping[str, str]]

    def why_left_out(self, model: type[Model]) -> str:
        """Why an export does not hold a table; empty for one that it holds."""
        table = model._meta.db_table
        if table in self.left_out:
            return self.left_out[table]
        if any(part in table for part in LEFT_OUT_PARTS) and table != "trial_sessionsended":
            return "secrets of log-in and ways to it; what was done with them is entered"
        return ""

    def columns_of(self, model: type[Model]) -> list[str]:
        """The columns of a table that the export holds."""
        without = self.without.get(model._meta.db_table, {})
        return [name for column in model._meta.local_fields if (name := str(column.column)) not in without]

    def models(self) -> list[type[Model]]:
        """Every model that the export holds, by table."""
        models = [model for model in apps.get_models() if model._meta.app_label in self.labels]
        kept = (model for model in models if self.why_left_out(model) == "")
        return sorted(kept, key=lambda model: model._meta.db_table)


BLINDED = Scope(("trial", "randomization", "dosing"), LEFT_OUT, WITHOUT)


@dataclass
class Written:
    """The files of an export so far, as the manifest names them."""

    archive: zipfile.ZipFile
    files: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, content: bytes, rows: int | None = None) -> None:
        """Write one file and note its digest."""
        self.archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
        facts: dict[str, Any] = {"name": name, "bytes": len(content)}
        facts["sha256"] = hashlib.sha256(content).hexdigest()
        self.files.append(facts | ({} if rows is None else {"rows": rows}))


def export_blinded(*, trial: Trial, by: Delegation, at: datetime, file: IO[bytes]) -> str:
    """Write everything of the trial that is blinded into `file`; returns the SHA-256 of its manifest.

    The entry in the trail holds that digest, and so certifies each file. Answers to sensitive criteria are
    hidden from who may not read them. Raises NotPermitted.
    """
    require(by, Permission.EXPORT, trial=trial)
    with transaction.atomic(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        one_moment()
        written = Written(archive)
        write_tables(written, trial, by, BLINDED)
        digest = write_manifest(written, manifest(written, trial, by, at, BLINDED) | {"blinded": True})
        body = {"blinded": True, "files": len(written.files), "manifest": digest}
        record(action="data.exported", subject=trial.pk, by=by, at=at, trial=trial, body=body)
    return digest


def one_moment() -> None:
    """Let all queries of this transaction see the database as of one moment."""
    if connection.vendor == "postgresql" and not connection.savepoint_ids:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def way_to_trial(model: type[Model]) -> str:
    """The lookup that leads from a row to its trial; empty where none does."""
    if model is User:
        return "delegations__trial"
    seen, level = {model}, [(model, "")]
    while level:
        further = []
        for here, way in level:
            if here is Trial:
                return way or "pk"
            for column in here._meta.local_fields:
                there = column.related_model
                if isinstance(column, ForeignKey) and isinstance(there, type) and there not in seen:
                    seen.add(there)
                    further.append((there, f"{way}__{column.name}".strip("_")))
        level = further
    return ""


def rows_of(model: type[Model], trial: Trial) -> QuerySet[Any]:
    """The rows of a table that belong to the trial, in an order of their own."""
    rows = model._default_manager.filter(**{way_to_trial(model): trial})
    return rows.order_by(*(["chain", "sequence"] if model is AuditEntry else ["pk"])).distinct()


def write_tables(written: Written, trial: Trial, by: Delegation, scope: Scope) -> None:
    """Each table as CSV and as JSON lines, and the trail in words."""
    hidden = frozenset() if by.sees_sensitive else trial.sensitive_answers()
    for model in scope.models():
        columns = scope.columns_of(model)
        rows = [as_row(row, columns, hidden) for row in _read(model, trial, by, columns)]
        write_rows(written, f"tables/{model._meta.db_table}", columns, rows)
    entries = for_reader(rows_of(AuditEntry, trial), by).select_related("chain__site", "chain__trial")
    words = [in_words(entry, entry.shown()) for entry in entries]
    written.add("trail.csv", as_csv(TRAIL, words), len(words))
    for version in trial.protocol_versions.order_by("pk"):
        written.add(f"protocol/{version.digest}.toml", version.text.encode())


def write_rows(
    written: Written, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """One table in both forms."""
    written.add(f"{name}.csv", as_csv(columns, rows), len(rows))
    written.add(f"{name}.jsonl", as_lines(rows), len(rows))


def _read(model: type[Model], trial: Trial, by: Delegation, columns: Sequence[str]) -> QuerySet[Any]:
    """The rows, with no column that the export does not hold: a door may not read every one."""
    rows = rows_of(model, trial)
    if model is AuditEntry:
        return for_reader(rows, by)
    wanted = [one.name for one in model._meta.local_fields if one.column in columns]
    return rows.only(*wanted)


def as_row(row: Any, columns: Sequence[str], hidden: frozenset[str]) -> dict[str, Any]:
    """One row as plain values; answers that the reader may not see are hidden."""
    values = {name: plain(getattr(row, _attribute(row, name))) for name in columns}
    if isinstance(row, AuditEntry):
        values["body"] = json.dumps(row.shown(), ensure_ascii=False, sort_keys=True)
    if "answers" in values and isinstance(values["answers"], dict):
        values["answers"] = {
            name: HIDDEN if name in hidden else answer for name, answer in values["answers"].items()
        }
    if isinstance(row, EligibilityCheck):
        values["failures"] = [
            failure if failure["id"] not in hidden else {"id": HIDDEN} for failure in row.failures
        ]
    if isinstance(row, ParticipantStatus) and row.status == Status.SCREEN_FAILED:
        ids = row.reason.split(", ")
        values["reason"] = ", ".join(HIDDEN if name in hidden else name for name in ids)
    return values


def _attribute(row: Model, column: str) -> str:
    return next(one.attname for one in row._meta.local_fields if one.column == column)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, bool | int | float | str | dict | list | None) else str(value)


TRAIL = ["chain", "sequence", "utc", "person", "role", "act", "code", "about", "details", "previous", "hash"]


def in_words(entry: Any, details: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of a trail as people read it; `details` are what the reader may see of its body."""
    return {
        "chain": chain_name(entry.chain),
        "sequence": entry.sequence,
        "utc": plain(entry.at),
        "person": entry.actor,
        "role": entry.role,
        "act": act_in_words(entry.action),
        "code": entry.action,
        "about": entry.subject,
        "details": json.dumps(details, ensure_ascii=False, sort_keys=True),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as a table in UTF-8. No cell is taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in columns])
    return sheet.getvalue().encode()


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    text = "" if value is None else text
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA) else text


def as_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows as JSON, one a line."""
    return "".join(f"{json.dumps(row, ensure_ascii=False, sort_keys=True)}\n" for row in rows).encode()


def manifest(written: Written, trial: Trial, by: Delegation, at: datetime, scope: Scope) -> dict[str, Any]:
    """The certificate: who, when, of what, the heads of the chains, and the SHA-256 of every file."""
    every = apps.get_models(include_auto_created=True)
    left = {model._meta.db_table: scope.why_left_out(model) for model in every}
    return {
        "format": FORMAT,
        "trial": trial.pk,
        "environment": trial.environment,
        "sensitive_answers_hidden": not by.sees_sensitive,
        "made_by": by.user.username,
        "role": by.role,
        "made_at": plain(at),
        "door": settings.VELUM_DOOR,
        "protocols": [version.digest for version in trial.protocol_versions.order_by("pk")],
        "chains": [*heads(trial)],
        "left_out": {table: why for table, why in sorted(left.items()) if why},
        "columns_left_out": {table: dict(columns) for table, columns in scope.without.items()},
        "files": written.files,
    }


def write_manifest(written: Written, about: Mapping[str, Any]) -> str:
    """Write the certificate; returns its SHA-256."""
    text = json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True).encode()
    written.archive.writestr(zipfile.ZipInfo(MANIFEST, (1980, 1, 1, 0, 0, 0)), text)
    return hashlib.sha256(text).hexdigest()


def write_signature(written: Written, signed: Mapping[str, Any]) -> None:
    """Write beside the certificate who signed it, and how."""
    text = json.dumps(signed, ensure_ascii=False, indent=1, sort_keys=True)
    written.archive.writestr(zipfile.ZipInfo(SIGNATURE, (1980, 1, 1, 0, 0, 0)), text)


def heads(trial: Trial) -> Iterator[dict[str, Any]]:
    """Where each blinded chain stood."""
    from trial.models import AuditChain

    for chain in AuditChain.objects.filter(trial=trial).select_related("site").order_by("pk"):
        yield {"chain": chain_name(chain), "length": chain.sequence, "head": chain.head}


def faults_of(file: IO[bytes]) -> list[str]:
    """What of an export is not as its manifest says; nothing if all is well."""
    with zipfile.ZipFile(file) as archive:
        about = json.loads(archive.read(MANIFEST))
        named = {one["name"]: one["sha256"] for one in about["files"]}
        own = {MANIFEST, SIGNATURE}
        strange = [
            f"{name} is not in the manifest" for name in archive.namelist() if name not in own | {*named}
        ]
        missing = [f"{name} is missing" for name in named if name not in archive.namelist()]
        other = [
            f"{name} has another SHA-256"
            for name, digest in named.items()
            if name in archive.namelist() and hashlib.sha256(archive.read(name)).hexdigest() != digest
        ]
    return strange + missing + other
