"""What a page says once, after the answer to a form has led to it: kept in a cookie of this door."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

PREFIX = "" if settings.PLAIN_HTTP else "__Host-"


class DoorsCookie(CookieStorage):
    """The library's cookie under a name that browsers give to this host alone, and by TLS."""

    cookie_name = f"{PREFIX}velum-{settings.VELUM_DOOR}-said"


class SaidOnce(FallbackStorage):
    """What is too long for the cookie waits in the session, as the library has it."""

    storage_classes = (DoorsCookie, SessionStorage)
