"""Every failure of the API as problem details (RFC 9457)."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import (
    APIException,
    AuthenticationFailed,
    NotAuthenticated,
    ParseError,
    ValidationError,
)
from rest_framework.permissions import BasePermission

from trial.refusals import InvalidInput, Refusal, in_page_language, note_refusal
from trial.rest.problems import MEDIA_TYPE, problem_body

logger = logging.getLogger(__name__)

RETRY_AFTER = "5"
"""Seconds after which a caller may try again when the database was busy."""


class Nobody(BasePermission):
    """The default: an endpoint that says nothing about who may use it lets nobody in."""

    def has_permission(self, request: Any, view: Any) -> bool:
        """Return False."""
        return False


class ChangedAtOnce(Refusal):
    """Two acts met, and the database kept its promise to the other one."""

    code = "changed_meanwhile"


class DutyEnded(AuthenticationFailed):
    """The token belongs to a duty that has ended; the sentence is ours."""


def problem(fault: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The answer to a failure; None for what nobody foresaw, which becomes a bare 500."""
    if isinstance(fault, Refusal):
        note_refusal(context["request"]._request, fault)
        return of_refusal(fault)
    if isinstance(fault, ValidationError):
        return of_refusal(InvalidInput(_("Some fields cannot be read."), dict(_flat(fault.detail))))
    if isinstance(fault, APIException):
        return _of_api_exception(fault)
    if isinstance(fault, IntegrityError):
        logger.warning("an act met a constraint: %s", type(fault.__cause__ or fault).__name__)
        return of_refusal(
            ChangedAtOnce(_("Somebody else changed this at the same moment. Look, then try again."))
        )
    if isinstance(fault, OperationalError | InterfaceError):
        logger.warning("the database did not answer: %s", type(fault.__cause__ or fault).__name__)
        return answer(problem_body(503), {"Retry-After": RETRY_AFTER})
    statuses = {Http404: 404, PermissionDenied: 403, RequestDataTooBig: 413}
    status = next((number for kind, number in statuses.items() if isinstance(fault, kind)), None)
    return answer(problem_body(status)) if status else None


def of_refusal(refusal: Refusal) -> HttpResponse:
    """A refusal as problem details, in the language of the request."""
    errors = {name: in_page_language(value) for name, value in refusal.errors.items()}
    return answer(problem_body(refusal.status, code=refusal.code, detail=str(refusal), errors=errors))


def answer(body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A problem as a response."""
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=body["status"], content_type=MEDIA_TYPE, headers=headers
    )


def _of_api_exception(fault: APIException) -> HttpResponse:
    status = fault.status_code
    headers = {}
    if isinstance(fault, NotAuthenticated | AuthenticationFailed):
        status, headers = 401, {"WWW-Authenticate": "Bearer"}
    if wait := getattr(fault, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return answer(problem_body(status, detail=str(fault.detail) if _worded_here(fault) else ""), headers)


def _worded_here(fault: APIException) -> bool:
    """Whether the sentence is ours; the framework's own are replaced by those of `trial.rest.problems`."""
    return isinstance(fault, ParseError | DutyEnded)


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The framework's nested errors as (dotted field, sentence)."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        for place, inner in enumerate(detail):
            yield from _flat(inner, f"{path}.{place}")
    else:
        sentences = detail if isinstance(detail, list) else [detail]
        yield path, " ".join(map(str, sentences))
