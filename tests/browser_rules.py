"""What every answer of a door tells a browser, and how a door behaves where TLS is demanded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse

YEAR = 365 * 24 * 3600
ROOT = Path(__file__).resolve().parent.parent
COOKIES = """
import django
django.setup()
from django.conf import settings
from trial.pages.said_once import DoorsCookie
from trial.people.tries.log_in import ticket_cookie
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME)
print(DoorsCookie.cookie_name, ticket_cookie(), settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE)
"""


def demand_tls(given: Any) -> None:
    """The settings of an installation behind a proxy; static files as they lie in the sources."""
    given.SECURE_SSL_REDIRECT = True
    given.SECURE_HSTS_SECONDS = 2 * YEAR
    given.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    given.STATIC_ROOT = str(ROOT / "trial" / "static")


def missing(answer: HttpResponse, *, static: bool = False) -> list[str]:
    """What an answer does not tell a browser although it should."""
    policy = {part.strip() for part in answer.headers.get("Content-Security-Policy", "").split(";")}
    wanted = {"default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"}
    rules = {
        "policy": wanted <= policy and "unsafe" not in " ".join(policy),
        "nosniff": answer.headers.get("X-Content-Type-Options") == "nosniff",
        "referrer": answer.headers.get("Referrer-Policy") == "same-origin",
        "opener": answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "resource": answer.headers.get("Cross-Origin-Resource-Policy") == "same-origin",
        "hsts": answer.headers.get("Strict-Transport-Security", "").startswith(
            f"max-age={2 * YEAR}; include"
        ),
        "no other origin": "Access-Control-Allow-Origin" not in answer.headers,
        "not kept": static or answer.headers.get("Cache-Control") == "no-store",
        "type": not getattr(answer, "content", b"") or bool(answer.headers.get("Content-Type")),
        "characters": "text/" not in answer.headers.get("Content-Type", "")
        or "utf-8" in answer["Content-Type"],
    }
    return [name for name, holds in rules.items() if not holds]


def cookies_of_a_real_door(door: str) -> list[str]:
    """Names of all cookies of a door that demands TLS, and whether session and form token are marked."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("VELUM_")},
        "VELUM_DOOR": door,
        "VELUM_SECRET_KEY": "0" * 64,
        "DJANGO_SETTINGS_MODULE": "trial.settings",
    }
    done = subprocess.run(
        [sys.executable, "-c", COOKIES], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def not_marked(answer: HttpResponse) -> list[str]:
    """Cookies that a script could read, that another site could have sent, or that go by http."""
    secure = not settings.PLAIN_HTTP
    return [
        name
        for name, cookie in answer.cookies.items()
        if not (cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/")
        or cookie["domain"]
        or bool(cookie["secure"]) is not secure
    ]
