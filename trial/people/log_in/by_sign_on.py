"""Whether a session began at the hospital's log-in.

Whoever came so gives a second factor where others give a password.
"""

from __future__ import annotations

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

METHOD = "sign_on"
"""What a session keeps of how somebody came in."""


def came_by_sign_on(request: HttpRequest) -> bool:
    """Whether the person at the screen gave no password, since the hospital's log-in let them in."""
    return any(record.get("method") == METHOD for record in get_authentication_records(request, request.user))
