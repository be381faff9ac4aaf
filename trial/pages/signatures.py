"""The signatures of a door: who signed what, when, with which meaning, and whether it is still so."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from trial.hooks import OffersSignedRecords, ask_apps
from trial.models import Signature, SignatureBase, Trial
from trial.models.signatures import SignedAct, digest_of
from trial.pages.frame import Page
from trial.pages.tables import table_file
from trial.pages.trail import harmless
from trial.people.duties.signed import signed_contents as signed_about_people
from trial.people.signing.countersigning import asked_for, waiting_for
from trial.people.signing.meanings import MEANINGS
from trial.permissions import Permission, Role
from trial.queries import signatures_for
from trial.wording.words import medium_day

ROWS = 50
COLUMNS = (
    *("utc", "local", "zone", "act", "code", "about", "record", "name", "role", "user", "system", "for"),
    *("parts", "meaning", "state", "changed", "digest", "entry", "countersigned", "countersigns"),
)


@dataclass(frozen=True)
class Signed:
    """One signature as it is shown. `changed` names what its record says otherwise now; None if gone."""

    row: SignatureBase
    changed: tuple[str, ...] | None
    asked: bool = False
    """Whether the protocol asks that a person countersigns such an act of a system."""

    @property
    def void(self) -> bool:
        """Whether what was signed is no longer so."""
        return self.changed != () or digest_of(json.loads(self.row.content)) != self.row.digest

    @property
    def act(self) -> str:
        """What was signed, in words."""
        return str(SignedAct(self.row.act).label)

    @property
    def role(self) -> str:
        """In which role."""
        return str(Role(self.row.role).label)

    @property
    def local(self) -> str:
        """The time on the clock of its zone."""
        there = self.row.at.astimezone(ZoneInfo(self.row.zone))
        return f"{medium_day(there.date())}, {there:%H:%M}"

    @property
    def utc(self) -> str:
        """The time in UTC."""
        return f"{self.row.at:%Y-%m-%d %H:%M:%S}"

    @property
    def whose(self) -> str:
        """Who signed; or which system acted for whom, and that nobody signed."""
        if self.row.name:
            return self.row.name
        said = {"system": self.row.system, "name": self.row.by.user.shown_name}
        return _("Signed by nobody: the system “%(system)s” acted for %(name)s") % said

    @property
    def means(self) -> str:
        """What a signature under such an act means."""
        return _(MEANINGS[SignedAct(self.row.act)])

    @property
    def meaning(self) -> str:
        """What the signature means; nothing where nobody signed."""
        return self.means if self.row.name else ""

    @property
    def waits(self) -> bool:
        """Whether somebody has to countersign it."""
        return self.asked and bool(self.row.system) and self.countersigned_by is None

    @property
    def countersigned_by(self) -> SignatureBase | None:
        """The signature that a person put under the act of a system, if somebody has."""
        return getattr(self.row, "countersignature", None)

    @property
    def under(self) -> str:
        """Of the act of a system, whether a person has signed it; of such a signature, whose act it is."""
        if self.row.countersigns:
            return _("countersigns the act of the system “%(system)s”") % {
                "system": self.row.countersigns.system
            }
        if by := self.countersigned_by:
            return _("countersigned by %(name)s") % {"name": by.name}
        if not self.row.system:
            return ""
        return _("to be countersigned") if self.asked else _("nobody has to countersign it")

    @property
    def state(self) -> str:
        """Whether it holds, in words."""
        if not self.void:
            return _("holds") if self.row.name else _("not signed")
        if self.changed is None:
            return _("void: the record is not there")
        return _("void: changed since: %(what)s") % {"what": ", ".join(self.changed) or "digest"}


def shown(rows: Iterable[SignatureBase], trial: Trial) -> list[Signed]:
    """Signatures with what their records say now: a few questions for each kind of act."""
    found = list(rows)
    asked = asked_for(trial) if any(row.system for row in found) else frozenset()
    acts: dict[str, list[str]] = {}
    for row in found:
        acts.setdefault(row.act, []).append(row.record)
    now = {act: _contents(act, records, trial) for act, records in acts.items()}
    return [Signed(row, _changed(row, now[row.act].get(row.record)), row.act in asked) for row in found]


def _contents(act: str, records: list[str], trial: Trial) -> Mapping[str, Mapping[str, object]]:
    """What those records say now, from the application to which the act belongs."""
    asked = [signed_about_people, *(app.signed_contents for app in ask_apps(OffersSignedRecords))]
    answers = (ask(act, records, trial) for ask in asked)
    return next((answer for answer in answers if answer is not None), {})


def _changed(row: SignatureBase, now: Mapping[str, object] | None) -> tuple[str, ...] | None:
    """What the record says otherwise than what was signed; None where it is gone."""
    if now is None:
        return None
    then: dict[str, Any] = json.loads(row.content)
    return tuple(sorted(name for name in then.keys() | now.keys() if then.get(name) != now.get(name)))


class SignatureList(Page, TemplateView):
    """The signatures within reach, newest first; with `as_file` as a table to take along."""

    permission = Permission.VIEW_PARTICIPANTS
    template_name = "trial/signatures.html"
    model: type[SignatureBase] = Signature
    as_file = False
    file_name = "signatures.csv"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or the file."""
        if not self.as_file:
            return super().get(request, *args, **kwargs)
        return table_file(as_csv(shown(self.signatures(), self.by.trial)), self.file_name)

    def signatures(self) -> QuerySet[Any]:
        """Those of the person's site and of the trial as a whole."""
        return signatures_for(self.by, self.model)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """One page of them."""
        mine = {row.pk for row in waiting_for(self.by, self.model)}
        page = Paginator(self.signatures(), ROWS).get_page(self.request.GET.get("page"))
        rows = shown(page, self.by.trial)
        return super().get_context_data(
            page=page,
            rows=rows,
            mine=mine,
            file=reverse("signatures_csv"),
            frame=f"{settings.VELUM_DOOR}.html",
            **context,
        )


def as_csv(rows: Iterable[Signed]) -> bytes:
    """Signatures as a table in UTF-8, codes beside words. No cell is taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(harmless, _cells(row)) for row in rows)
    return sheet.getvalue().encode()


def _cells(signed: Signed) -> Iterator[object]:
    row = signed.row
    parts = (2 if row.both_parts else 1) if row.name else 0
    yield from (signed.utc, signed.local, row.zone, signed.act, row.act, row.subject, row.record)
    yield from (row.name, row.role, row.by.user.username if row.name else "", row.system)
    yield from ("" if row.name else row.by.user.username, parts, row.meaning, signed.state)
    yield from (", ".join(signed.changed or ()), row.digest, row.audit_hash)
    yield signed.under if row.system else ""
    yield row.countersigns.audit_hash if row.countersigns else ""
