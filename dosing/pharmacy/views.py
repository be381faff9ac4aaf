"""The pharmacist's pages: what to prepare, one syringe, and its steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from dosing.pharmacy.forms import DiscardForm, NoteForm, PrepareForm, ReleaseForm, ReleaseListForm
from dosing.pharmacy.models import PreparationStep
from dosing.pharmacy.preparing import account_for, discard, mark_checked, mark_prepared, release, release_all
from dosing.pharmacy.presenters import Card, card, days_shown
from dosing.pharmacy.unreleased import unaccounted
from dosing.pharmacy.worklist import preparation, preparations
from trial.pages.form_page import FormPage
from trial.pages.frame import Page
from trial.pages.signing import SigningPage
from trial.permissions import Permission
from trial.queries import sites_for
from trial.wording.clock import day_at
from trial.wording.words import full_day, medium_day, moment

DAYS = 2


class PreparationList(Page, TemplateView):
    """Today's and tomorrow's syringes, each with its next step."""

    permission = Permission.PREPARE
    template_name = "pharmacy/preparations.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The syringes by day; today is the day at the first site within reach."""
        today = day_at(sites_for(self.by)[0], self.at)
        found = preparations(day=today, by=self.by, at=self.at, days=DAYS)
        days = days_shown(found, today, DAYS, self.by)
        several_checked = sum(one.may_release for day in days for one in day.cards) > 1
        nothing = not any(day.cards for day in days)
        several = self.by.site_id is None
        return super().get_context_data(
            days=days,
            nothing=nothing,
            several_sites=several,
            several_checked=several_checked,
            unaccounted=[(one, moment(one.given_at, one.participant.site)) for one in unaccounted(self.by)],
            **context,
        )


class SyringePage(Page):
    """A page about one syringe, named in its address by its id."""

    permission = Permission.PREPARE

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The syringe with what is in it; showing it is audited."""
        found = preparation(preparation=self.kwargs["preparation"], by=self.by, at=self.at)
        return super().get_context_data(syringe=found, card=card(found, self.by), **context)  # type: ignore[misc]


class PreparationSheet(SyringePage, TemplateView):
    """The worksheet of one syringe: for the screen across the bench, and on paper."""

    template_name = "pharmacy/sheet.html"


class PreparationSheets(Page, TemplateView):
    """The worksheets of a day, a page of paper each: today's, or with `?day=tomorrow` the next day's."""

    permission = Permission.PREPARE
    template_name = "pharmacy/sheets.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The syringes that are not handed out yet."""
        tomorrow = self.request.GET.get("day") == "tomorrow"
        day = day_at(sites_for(self.by)[0], self.at) + timedelta(days=tomorrow)
        found = preparations(day=day, by=self.by, at=self.at)
        cards = [card(row, self.by) for row in found if row.state != "released"]
        return super().get_context_data(cards=cards, day=full_day(day), **context)


class SyringeAct(SyringePage, FormPage):
    """A step of one syringe; afterwards the list of the day is shown."""

    template_name = "pharmacy/act.html"
    title: Any
    submit: Any
    submit_kind = ""
    done: Any

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """What the page is called, and its one button."""
        words = {"title": self.title, "submit": self.submit, "submit_kind": self.submit_kind}
        return super().get_context_data(**words, **context)

    def act(self, **answers: Any) -> str:
        """Take the step."""
        step = self.take(preparation=self.kwargs["preparation"], by=self.by, at=self.at, **answers)
        return str(self.done) % {"number": step.preparation.participant.number}

    def take(self, **given: Any) -> PreparationStep:
        """The service that takes this step."""
        raise NotImplementedError

    def get_success_url(self) -> str:
        """Back to the list."""
        return reverse("preparations")


class PrepareSyringe(SyringeAct):
    """Prepared by me, from this lot."""

    form_class = PrepareForm
    title, submit = _("Prepare this syringe"), _("Prepared by me")
    done = _("The syringe for %(number)s is prepared. A second person checks it.")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The lots from which it may be made."""
        context = super().get_context_data(**context)
        context["form"].offer(context["syringe"].lots)
        return context

    def take(self, **given: Any) -> PreparationStep:
        """The service that takes this step."""
        return mark_prepared(**given)


class AccountForSyringe(PrepareSyringe):
    """From which vial a dose came that was given without release."""

    title, submit = _("Given without release: which vial?"), _("Record the vial")
    done = _("The vial for %(number)s is recorded.")

    def take(self, **given: Any) -> PreparationStep:
        """The service that takes this step."""
        return account_for(**given)


class CheckSyringe(SyringeAct):
    """Checked by me, a second person."""

    form_class = NoteForm
    title, submit = _("Check this syringe"), _("Checked by me")
    done = _("The syringe for %(number)s is checked.")

    def take(self, **given: Any) -> PreparationStep:
        """The service that takes this step."""
        return mark_checked(**given)


class ReleaseSyringe(SyringeAct, SigningPage):
    """Release a syringe to the ward: signed."""

    form_class = ReleaseForm
    title, submit = _("Release this syringe"), _("Release")
    done = _("The syringe for %(number)s is released.")

    def take(self, **given: Any) -> PreparationStep:
        """The service that takes this step."""
        return release(**given)


class ReleaseSyringes(SigningPage):
    """Release every syringe that is checked, or those that are ticked, with one signature."""

    permission = Permission.PREPARE
    form_class = ReleaseListForm
    template_name = "pharmacy/release_list.html"

    @cached_property
    def syringes(self) -> list[tuple[str, str]]:
        """The syringes of today and tomorrow that this person may release, with their words."""
        today = day_at(sites_for(self.by)[0], self.at)
        found = preparations(day=today, by=self.by, at=self.at, days=DAYS)
        cards = [card(row, self.by) for row in found]
        return [(str(one.view.id), release_words(one)) for one in cards if one.may_release]

    def get_form_kwargs(self) -> dict[str, Any]:
        """What may be released."""
        return super().get_form_kwargs() | {"syringes": self.syringes}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Whether there is anything to release."""
        return super().get_context_data(nothing=not self.syringes, **context)

    def act(self, **answers: Any) -> str:
        """Release them, all or none."""
        chosen = [UUID(one) for one in answers["syringes"]]
        rows = release_all(preparations=chosen, by=self.by, at=self.at, hand=answers["hand"])
        said = ngettext("%(n)s syringe is released.", "%(n)s syringes are released.", len(rows))
        return said % {"n": len(rows)}

    def get_success_url(self) -> str:
        """Back to the list."""
        return reverse("preparations")


def release_words(shown: Card) -> str:
    """`IM-0101-3 · 7 · 12 Oct 2015`: for whom, which injection, which day."""
    view = shown.view
    return f"{view.participant} · {view.number} · {medium_day(view.date)}"


class DiscardSyringe(SyringeAct):
    """Discard a syringe."""

    form_class = DiscardForm
    title, submit, submit_kind = _("Discard this syringe"), _("Discard"), "danger"
    done = _("The syringe for %(number)s is discarded.")

    def take(self, **given: Any) -> PreparationStep:
        """The service that takes this step."""
        return discard(**given)
