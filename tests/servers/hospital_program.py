"""Run as a program: the log-in of a hospital, an OpenID Connect provider of django-oauth-toolkit.

It is a real provider that may be told to lie: a POST to /say/ changes what the next answers claim. Nobody
types a password: whoever is named there sits at the computer.
"""

from __future__ import annotations

import base64
import hmac
import json
import socketserver
import sys
import time
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.http import HttpRequest, HttpResponse

FOLDER, PORT = Path(sys.argv[1]), int(sys.argv[2])
ISSUER = f"http://127.0.0.1:{PORT}/o"
HONEST: dict[str, Any] = {
    "user": "amelie",
    "mail": "",
    "confirmed": True,
    "claims": {},
    "without": [],
    "forge": "",
}
SAID: dict[str, Any] = dict(HONEST)
APPS = ("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider")

pem = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
settings.configure(
    SECRET_KEY="of-the-hospital",
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "hospital.sqlite3")}},
    INSTALLED_APPS=list(APPS),
    MIGRATION_MODULES={name.rpartition(".")[2]: None for name in APPS},
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "__main__.at_the_computer"],
    ROOT_URLCONF="__main__",
    USE_TZ=True,
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    LOGGING_CONFIG=None,
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True,
        "OIDC_RSA_PRIVATE_KEY": pem.decode(),
        "OIDC_ISS_ENDPOINT": ISSUER,
        "OAUTH2_VALIDATOR_CLASS": "__main__.Says",
        "SCOPES": {"openid": "who", "email": "mail"},
        "PKCE_REQUIRED": True,
        "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
    },
)
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402
from oauth2_provider.oauth2_validators import OAuth2Validator  # noqa: E402


def at_the_computer(get_response: Any) -> Any:
    """Whoever sits at the hospital's computer is logged in there."""

    def answer(request: Any) -> HttpResponse:
        request.user = User.objects.get_or_create(username=SAID["user"])[0]
        return get_response(request)

    return answer


class Says(OAuth2Validator):
    """What the provider says of people, the truth or what it was told to say."""

    oidc_claim_scope = None

    def get_additional_claims(self) -> dict[str, Any]:
        """The claims about a person; a name that stays, and a mail address."""
        mail = lambda request: SAID["mail"] or f"{request.user.username}@hospital.example"  # noqa: E731
        claims = {
            "sub": lambda request: f"staff-{request.user.username}",
            "email": mail,
            "email_verified": lambda _request: SAID["confirmed"],
        }
        return {name: claim for name, claim in claims.items() if name not in SAID["without"]}

    def finalize_id_token(self, id_token: Any, token: Any, token_handler: Any, request: Any) -> str:
        """The signed token, or what was to be forged."""
        id_token.update(
            {name: claim for name, claim in SAID["claims"].items() if name in {"aud", "nonce", "iat"}}
        )
        for name in SAID["without"]:
            id_token.pop(name, None)
        if "nonce" in SAID["without"]:
            request.nonce = ""
        return forged(super().finalize_id_token(id_token, token, token_handler, request), SAID["forge"])

    def get_id_token_dictionary(self, token: Any, token_handler: Any, request: Any) -> Any:
        """The claims, with what was to be claimed."""
        claims, ends = super().get_id_token_dictionary(token, token_handler, request)
        claims.update(SAID["claims"])
        return claims, ends


def forged(token: str, how: str) -> str:
    """The token with another signature, or with none."""
    head, body, sign = token.split(".")
    if how == "signature":
        return f"{head}.{body}.{sign[:20]}{'A' if sign[20] != 'A' else 'B'}{sign[21:]}"
    if how in {"none", "hmac", "key"}:
        other = {"none": {"alg": "none"}, "hmac": {"alg": "HS256"}, "key": {"kid": "of-somebody-else"}}[how]
        head = in_base64(json.dumps(json.loads(base64.urlsafe_b64decode(head + "===")) | other).encode())
        made = hmac.new(b"secret-of-velum", f"{head}.{body}".encode(), "sha256").digest()
        return f"{head}.{body}." + {"none": "", "hmac": in_base64(made), "key": sign}[how]
    return token


def in_base64(some: bytes) -> str:
    """As tokens spell it."""
    return base64.urlsafe_b64encode(some).decode().rstrip("=")


def say(request: HttpRequest) -> HttpResponse:
    """From now on say that, and the truth for the rest."""
    SAID.update(HONEST)
    SAID.update(json.loads(request.body))
    return HttpResponse("said")


urlpatterns = [path("say/", say), path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]


class Threads(socketserver.ThreadingMixIn, WSGIServer):
    """A thread for each request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """No line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


call_command("migrate", run_syncdb=True, verbosity=0)
Application.objects.create(
    client_id="velum",
    client_secret="secret-of-velum",
    client_type=Application.CLIENT_CONFIDENTIAL,
    authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
    algorithm=Application.RS256_ALGORITHM,
    skip_authorization=True,
    redirect_uris=" ".join(sys.argv[3:]),
)
server = make_server("127.0.0.1", PORT, get_wsgi_application(), server_class=Threads, handler_class=Quiet)
print(f"ready at {time.time():.0f}", flush=True)
server.serve_forever()
