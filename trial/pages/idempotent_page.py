"""A page whose form is recorded once, however often it is sent: a double tap, a lost connection.

The same table and the same rules as for the API (`trial.rest.idempotency`). The key is made in the browser by
`velum/keep.js`, which keeps it with what was typed until an answer has come. Without script it is the
token of the form, which is another one in every page that is served.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from trial.models import KeptAnswer
from trial.pages.form_page import FormPage, go_on
from trial.pages.frame import Page
from trial.refusals import Refusal
from trial.rest import idempotency

FORM_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field
UNCOMPARED = frozenset({FORM_TOKEN, "password", "user_name"})
"""What makes no form another one; of a secret nothing is kept, no digest either."""
DONE = 200


class IdempotentPage(Page, FormPage):
    """An act that is done once for each key. Not for acts that commit by themselves, such as a signature."""

    keeps_typing = True
    """Whether the browser may keep what is typed; an address identifies a person and may not be kept."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """`keeps` lets the form component ask the browser to keep what is typed."""
        return super().get_context_data(keeps=self.keeps_typing, **context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Act, or say again what was said when the same form came first. Raises KeyReused."""
        if kept := self.answered():
            return self.again(kept)
        return super().post(request, *args, **kwargs)

    def do(self, answers: Mapping[str, Any]) -> tuple[str, str]:
        """Act, and write the answer down in the same transaction."""
        try:
            with transaction.atomic():
                done = super().do(answers)
                self.keep(done)
        except (Refusal, IntegrityError):
            # The same form may have been taken while this one waited for its turn.
            if kept := self.answered():
                return read(kept)
            raise
        return done

    def again(self, kept: KeptAnswer) -> HttpResponse:
        """Repeat the answer of the first time."""
        return go_on(self.request, *read(kept))

    def answered(self) -> KeptAnswer | None:
        """The answer that this form got before, if any. Raises KeyReused where it said something else."""
        kept = idempotency.kept_answer(self.by, key) if (key := form_key(self.request)) else None
        if kept:
            refuse_other(kept, self.request)
        return kept

    def keep(self, done: tuple[str, str]) -> None:
        """Write the answer down. Raises IntegrityError if there is one."""
        if key := form_key(self.request):
            idempotency.answers().create(
                delegation=self.by,
                key=key,
                fingerprint=idempotency.fingerprint(self.request, typed(self.request)),
                status=DONE,
                body=json.dumps(done, ensure_ascii=False),
                at=self.at,
            )


def read(kept: KeptAnswer) -> tuple[str, str]:
    """The sentence and the address that were answered."""
    sentence, address = json.loads(kept.body)
    return sentence, address


def form_key(request: HttpRequest) -> str:
    """The key of the form that was sent; empty if there is none."""
    return idempotency.key_in(request) or request.POST.get(FORM_TOKEN, "")[: idempotency.LONGEST]


def typed(request: HttpRequest) -> dict[str, list[str]]:
    """What was filled in, and what the address asked for."""
    filled = {name: values for name, values in request.POST.lists() if name not in UNCOMPARED}
    return filled | {"?": request.GET.getlist("outcome")}


def refuse_other(kept: KeptAnswer, request: HttpRequest) -> None:
    """Refuse a form that was taken before with other answers."""
    try:
        idempotency.refuse_other(kept, request, typed(request))
    except idempotency.KeyReused:
        said, _address = read(kept)
        raise idempotency.KeyReused(
            _("This form was already sent with other answers: “%(said)s” Open the page again to continue.")
            % {"said": said}
        ) from None
