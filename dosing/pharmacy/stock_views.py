"""The pharmacist's stock: its account, deliveries, quarantine, destruction."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from dosing.pharmacy.contents import MovementKind
from dosing.pharmacy.forms import DestroyForm, ReasonForm, ReceiveForm
from dosing.pharmacy.ledger import product_words
from dosing.pharmacy.models import StockEntry
from dosing.pharmacy.stock import (
    check_can_move,
    destroy,
    find_lot,
    free,
    products_of,
    quarantine,
    receive_lot,
    stock,
)
from trial.pages.form_page import FormPage
from trial.pages.frame import Page
from trial.permissions import Permission
from trial.queries import sites_for
from trial.refusals import why_not


class StockList(Page, TemplateView):
    """Every lot with its account."""

    permission = Permission.MANAGE_STOCK
    template_name = "pharmacy/stock.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The lots within reach; showing them is audited."""
        rows = stock(by=self.by, at=self.at)
        wrong = [row for row in rows if row.difference]
        several = self.by.site_id is None
        return super().get_context_data(rows=rows, wrong=wrong, several_sites=several, **context)


class ReceiveLot(Page, FormPage):
    """Enter a delivery."""

    permission = Permission.MANAGE_STOCK
    form_class = ReceiveForm
    template_name = "pharmacy/receive.html"
    success_url = reverse_lazy("stock")

    def get_form_kwargs(self) -> dict[str, Any]:
        """Where it may arrive, and what it may be."""
        trial = self.by.trial
        products = [(name, product_words(trial, name)) for name in products_of(trial)]
        choices = {"sites": sites_for(self.by), "products": products}
        return super().get_form_kwargs() | choices

    def act(self, **answers: Any) -> str:
        """Add the delivery to the stock."""
        receive_lot(by=self.by, at=self.at, **answers)
        return str(_("The delivery is in the stock."))


TOGETHER = _(
    "Release the syringes of a day all or none: if only those of one product are ready, the ward sees who "
    "gets it. Until every syringe can be made, hold back those that are not released yet, and telephone "
    "the ward about the whole day."
)
"""A lot that fails takes the syringes of one product with it, and that shows."""


class LotAct(Page, FormPage):
    """An act on one lot; afterwards the stock is shown."""

    permission = Permission.MANAGE_STOCK
    template_name = "pharmacy/lot.html"
    form_class: type[Form] = ReasonForm
    kind: MovementKind
    title: Any
    submit_kind = "danger"
    done: Any
    warning: Any = ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The lot with its account; showing it is audited."""
        row = find_lot(lot=self.kwargs["lot"], by=self.by, at=self.at)
        words = {"title": self.title, "submit_kind": self.submit_kind, "warning": self.warning}
        words["why_not"] = why_not(check_can_move, self.kind, row.lot)
        return super().get_context_data(row=row, **words, **context)

    def act(self, **answers: Any) -> str:
        """Record the movement."""
        self.take(lot=self.kwargs["lot"], by=self.by, at=self.at, **answers)
        return str(self.done)

    def take(self, **given: Any) -> StockEntry:
        """The service that records this movement."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        """Back to the stock."""
        return reverse("stock")


class QuarantineLot(LotAct):
    """Nothing more is taken from the lot."""

    kind = MovementKind.QUARANTINED
    title, done = _("Put this lot into quarantine"), _("The lot is in quarantine.")
    warning = TOGETHER

    def take(self, **given: Any) -> StockEntry:
        """The service that records this movement."""
        return quarantine(**given)


class FreeLot(LotAct):
    """The lot may be used again."""

    kind = MovementKind.FREED
    title, done = _("Release this lot from quarantine"), _("The lot may be used again.")
    submit_kind = ""

    def take(self, **given: Any) -> StockEntry:
        """The service that records this movement."""
        return free(**given)


class DestroyLot(LotAct):
    """Vials were destroyed."""

    kind = MovementKind.DESTROYED
    form_class = DestroyForm
    title, done = _("Record destroyed vials"), _("The destruction is recorded.")
    warning = TOGETHER

    def take(self, **given: Any) -> StockEntry:
        """The service that records this movement."""
        return destroy(**given)
