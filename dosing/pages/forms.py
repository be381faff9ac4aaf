"""The questions of the calendar's pages. What the answers mean is judged by the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, assert_never, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dosing.core.notes import Note, NoteKind
from dosing.core.starts import StartProposal
from dosing.models import BodySite, Cause, Place
from dosing.services.correcting_ends import NEVER
from dosing.services.stops import SAID
from trial.models import EndReason, WithdrawalScope
from trial.pages.asking import AskingForm
from trial.pages.day_fields import CalendarField, ClockField, DayField
from trial.pages.signing import SigningForm
from trial.refusals import in_page_language, moment_at
from trial.wording.words import full_day, short_day

OTHER_DAY = "other"
"""Chosen instead of a day that the protocol allows."""


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
    without_release = forms.BooleanField(
        label=gettext_lazy("Yes, it was given without the pharmacy’s release"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-unkept": "yes", "autocomplete": "off"}),
    )

    beside = {"happened_at": "day"}

    field_order = (
        "day",
        "time",
        "body_site",
        "place",
        "given_by",
        "without_release",
        "reason",
        "deviation_reason",
        "correction_reason",
    )

    def questions(self) -> list[forms.BoundField]:
        """The questions to show: whether it was given without release only once that was asked."""
        asked = "without_release" in self.errors or self["without_release"].value()
        return [field for field in super().questions() if asked or field.name != "without_release"]

    def record(self, zone: ZoneInfo) -> dict[str, Any]:
        """What `SaidOfInjection` takes; the moment is read on the site's wall clock. Raises InvalidInput."""
        answers = self.cleaned_data
        happened_at = moment_at(answers["day"], answers["time"], zone)
        place = {name: answers[name] for name in ("place", "body_site", "given_by", "without_release")}
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


class VisitMovedForm(AskingForm, VisitDoneForm):
    """A visit that will take place on another day."""

    day = CalendarField(label=gettext_lazy("Moved to"))
    reason = reason_field()

    def record(self) -> dict[str, Any]:
        """What `SaidOfVisit` takes, with a far day that was confirmed."""
        return super().record() | {"confirmed": self.cleaned_data["confirmed"]}


class VisitMissedForm(Recording):
    """A visit that did not take place and will not."""

    reason = reason_field(label=gettext_lazy("Why did it not take place?"))
    cause = cause_field()
    field_order = ("cause", "reason", "deviation_reason", "correction_reason")

    def record(self) -> dict[str, Any]:
        """What `SaidOfVisit` takes for a missed visit."""
        return self.reasons()


class BookForm(forms.Form):
    """The days on which day 1 may lie, best first, each with what speaks against it; or another one.

    Another day has a reason: it is one that has come, since day 1 may really have been then, or one for which
    the screening period is over.
    """

    day = forms.ChoiceField(label=gettext_lazy("First injection on"), widget=forms.RadioSelect)
    other_day = DayField(label=gettext_lazy("Which other day?"), required=False)
    deviation_reason = reason_field(
        label=gettext_lazy("Why does day 1 depart from the protocol?"), required=False
    )
    reason = reason_field(label=gettext_lazy("Why is day 1 moved?"))

    def __init__(self, *args: Any, proposals: Iterable[StartProposal], moved: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(row.date.isoformat(), proposal_label(row)) for row in proposals]
        other = (OTHER_DAY, gettext_lazy("another day, with a reason: it was so, or the screening is over"))
        self.fields["day"].choices = [*choices, other]  # type: ignore[attr-defined]
        if not choices:
            self.initial["day"] = OTHER_DAY
        if not moved:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        """One day, and a reason for a departure with another day only."""
        answers = super().clean() or self.cleaned_data
        other, chosen = answers.pop("other_day", None), answers.get("day")
        if chosen != OTHER_DAY:
            answers["deviation_reason"] = ""
            return answers | ({"day": date.fromisoformat(chosen)} if chosen else {})
        if other is None and "other_day" not in self.errors:
            self.add_error("other_day", gettext_lazy("Enter the day."))
        if not answers.get("deviation_reason"):
            self.add_error("deviation_reason", gettext_lazy("Say why, in a few words."))
        return answers | {"day": other}


def proposal_label(proposal: StartProposal) -> str:
    """A start day with what speaks against it, in words."""
    title = format_html("<strong>{}</strong>", full_day(proposal.date))
    if not proposal.conflicts and not proposal.doubled:
        calm = _("No injection and no visit meets a holiday, a closed day or a weekend.")
        return format_html('<span>{}<br><span class="small soft">{}</span></span>', title, calm)
    counted = [events_in_words(proposal.events_met)] if proposal.events_met else []
    lines = format_html_join(
        "", '<br><span class="small warn">{}</span>', ((row,) for row in (*counted, *warnings(proposal)))
    )
    return format_html("<span>{}{}</span>", title, lines)


def events_in_words(count: int) -> str:
    """How many injections and visits meet a day on which the site may be closed."""
    said = ngettext(
        "%(count)s injection or visit would fall on a holiday, a closed day or a weekend.",
        "%(count)s injections and visits would fall on a holiday, a closed day or a weekend.",
        count,
    )
    return said % {"count": count}


def warnings(proposal: StartProposal) -> list[str]:
    """One sentence each for what the plan would meet, with the days: two doses at once before all else."""
    told = [
        (
            _("More than one dose of a drug on one day: %(days)s. Ask the investigator before booking."),
            proposal.doubled,
            NoteKind.SAME_DAY,
        ),
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
        case NoteKind.WEEKEND | NoteKind.SAME_DAY:
            return day
        case NoteKind.HOLIDAY | NoteKind.CLOSED | NoteKind.BEFORE_DAY_1:
            return f"{day} ({in_page_language(note.name)})"
        case _:
            assert_never(note.kind)


class UnscheduledForm(forms.Form):
    """When a visit beside the plan took place, and why."""

    day = DayField(label=gettext_lazy("On which day?"))
    hour = ClockField(label=gettext_lazy("At what hour, if known?"), required=False)
    reason = reason_field(label=gettext_lazy("Why did the participant come?"))


class CorrectUnscheduledForm(UnscheduledForm):
    """What is right instead, or that it never took place; and why."""

    never = forms.BooleanField(
        label=gettext_lazy("It never took place: it was entered by mistake"), required=False
    )
    why = reason_field(
        label=gettext_lazy("Why is the earlier entry corrected?"),
        help_text=gettext_lazy("The earlier entry stays in the record."),
    )


class HourForm(forms.Form):
    """On which day, at what hour; without an hour the appointment is taken back."""

    day = forms.ChoiceField(label=gettext_lazy("Which day?"))
    hour = ClockField(
        label=gettext_lazy("At what hour?"),
        required=False,
        help_text=gettext_lazy(
            "By the clock of the site, such as 14:30. Leave it empty to take the appointment back."
        ),
    )

    def __init__(self, *args: Any, days: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].choices = list(days)  # type: ignore[attr-defined]


class HoldForm(AskingForm):
    """Why treatment pauses, and at the latest until when."""

    reason = reason_field()
    until = CalendarField(
        label=gettext_lazy("At the latest until"),
        help_text=gettext_lazy("If left empty: the longest hold that the protocol allows."),
        required=False,
    )
    deviation_reason = reason_field(
        label=gettext_lazy("Why is it longer than the protocol allows?"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Why it is longer is asked only once something was refused."""
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            del self.fields["deviation_reason"]


class ReleaseForm(forms.Form):
    """Why treatment goes on."""

    reason = reason_field()


class AmendForm(forms.Form):
    """Why a calendar follows another protocol version."""

    reason = reason_field()


class MoveToVersionForm(AmendForm):
    """Why, and which of the days that the version puts into the past are not applicable, by code."""

    not_applicable = forms.MultipleChoiceField(
        label=gettext_lazy("Not applicable"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Nothing was due on these days: nobody is asked about them, and nothing deviates. Of the others "
            "somebody says what became of them."
        ),
    )
    field_order = ("not_applicable", "reason")

    def __init__(self, *args: Any, past: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = list(past)
        if choices:
            cast(forms.MultipleChoiceField, self.fields["not_applicable"]).choices = choices
        else:
            del self.fields["not_applicable"]


class FoundAgainForm(forms.Form):
    """How a lost participant was found."""

    reason = reason_field(label=gettext_lazy("How was the participant found?"))


class WithdrawForm(AskingForm, SigningForm):
    """From what the participant withdraws, or how the trial ends otherwise, when, why; and the signature."""

    scope = forms.ChoiceField(
        label=gettext_lazy("What ends?"), choices=WithdrawalScope.choices, widget=forms.RadioSelect
    )
    cause = forms.ChoiceField(
        label=gettext_lazy("Who or what ended it?"),
        choices=[("", gettext_lazy("choose")), *EndReason.choices],
        required=False,
        help_text=gettext_lazy(
            "Leave it open for a death, a loss to follow-up and reminders alone: those say it themselves."
        ),
    )
    day = DayField(
        label=gettext_lazy("On which day?"),
        help_text=gettext_lazy(
            "The day on which it was said, of the death, or of the last contact. Today, or an earlier day."
        ),
    )
    reason = reason_field(
        help_text=gettext_lazy("A participant need not give a reason. If none is given, write “not given”.")
    )
    field_order = ("scope", "cause", "day", "reason", "password")

    def __init__(self, *args: Any, scopes: Iterable[WithdrawalScope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(scope.value, scope.label) for scope in scopes]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Every end that does not say itself why has its kind of reason."""
        answers = super().clean()
        needs = answers.get("scope") in SAID
        if needs and not answers.get("cause") and "cause" not in self.errors:
            self.add_error("cause", gettext_lazy("Choose who or what ended it."))
        return answers


class CorrectEndForm(WithdrawForm):
    """What is right instead, why it is corrected; and the signature."""

    def __init__(self, *args: Any, scopes: Iterable[WithdrawalScope], **kwargs: Any) -> None:
        super().__init__(*args, scopes=scopes, **kwargs)
        never = (NEVER, gettext_lazy("nothing of the kind: it was entered by mistake"))
        scope, day, reason = (self.fields[name] for name in ("scope", "day", "reason"))
        scope.label = gettext_lazy("What is right?")
        scope.choices = [never, *scope.choices]  # type: ignore[attr-defined]
        day.required = False
        day.help_text = gettext_lazy("Leave it empty where nothing of the kind happened.")
        reason.label = gettext_lazy("Why is the earlier entry corrected?")
        reason.help_text = gettext_lazy("The earlier entry stays in the record.")

    def clean(self) -> dict[str, Any]:
        """An end has its day, and what never happened has none."""
        answers = super().clean()
        never = answers.get("scope") == NEVER
        if never:
            answers |= {"day": None, "cause": ""}
            self.errors.pop("cause", None)
        elif answers.get("scope") and not answers.get("day") and "day" not in self.errors:
            self.add_error("day", gettext_lazy("Enter the day on which it happened."))
        return answers
