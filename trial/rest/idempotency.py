"""Each act once: the `Idempotency-Key` and the answers that are kept under it.

An answer is written in the transaction of its act, so there is never one without the other. Only
what happened is kept: a refusal changes nothing, and the same request may succeed after mending.
The fingerprint of a request is keyed with the door's secret: what was sent cannot be guessed from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from hmac import compare_digest
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from trial.models import ApiToken, Delegation, KeptAnswer
from trial.refusals import Refusal

HEADER = "Idempotency-Key"
LONGEST = 100
_KEY = re.compile(rf"[\x21-\x7e]{{1,{LONGEST}}}")


class Call(Request):
    """A request to the API: when it came, in UTC, and the token that it brought."""

    at: datetime
    auth: ApiToken


class KeyRequired(Refusal):
    """A request that changes something must be repeatable without harm."""

    code = "idempotency_key_required"
    status = 400


class KeyReused(Refusal):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


def answers() -> QuerySet[KeptAnswer]:
    """The answers that this door keeps."""
    kept: QuerySet[KeptAnswer] = apps.get_model(settings.VELUM_ANSWERS)._default_manager.all()
    return kept


def key_in(request: Request | HttpRequest) -> str:
    """The request's key; empty if there is none that could be one."""
    key: str = request.headers.get(HEADER, "")
    return key if _KEY.fullmatch(key) else ""


def required_key(request: Request) -> str:
    """The request's key. Raises KeyRequired."""
    if key := key_in(request):
        return key
    raise KeyRequired(
        _(
            "Send Idempotency-Key with 1 to 100 visible ASCII characters: "
            "a new one for each new act, the same to repeat it."
        )
    )


def fingerprint(request: Request | HttpRequest, data: Mapping[str, Any], secret: str = "") -> str:
    """A keyed digest of method, address and body; the order of the body's fields does not count."""
    said = [request.method, request.path, data]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), default=_decimal)
    return salted_hmac("velum.once", text, secret=secret or None, algorithm="sha256").hexdigest()


def _decimal(number: object) -> dict[str, str]:
    """A number with decimals, which is another answer than the same digits as text."""
    if not isinstance(number, Decimal):
        raise TypeError(f"A body holds no {type(number).__name__}.")
    return {"decimal": str(number)}


def answer_id(request: Call) -> int | None:
    """The row of the answer already given, as the token's query found it."""
    found: int | None = request.auth.answer_id  # type: ignore[attr-defined]
    return found


def kept_answer(by: Delegation, key: str) -> KeptAnswer | None:
    """The answer that was given under this key."""
    return answers().filter(delegation=by, key=key).first()


def refuse_other(kept: KeptAnswer, request: Request | HttpRequest, data: Mapping[str, Any]) -> None:
    """Refuse a key that answered another request. Former secrets of the door still count."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(compare_digest(kept.fingerprint, fingerprint(request, data, secret)) for secret in secrets):
        raise KeyReused(_("This Idempotency-Key was used for another request. Use a new one for a new act."))


def keep(
    request: Request, data: Mapping[str, Any], *, by: Delegation, status: int, body: str, at: datetime
) -> None:
    """Write an answer down. Raises IntegrityError if the key has one."""
    answers().create(
        delegation=by,
        key=required_key(request),
        fingerprint=fingerprint(request, data),
        status=status,
        body=body,
        at=at,
    )


def as_text(body: Mapping[str, Any]) -> str:
    """An answer as the JSON text that is sent and kept."""
    return json.dumps(body, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))


def as_answer(status: int, text: str) -> HttpResponse:
    """The response: the first time and every other time the same bytes."""
    return HttpResponse(text, status=status, content_type="application/json")
