"""The page of a trail: what was done, by whom, when. Each door shows its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.generic import TemplateView

from trial.models import NO_DUTY, AuditChainBase, AuditEntryBase, Site
from trial.pages.day_fields import CalendarField
from trial.pages.frame import Page
from trial.pages.tables import table_file
from trial.pages.trail_details import details_in_words
from trial.permissions import Role
from trial.queries import NotFound, find_participant
from trial.wording.acts import act_in_words, acts_to_choose

ENTRIES = 50
MOST_IN_A_FILE = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""How a cell begins that a table program would calculate (ASVS 1.2.10)."""

SYSTEM = {
    "system": gettext_noop("Velum itself"),
    "link": gettext_noop("by a one-time link"),
    NO_DUTY: gettext_noop("after the duty ended"),
}
"""Who acted where nobody's duty did."""


@dataclass(frozen=True)
class Line:
    """One entry as a page shows it. `local` is the time at the site in `zone`; empty where sites differ."""

    entry: AuditEntryBase
    act: str
    role: str
    utc: str
    local: str
    zone: str
    where: str
    details: list[tuple[str, str]]


class Sought(forms.Form):
    """What is looked for in a trail."""

    act = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    person = forms.CharField(label=gettext_lazy("User name"), required=False, max_length=150)
    participant = forms.CharField(label=gettext_lazy("Number, or about"), required=False, max_length=120)
    day = CalendarField(label=gettext_lazy("Day"), required=False)

    def __init__(self, *args: Any, sealed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["act"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for mypy
        field.choices = [("", _("everything")), *acts_to_choose(sealed=sealed)]


class Trail(Page, TemplateView):
    """Entries, newest first, by act, person, participant and day; `?q=` is a person or a participant.

    With `as_file` the same as a table to take along, at the address named `<address>_csv`.
    """

    template_name = "trial/audit.html"
    as_file = False
    file_name = "trail.csv"
    address = "audit"

    def entries(self) -> QuerySet[Any]:
        """The entries within reach, newest first."""
        raise NotImplementedError

    def chains(self) -> QuerySet[Any]:
        """The heads of their chains."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, or the file."""
        if not self.as_file:
            return super().get(request, *args, **kwargs)
        rows = (self._line(entry) for entry in self.found[:MOST_IN_A_FILE].iterator(2000))
        return table_file(as_csv(rows), self.file_name)

    @cached_property
    def sought(self) -> Sought:
        """What was asked for."""
        return Sought(self.request.GET, sealed=not settings.CLINIC)

    @cached_property
    def found(self) -> QuerySet[Any]:
        """The entries that were asked for. What cannot be read is said beside its question; none is found."""
        entries = self.entries()
        if typed := self.request.GET.get("q", "").strip():
            entries = entries.filter(subject__iexact=self._meant(typed)) | entries.filter(actor__iexact=typed)
        if not self.sought.is_valid():
            return entries.none()
        asked = self.sought.cleaned_data
        if asked["act"]:
            entries = entries.filter(action=asked["act"])
        if asked["person"].strip():
            name = asked["person"].strip()
            entries = entries.filter(actor__iexact=name) | entries.filter(subject__iexact=name)
        if asked["participant"].strip():
            entries = entries.filter(subject__iexact=self._meant(asked["participant"].strip()))
        return entries.filter(**_within(asked["day"], self.zone)) if asked["day"] else entries

    @cached_property
    def zone(self) -> str:
        """The time zone of the person's site, or the one that all sites have; empty where they differ."""
        sites = [self.by.site] if self.by.site else self.sites
        zones = {site.zone for site in sites}
        return zones.pop() if len(zones) == 1 else ""

    @cached_property
    def sites(self) -> list[Site]:
        """The sites of the trial."""
        return list(self.by.trial.sites.all())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """One page of entries, and the heads of the chains as they stand now."""
        page = Paginator(self.found, ENTRIES).get_page(self.request.GET.get("page"))
        kept = self.request.GET.copy()
        kept.pop("page", None)
        return super().get_context_data(
            page=page,
            rows=[self._line(entry) for entry in page],
            chains=[(_chain(chain), chain) for chain in self.chains()],
            sought=self.sought,
            kept=f"&{kept.urlencode()}" if kept else "",
            asked=kept.urlencode(),
            file=reverse(f"{self.address}_csv"),
            frame=f"{settings.VELUM_DOOR}.html",
            at=self.at,
            **context,
        )

    def _meant(self, typed: str) -> str:
        """The participant's number, however it is typed; else what was typed."""
        try:
            return find_participant(self.by, typed).number
        except NotFound:
            return typed

    def _line(self, entry: AuditEntryBase) -> Line:
        site = getattr(entry.chain, "site", None)  # type: ignore[attr-defined]  # both kinds have a chain
        zone = site.zone if site else self.zone
        at = entry.at.astimezone(UTC)
        return Line(
            entry,
            act_in_words(entry.action),
            role_in_words(entry.role),
            f"{at:%Y-%m-%d %H:%M:%S}",
            f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}" if zone else "",
            zone,
            _chain(entry.chain),  # type: ignore[attr-defined]
            details_in_words(entry, zone),
        )


def details(entry: AuditEntryBase) -> list[tuple[str, str]]:
    """What an entry says beyond its headline, as names and values: as the body has it, for programs."""
    shown = entry.shown().items()
    return [
        (name.replace("_", " "), _flat(value)) for name, value in shown if value not in (None, "", [], {})
    ]


def role_in_words(role: str) -> str:
    """In which role."""
    if role in SYSTEM:
        return _(SYSTEM[role])
    return str(Role(role).label) if role in Role.values else role


def as_csv(lines: Iterator[Line]) -> bytes:
    """The entries as a table in UTF-8, codes beside words. No cell is taken for a formula."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(
        (
            "chain",
            "entry",
            "utc",
            "local",
            "zone",
            "person",
            "role",
            "act",
            "code",
            "about",
            "details",
            "hash",
        )
    )
    for line in lines:
        one = line.entry
        said = "; ".join(f"{name}: {value}" for name, value in details(one))
        row = (line.where, one.sequence, line.utc, line.local, line.zone, one.actor, line.role)
        writer.writerow(map(harmless, (*row, line.act, one.action, one.subject, said, one.hash)))
    return sheet.getvalue().encode()


def harmless(value: object) -> str:
    """A cell that a table program shows and does not calculate."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) or text.startswith(FORMULA) else text


def _within(day: date, zone: str) -> Mapping[str, datetime]:
    """The moments of a day at the site; of a day in UTC where sites differ."""
    zoned = ZoneInfo(zone) if zone else UTC
    begin = datetime.combine(day, time(), zoned)
    return {"at__gte": begin, "at__lt": datetime.combine(day + timedelta(days=1), time(), zoned)}


def _chain(chain: AuditChainBase) -> str:
    """Which chain it is, in words."""
    site: Site | None = getattr(chain, "site", None)
    where = _("site %(number)s") % {"number": site.number} if site else _("trial")
    what = chain.get_kind_display()  # type: ignore[attr-defined]
    return _("%(where)s: %(what)s") % {"where": where, "what": what}


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_flat(inner)}" for name, inner in value.items())
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)
