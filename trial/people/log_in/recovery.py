"""Recovery codes are shown while nobody uses one.

The library notes that they were seen by writing the whole row again, as it read it: a code that was used
between reading and writing would be good once more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def with_factors_locked(view: View) -> View:
    """The page, with the person's second factors locked until it is answered."""

    @wraps(view)
    def locked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            rows = Authenticator.objects.select_for_update().filter(user_id=request.user.pk)
            list(rows.values_list("pk", flat=True))
            return view(request, *args, **kwargs)

    return locked
