"""The questions of the pharmacy's pages. What the answers mean is judged by the services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dosing.pharmacy.ledger import Lot
from dosing.pharmacy.stock import MOST_VIALS
from trial.pages.asking import AskingForm
from trial.pages.day_fields import DayField
from trial.pages.number_fields import WholeField
from trial.pages.signing import SigningForm
from trial.screening.forms import AtSite
from trial.wording.words import numbered_day

NOTE_LENGTH = 160
"""So that a note fits its box beside everything else, whatever its alphabet."""


def note_field() -> forms.CharField:
    """A few words that stay behind the pharmacy door."""
    return forms.CharField(label=_("Note"), required=False, max_length=NOTE_LENGTH)


def reason_field(label: Any) -> forms.CharField:
    """A reason that has to be given."""
    return forms.CharField(label=label, max_length=NOTE_LENGTH)


def lot_words(lot: Lot) -> str:
    """`A1147 · 30 Apr 2027`: the number and the last day of use."""
    return f"{lot.number} · {numbered_day(lot.expiry)}"


class QuickPrepareForm(forms.Form):
    """From which lot the syringe is made; the first to expire is chosen beforehand."""

    lot = forms.CharField(label=_("From lot (last day of use)"), widget=forms.Select())

    def offer(self, lots: Iterable[Lot]) -> None:
        """Let these lots be chosen. What is chosen in the end is judged by the service, not here."""
        self.fields["lot"].widget.choices = [(lot.id, lot_words(lot)) for lot in lots]  # type: ignore[attr-defined]


class PrepareForm(QuickPrepareForm):
    """From which lot the syringe is made, with room for a note."""

    note = note_field()


class NoteForm(forms.Form):
    """A step that needs no more than a note, if any."""

    note = note_field()


class ReleaseForm(NoteForm, SigningForm):
    """A note, if any, and the signature."""

    field_order = ("note", "password")


class ReleaseListForm(SigningForm):
    """Which syringes are released, and one signature for all of them."""

    syringes = forms.MultipleChoiceField(
        label=_("Syringes that are checked"), widget=forms.CheckboxSelectMultiple
    )
    field_order = ("syringes", "password")

    def __init__(self, *args: Any, syringes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["syringes"].choices = syringes  # type: ignore[attr-defined]
        self.fields["syringes"].initial = [one for one, _words in syringes]


class DiscardForm(forms.Form):
    """Why a syringe is thrown away."""

    reason = reason_field(_("Why is it discarded?"))


class ReceiveForm(AskingForm, AtSite):
    """One delivery of one lot."""

    product = forms.ChoiceField(label=_("Product"), widget=forms.RadioSelect())
    lot_number = forms.CharField(
        label=_("Lot number"), help_text=_("As printed on the box."), max_length=40, strip=True
    )
    expiry = DayField(
        label=_("Last day of use"),
        help_text=_("If the box shows a month only, its last day."),
    )
    quantity = WholeField(label=_("Vials received"), min_value=1, max_value=MOST_VIALS)

    def __init__(self, *args: Any, products: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = list(products)  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why a lot is put into quarantine, or who decided that it may leave it."""

    reason = reason_field(_("Why, and who decided?"))


class DestroyForm(AskingForm):
    """How many vials were destroyed, and why."""

    quantity = WholeField(label=_("Vials destroyed"), min_value=1, max_value=MOST_VIALS)
    reason = reason_field(_("Why, and under whose eyes?"))
