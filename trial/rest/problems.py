"""Problem details (RFC 9457): the one shape of every error of the API, from one closed list of codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

MEDIA_TYPE = "application/problem+json"

GENERAL = {
    400: ("malformed", "The request could not be read. Check its address and its body."),
    401: ("not_authenticated", "Send a valid token: Authorization: Bearer TOKEN."),
    403: ("not_permitted", "This token may not do that."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    406: ("not_acceptable", "Answers are application/json."),
    413: ("too_large", "The body is too large."),
    415: ("unsupported_media_type", "Send the body as application/json."),
    429: ("too_many_requests", "Too many requests. Wait, then try again."),
    500: ("internal_error", "Something failed on our side; nothing was changed. Try again, or call us."),
    503: ("unavailable", "The database is busy or away; nothing was changed. Try again shortly."),
}
"""HTTP status -> (code, sentence) for what is not a refusal of the trial itself."""

TITLES = {
    400: "Bad request",
    401: "Not authenticated",
    403: "Not permitted",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    413: "Too large",
    415: "Unsupported media type",
    422: "Cannot be done with this input",
    429: "Too many requests",
    500: "Internal error",
    503: "Unavailable",
}


def problem_body(
    status: int, *, code: str = "", detail: str = "", errors: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The members of one problem. `errors` names fields, each with what is wrong."""
    general_code, general_detail = GENERAL.get(status, ("refused", ""))
    code = code or general_code
    body: dict[str, Any] = {
        "type": f"urn:velum:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": detail or _(general_detail),
        "code": code,
    }
    return body | ({"errors": dict(errors)} if errors else {})


def problem_page(request: HttpRequest, status: int) -> JsonResponse | None:
    """A problem for addresses of the API; None for pages, which have their own."""
    if not request.path.startswith("/api/"):
        return None
    return JsonResponse(problem_body(status), status=status, content_type=MEDIA_TYPE)
