"""The questions of the clinic door's own pages. What they mean is judged by the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, assert_never, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trial.core.protocol import Criterion, CriterionKind, Protocol, StratumFactor
from trial.core.strata import asked_factors
from trial.models import ChecklistDraft, Site, Status
from trial.pages.asking import CONFIRM, AskingForm
from trial.pages.day_fields import DayField
from trial.pages.number_fields import NumberField
from trial.queries import among
from trial.refusals import in_page_language

BIRTH_DATE = "birth_date"
HAPPENED_ON = "happened_on"
LAST = "last-"
"""How the name of the day begins on which something last was so; the name of its question follows."""


class YesNo(forms.TypedChoiceField):
    """A question that must be answered yes or no; nothing is chosen beforehand."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
            coerce=lambda answer: answer == "yes",
            empty_value=None,
            error_messages={"required": gettext_lazy("Choose yes or no.")},
            **kwargs,
        )


class AtSite(forms.Form):
    """Something that happens at a site within reach; not asked where there is but one."""

    site: forms.ModelChoiceField = forms.ModelChoiceField(
        label=gettext_lazy("Site"), queryset=None, empty_label=None
    )

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast(forms.ModelChoiceField, self.fields["site"])
        field.queryset = among(sites)
        if len(sites) == 1:
            field.initial, field.widget = sites[0].pk, forms.HiddenInput()


class ScreenForm(AskingForm, AtSite):
    """A new number: at which site, and when the consent was signed."""

    consent_signed_on = DayField(
        label=gettext_lazy("Consent form signed on"),
        help_text=gettext_lazy(
            "Leave this empty if it is not signed yet. Nothing else is asked before it is."
        ),
        required=False,
    )


class ConsentForm(AskingForm):
    """The day of the signature."""

    signed_on = DayField(label=gettext_lazy("Consent form signed on"))


class ConsentCorrectionForm(ConsentForm):
    """The corrected day and the reason."""

    reason = forms.CharField(
        label=gettext_lazy("Why is it corrected?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ContactForm(AskingForm):
    """Where reminders go, and the participant's agreement to them."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the messages"), choices=[("fr", "Français"), ("en", "English")]
    )
    consented_on = DayField(
        label=gettext_lazy("The participant agreed to reminders on"),
        help_text=gettext_lazy(
            "This is a separate consent. Messages hold the number, the day and the place, no more."
        ),
    )


class EraseForm(forms.Form):
    """Why the address is erased."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("For instance: asked for it in writing. Do not repeat the address."),
    )


class EligibilityForm(AskingForm):
    """The protocol's criteria as questions, in its order and in the language of the page.

    With `partial` nothing has to be answered: the checklist is kept as far as it is. With `late` it is also
    asked when the criteria were gone through, for the site has closed since.
    """

    def __init__(
        self, *args: Any, protocol: Protocol, partial: bool = False, late: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.protocol, self.partial = protocol, partial
        questions = [question for question in protocol.questions() if question.kind is not CriterionKind.AGE]
        if late:
            self.fields[HAPPENED_ON] = DayField(
                label=_("Day on which the criteria were gone through"), counted=False
            )
        self.fields[BIRTH_DATE] = birth_date_field(protocol)
        for question in questions:
            self.fields[question.id] = question_field(question)
            if question.within:
                self.fields[LAST + question.id] = last_field(question)
        self.factors = [factor.code for factor in asked_factors(protocol)]
        self.fields |= {factor.code: stratum_field(factor) for factor in asked_factors(protocol)}
        for field in self.fields.values():
            field.required = field.required and not partial

    def clean(self) -> dict[str, Any]:
        """The answers; of what looks back the day on which it last was so, where one is given."""
        answers = super().clean()
        for name in [name for name in self.fields if name.startswith(LAST)]:
            day, was = answers.pop(name, None), answers.get(question := name.removeprefix(LAST))
            if day and was is False:
                self.add_error(name, _("This says when, and the answer above says no. Correct one of them."))
            elif day:
                answers[question] = day
                self.errors.pop(question, None)
        return answers

    def so_far(self) -> dict[str, Any]:
        """What is answered, as `keep_checklist` takes it."""
        given = {
            name: plain(answer) for name, answer in self.cleaned_data.items() if answer not in (None, "")
        }
        questions = {question.id for question in self.protocol.questions()}
        return {
            "answers": {name: given[name] for name in given if name in questions},
            "strata": {name: given[name] for name in given if name in self.factors}
            | levels_unasked(self.protocol, self.data),
        } | self._late()

    def judged(self) -> dict[str, Any]:
        """Everything, as `check_eligibility` takes it."""
        birth, confirmed = self.cleaned_data[BIRTH_DATE], self.cleaned_data["confirmed"]
        given = {"birth_date": birth, "answers": self.answers(), "strata": self.strata()}
        return given | {"confirmed": confirmed} | self._late()

    def _late(self) -> dict[str, Any]:
        """The day on which it was done on paper, where it is asked."""
        return {HAPPENED_ON: self.cleaned_data[HAPPENED_ON]} if HAPPENED_ON in self.fields else {}

    def answers(self) -> dict[str, object]:
        """The answers by criterion. The age is computed from the date of birth."""
        return {
            question.id: plain(self.cleaned_data[question.id])
            for question in self.protocol.questions()
            if question.kind is not CriterionKind.AGE
        }

    def strata(self) -> dict[str, str]:
        """The level of each stratification factor that is asked, and of others what was sent all the same."""
        asked = {code: self.cleaned_data[code] for code in self.factors}
        return asked | levels_unasked(self.protocol, self.data)

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The questions under their headings, as the page shows them."""
        ids = [question.id for question in self.protocol.questions()]
        groups = [
            (_("About the person"), [HAPPENED_ON, BIRTH_DATE]),
            (_("Inclusion"), [name for name in ids if name.startswith("I")]),
            (_("Exclusion"), [name for name in ids if name.startswith("E")]),
            (_("Stratification"), self.factors),
        ]
        shown = [
            (
                title,
                [self[at] for name in names for at in _beside(name) if at in self.fields],
            )
            for title, names in groups
        ]
        return [(title, fields) for title, fields in shown if fields]


def _beside(name: str) -> tuple[str, ...]:
    """A question, and what may stand below it."""
    return (name, LAST + name, CONFIRM + name)


def as_typed(draft: ChecklistDraft, protocol: Protocol) -> dict[str, object]:
    """The answers of a kept checklist in the form of the questions."""
    looking_back = {question.id for question in protocol.questions() if question.within}
    typed: dict[str, object] = {}
    for name, answer in draft.answers.items():
        if isinstance(answer, bool):
            typed[name] = "yes" if answer else "no"
        elif name in looking_back:
            typed |= {name: "yes", LAST + name: answer}
        else:
            typed[name] = answer
    return typed | draft.strata


def plain(answer: object) -> object:
    """An answer as the record keeps it: a number as it was typed, never a rounded one."""
    if not isinstance(answer, Decimal):
        return answer
    return int(answer) if answer == int(answer) else str(answer)


def last_field(question: Criterion) -> forms.Field:
    """When it last was so, below a question that looks back."""
    return DayField(
        label=_("%(id)s, if yes: when was the last time?") % {"id": question.id},
        help_text=_("Leave it empty if nobody knows the day; the criterion is then not met."),
        required=False,
        counted=False,
    )


def birth_date_field(protocol: Protocol) -> forms.Field:
    """The date of birth; with the criterion in the hint, if there is one about age."""
    ages = [row for row in protocol.questions() if row.kind is CriterionKind.AGE]
    kept = _("Only month and year are kept, and only once eligibility is decided.")
    hint = " ".join([*(f"{row.id}. {in_page_language(row.text)}" for row in ages), kept])
    return DayField(label=_("Date of birth"), help_text=hint, unkept=True)


def question_field(question: Criterion) -> forms.Field:
    """One criterion as a question; where the question has words of its own, the criterion is its hint."""
    text = in_page_language(question.text)
    label = f"{question.id}. {in_page_language(question.question or question.text)}"
    given: dict[str, Any] = {"label": label, "help_text": text if question.question else ""}
    match question.kind:
        case CriterionKind.YES_NO:
            return YesNo(**given)
        case CriterionKind.SINCE:
            return DayField(**given)
        case CriterionKind.NUMBER:
            given["label"] += f" ({question.unit})" if question.unit else ""
            return NumberField(**given)
        case CriterionKind.AGE:
            raise ValueError("The age is not asked; it follows from the date of birth.")
        case _:
            assert_never(question.kind)


def stratum_field(factor: StratumFactor) -> forms.Field:
    """One stratification factor, with its levels to choose from."""
    levels = [(level.code, in_page_language(level.label)) for level in factor.levels]
    return forms.ChoiceField(label=in_page_language(factor.label), choices=levels, widget=forms.RadioSelect)


def levels_unasked(protocol: Protocol, sent: Mapping[str, Any]) -> dict[str, str]:
    """Levels of factors that the site fixes, sent by a page from before that: for the service to compare."""
    codes = [factor.code for factor in protocol.strata if factor.from_site]
    return {code: sent[code] for code in codes if sent.get(code)}


LETTER_BY_LETTER = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
"""For what is copied from paper sign by sign: the telephone neither guesses nor mends it."""


class FindForm(forms.Form):
    """The search over the list of participants."""

    q = forms.CharField(
        label=gettext_lazy("Participant number or randomisation number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", **LETTER_BY_LETTER}),
    )
    state = forms.ChoiceField(choices=[("", ""), *Status.choices], required=False)


class MistakeForm(forms.Form):
    """Why a number was given by mistake, or why it was not."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("No name and nothing that identifies the person."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
