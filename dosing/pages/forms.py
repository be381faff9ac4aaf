"""The questions of the calendar's pages. What the answers mean is judged by the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, assert_never
from zoneinfo import ZoneInfo

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dosing.core.notes import Note, NoteKind
from dosing.core.starts import StartProposal
from dosing.models import BodySite, Cause, Place
from trial.models import WithdrawalScope
from trial.pages.day_fields import CalendarField, ClockField, DayField
from trial.refusals import in_page_language
from trial.wording.words import full_day, short_day


def cause_field() -> forms.ChoiceField:
    """The list of coded reasons."""
    choices = [("", gettext_lazy("not said")), *Cause.choices]
    return forms.ChoiceField(label=gettext_lazy("Kind of reason"), choices=choices, required=False)


def reason_field(**options: Any) -> forms.CharField:
    """A few words on why."""
    label = options.pop("label", gettext_lazy("Why"))
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000, **options)


class Recording(forms.Form):
    """What every record shares: the reason for a departure, and for a correction."""

    deviation_reason = reason_field(
        label=gettext_lazy("If the day is right: why does it differ from the plan?"), required=False
    )
    correction_reason = reason_field(
        label=gettext_lazy("Why is the earlier entry corrected?"),
        help_text=gettext_lazy("The earlier entry stays in the record."),
    )

    def __init__(self, *args: Any, correction: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not correction:
            del self.fields["correction_reason"]

    def questions(self) -> list[forms.BoundField]:
        """The questions to show: the one about a departure only once something was refused."""
        quiet = set() if self.errors or self["deviation_reason"].value() else {"deviation_reason"}
        return [field for field in self if field.name not in quiet]

    def reasons(self) -> dict[str, Any]:
        """The reasons as the services take them."""
        corrected = self.cleaned_data.get("correction_reason", "")
        said = self.cleaned_data.get("reason", "")
        return {
            "deviation_reason": self.cleaned_data["deviation_reason"],
            "cause": self.cleaned_data.get("cause", ""),
            "reason": " · ".join(filter(None, [said, corrected])),
            "correction": "correction_reason" in self.fields,
        }


class GivenForm(Recording):
    """An injection that was given in full."""

    day = DayField(label=gettext_lazy("Given on"))
    time = ClockField(label=gettext_lazy("Time"))
    body_site = forms.ChoiceField(
        label=gettext_lazy("Injection site"), choices=BodySite.choices, widget=forms.RadioSelect
    )
    place = forms.ChoiceField(label=gettext_lazy("Where"), choices=Place.choices, widget=forms.RadioSelect)
    given_by = forms.CharField(label=gettext_lazy("Given by"), max_length=120)

    beside = {"happened_at": "day"}

    field_order = (
        "day",
        "time",
        "body_site",
        "place",
        "given_by",
        "reason",
        "deviation_reason",
        "correction_reason",
    )

    def record(self, zone: ZoneInfo) -> dict[str, Any]:
        """What `SaidOfInjection` takes; the moment is read on the site's wall clock."""
        answers = self.cleaned_data
        happened_at = datetime.combine(answers["day"], answers["time"], zone)
        place = {name: answers[name] for name in ("place", "body_site", "given_by")}
        return {"happened_at": happened_at, **place, **self.reasons()}


class PartialForm(GivenForm):
    """An injection of which a part was given."""

    reason = reason_field(label=gettext_lazy("What was not given, and why"))
    cause = cause_field()


class NotGivenForm(Recording):
    """An injection that was not given."""

    reason = reason_field(label=gettext_lazy("Why was it not given?"))
    cause = cause_field()
    field_order = ("cause", "reason", "deviation_reason", "correction_reason")

    def record(self, zone: ZoneInfo) -> dict[str, Any]:
        """What `SaidOfInjection` takes for a missed injection."""
        return self.reasons()


class VisitDoneForm(Recording):
    """A visit that took place."""

    day: forms.Field = DayField(label=gettext_lazy("Done on"))
    field_order = ("day", "reason", "deviation_reason", "correction_reason")

    def record(self) -> dict[str, Any]:
        """What `SaidOfVisit` takes."""
        return {"day": self.cleaned_data["day"], **self.reasons()}


class VisitMovedForm(VisitDoneForm):
    """A visit that will take place on another day."""

    day = CalendarField(label=gettext_lazy("Moved to"))
    reason = reason_field()


class VisitMissedForm(Recording):
    """A visit that did not take place and will not."""

    reason = reason_field(label=gettext_lazy("Why did it not take place?"))
    cause = cause_field()
    field_order = ("cause", "reason", "deviation_reason", "correction_reason")

    def record(self) -> dict[str, Any]:
        """What `SaidOfVisit` takes for a missed visit."""
        return self.reasons()


class BookForm(forms.Form):
    """The days on which day 1 may lie, best first, each with what speaks against it."""

    day = forms.TypedChoiceField(
        label=gettext_lazy("First injection on"),
        coerce=lambda text: datetime.strptime(text, "%Y-%m-%d").date(),  # noqa: DTZ007
        widget=forms.RadioSelect,
    )
    reason = reason_field(label=gettext_lazy("Why is day 1 moved?"))

    def __init__(self, *args: Any, proposals: Iterable[StartProposal], moved: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.date.isoformat(), proposal_label(row)) for row in proposals]
        self.fields["day"].choices = choices  # type: ignore[attr-defined]
        if not moved:
            del self.fields["reason"]


def proposal_label(proposal: StartProposal) -> str:
    """A start day with what speaks against it, in words."""
    title = format_html("<strong>{}</strong>", full_day(proposal.date))
    if not proposal.conflicts:
        calm = _("No injection and no visit meets a holiday, a closed day or a weekend.")
        return format_html('<span>{}<br><span class="small soft">{}</span></span>', title, calm)
    lines = format_html_join(
        "", '<br><span class="small warn">{}</span>', ((row,) for row in warnings(proposal))
    )
    return format_html("<span>{}{}</span>", title, lines)


def warnings(proposal: StartProposal) -> list[str]:
    """One sentence each for injections and visits that meet a holiday or a weekend, with the days."""
    told = [
        (_("Injections on a public holiday: %(days)s."), proposal.injection_conflicts, NoteKind.HOLIDAY),
        (_("Injections on a closed day: %(days)s."), proposal.injection_conflicts, NoteKind.CLOSED),
        (_("Injections at the weekend: %(days)s."), proposal.injection_conflicts, NoteKind.WEEKEND),
        (_("Visits on a public holiday: %(days)s."), proposal.visit_conflicts, NoteKind.HOLIDAY),
        (_("Visits on a closed day: %(days)s."), proposal.visit_conflicts, NoteKind.CLOSED),
        (_("Visits at the weekend: %(days)s."), proposal.visit_conflicts, NoteKind.WEEKEND),
    ]
    days = [
        (sentence, [_noted(note) for note in notes if note.kind is kind]) for sentence, notes, kind in told
    ]
    return [sentence % {"days": ", ".join(listed)} for sentence, listed in days if listed]


def _noted(note: Note) -> str:
    day = short_day(note.date)
    match note.kind:
        case NoteKind.WEEKEND:
            return day
        case NoteKind.HOLIDAY | NoteKind.CLOSED | NoteKind.BEFORE_DAY_1:
            return f"{day} ({in_page_language(note.name)})"
        case _:
            assert_never(note.kind)


class HoldForm(forms.Form):
    """Why treatment pauses, and at the latest until when."""

    reason = reason_field()
    until = CalendarField(
        label=gettext_lazy("At the latest until"),
        help_text=gettext_lazy("If left empty: the longest hold that the protocol allows."),
        required=False,
    )


class ReleaseForm(forms.Form):
    """Why treatment goes on."""

    reason = reason_field()


class AmendForm(forms.Form):
    """Why a calendar follows another protocol version."""

    reason = reason_field()


class FoundAgainForm(forms.Form):
    """How a lost participant was found."""

    reason = reason_field(label=gettext_lazy("How was the participant found?"))


class WithdrawForm(forms.Form):
    """From what the participant withdraws, or how the trial ends otherwise, and why."""

    scope = forms.ChoiceField(
        label=gettext_lazy("Withdraw from"), choices=WithdrawalScope.choices, widget=forms.RadioSelect
    )
    day = DayField(
        label=gettext_lazy("Day of the death, or of the last contact"),
        help_text=gettext_lazy("Only for a death or a loss to follow-up. A withdrawal counts from now."),
        required=False,
    )
    reason = reason_field(
        help_text=gettext_lazy("A participant need not give a reason. If none is given, write “not given”.")
    )

    def __init__(self, *args: Any, scopes: Iterable[WithdrawalScope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scope.value, scope.label) for scope in scopes]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]
