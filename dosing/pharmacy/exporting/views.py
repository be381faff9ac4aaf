"""The page on which an unblinded statistician takes the whole trial along, unblinded."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, Any

from django.forms import BaseForm
from django.http import FileResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _

from dosing.pharmacy.exporting.everything import export_unblinded
from randomization.sealed.ending.end_of_trial import refuse_unopened
from trial.pages.signing import SigningForm, SigningPage
from trial.permissions import Permission
from trial.refusals import Refusal


class ExportUnblinded(SigningPage):
    """Everything of the trial as one file, signed. It is written to a file without a name, then sent."""

    permission = Permission.MANAGE_LISTS
    form_class = SigningForm
    template_name = "pharmacy/export_unblinded.html"
    file: IO[bytes] | None = None
    success_url = reverse_lazy("export_unblinded")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Why it cannot be taken yet, if so."""
        why_not = ""
        try:
            refuse_unopened(self.by.trial)
        except Refusal as reason:
            why_not = str(reason)
        return super().get_context_data(why_not=why_not, **context)

    def act(self, **answers: Any) -> str:
        """Write it; what says so is shown on the next page."""
        file = TemporaryFile()  # noqa: SIM115 - the answer closes it once it is sent
        digest = export_unblinded(trial=self.by.trial, by=self.by, at=self.at, file=file, **answers)
        file.seek(0)
        self.file = file
        return _("Taken along, unblinded. SHA-256 of the manifest: %(digest)s") % {"digest": digest}

    def form_valid(self, form: BaseForm) -> Any:
        """Send the file, or show why not."""
        answer = super().form_valid(form)
        if self.file is None:
            return answer
        name = f"UNBLINDED-{self.by.trial_id}-export.zip"
        return FileResponse(self.file, as_attachment=True, filename=name, content_type="application/zip")
