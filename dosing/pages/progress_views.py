"""The clinic door's pages of progress: all figures, and each of them as a file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dosing.progress.figure import Figure
from dosing.progress.figures import FIGURES, figure, figures
from dosing.progress.files import KINDS, as_csv, as_page, as_picture
from trial.pages.frame import Page
from trial.pages.tables import table_file
from trial.permissions import Permission
from trial.queries import participants_for, sites_for
from trial.wording.clock import day_at
from trial.wording.words import full_day


class ProgressOverview(Page, TemplateView):
    """Trial progress, within reach of the person who looks. Blinded by construction."""

    permission = Permission.VIEW_PARTICIPANTS
    template_name = "dosing/progress.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Every figure, counted at the moment of the request."""
        found = figures(by=self.by, at=self.at)
        people = participants_for(self.by)
        return super().get_context_data(
            figures=found,
            nobody=not people.exists(),
            broken=people.filter(code_broken=True).count(),
            today=_today(self),
            place=_place(self),
            **context,
        )


class ProgressFile(Page):
    """One figure as a table (csv), a picture (svg) or a page (pdf)."""

    permission = Permission.VIEW_PARTICIPANTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The file; what has no chart has no picture."""
        key, kind = kwargs["figure"], kwargs["kind"]
        if key not in FIGURES or kind not in KINDS:
            raise Http404
        found = figure(key, by=self.by, at=self.at)
        if kind == "svg" and found.drawing is None:
            raise Http404
        name = f"{self.by.trial.key}-{key}.{kind}"
        if kind == "csv":
            return table_file(as_csv(found), name)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(self._content(found, kind), content_type=KINDS[kind], headers=headers)

    def _content(self, found: Figure, kind: str) -> bytes:
        match kind:
            case "svg":
                return as_picture(found)
            case "pdf":
                return as_page(found, language=get_language() or "en", facts=self._facts())
            case _:
                raise Http404

    def _facts(self) -> list[str]:
        """What stands at the foot of the page."""
        trial = self.by.trial
        return [
            trial.acronym,
            trial.key.upper(),
            str(trial.get_environment_display()),
            _place(self),
            _today(self),
        ]


def _today(page: Page) -> str:
    return full_day(max(day_at(site, page.at) for site in sites_for(page.by)))


def _place(page: Page) -> str:
    return page.by.site.city if page.by.site else _("all sites")
