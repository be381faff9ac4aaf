"""The question to the provider, and its answer: the library's steps of OpenID Connect, with our checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from django.urls import reverse

from trial.people.sign_on.id_token import Claims, confirmed_mail, key_named, read_id_token
from trial.people.sign_on.provider import Provider, is_safe
from trial.people.sign_on.refusals import SignOnRefused, Why
from trial.people.sign_on.ticket import Ticket
from trial.people.sign_on.wire import fetched, kept, one_question
from trial.people.tries.counting import key_of

KEPT_SECONDS = 3600
SCOPE = ("openid", "email")
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class SomebodyThere:
    """A person as the provider knows them: by a name that stays, and a mail address that it has confirmed."""

    subject: str
    mail: str


class HospitalLogIn(OpenIDConnectOAuth2Adapter):
    """The library's half of the protocol, for the one provider of this door; none of its tables is used."""

    def __init__(self, request: HttpRequest, asked: Provider) -> None:
        super().__init__(request, "hospital")
        self.asked = asked

    def get_provider(self) -> OpenIDConnectProvider:
        """The provider, from the settings."""
        app = SocialApp(
            provider="openid_connect",
            provider_id=self.provider_id,
            client_id=self.asked.client,
            secret=self.asked.secret,
            settings={"server_url": self.asked.issuer},
        )
        return OpenIDConnectProvider(self.request, app=app)

    @property
    def openid_config(self) -> Mapping[str, Any]:
        """What the provider says of itself; kept for an hour. Raises SignOnRefused where it is another's."""
        said: Mapping[str, Any] = kept(self._kept("of itself"), KEPT_SECONDS, self._looked_up)
        return said

    def _looked_up(self) -> Mapping[str, Any]:
        said = fetched(self.asked.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if not isinstance(said, dict) or not all(is_safe(str(said.get(name, ""))) for name in NEEDED):
            raise SignOnRefused(Why.UNREADABLE)
        if said.get("issuer") != self.asked.issuer:
            raise SignOnRefused(Why.WRONG_ISSUER)
        return said

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Where the provider sends people back to."""
        return request.build_absolute_uri(reverse("sign_on_back"))

    def key_for(self, token: str) -> Mapping[str, Any]:
        """The provider's key that signed the token; a new one is asked for. Raises SignOnRefused."""
        found = key_named(token, kept(self._kept("keys"), KEPT_SECONDS, self._keys))
        if found is None:
            found = key_named(token, self._keys())
        if found is None:
            raise SignOnRefused(Why.WRONG_SIGNATURE)
        return found

    def _keys(self) -> list[Any]:
        said = fetched(self.openid_config["jwks_uri"])
        if not isinstance(said, dict) or not isinstance(said.get("keys"), list):
            raise SignOnRefused(Why.UNREADABLE)
        return said["keys"]

    def _kept(self, what: str) -> str:
        return "velum.sign_on." + key_of("provider", what, self.asked.issuer)


def address_of_question(
    request: HttpRequest, provider: Provider, *, at: datetime, links: str = "", then: str = ""
) -> tuple[str, Ticket]:
    """Where to send the browser, and the ticket that it keeps.

    Raises NoAnswer, AnotherIsAsking or SignOnRefused.
    """
    asking = HospitalLogIn(request, provider)
    pkce = generate_code_challenge()
    ticket = Ticket(at.timestamp(), pkce.pop("code_verifier"), links=links, then=then)
    with one_question(at):
        client = asking.get_client(request, asking.get_provider().app)
        endpoint = asking.authorize_url
    client.state = ticket.state
    query = client.get_redirect_url("", SCOPE, pkce | {"nonce": ticket.nonce})
    return endpoint + ("&" + query[1:] if "?" in endpoint else query), ticket


def answer_of(request: HttpRequest, provider: Provider, ticket: Ticket, *, at: datetime) -> SomebodyThere:
    """Whom the provider has let in. Raises SignOnRefused, NoAnswer or AnotherIsAsking."""
    if "error" in request.GET or not request.GET.get("code"):
        raise SignOnRefused(Why.REFUSED_THERE)
    asking = HospitalLogIn(request, provider)
    with one_question(at):
        given = _exchanged(asking, ticket)
        token = given.get("id_token")
        if not isinstance(token, str):
            raise SignOnRefused(Why.UNREADABLE)
        claims = read_id_token(token, asking.key_for(token), provider=provider, nonce=ticket.nonce, at=at)
        said = claims.said if "email" in claims.said else _more_about(asking, given, claims)
    return SomebodyThere(claims.subject, confirmed_mail(said))


def _exchanged(asking: HospitalLogIn, ticket: Ticket) -> Mapping[str, Any]:
    """What the provider gives for the code. Raises SignOnRefused where it gives nothing."""
    app = asking.get_provider().app
    try:
        client = asking.get_client(asking.request, app)
        given = asking.get_access_token_data(asking.request, app, client, pkce_code_verifier=ticket.verifier)
    except OAuth2Error as fault:
        raise SignOnRefused(Why.REFUSED_THERE) from fault
    except (KeyError, ValueError) as fault:  # what the library expects of every answer
        if isinstance(fault, requests.RequestException):
            raise
        raise SignOnRefused(Why.UNREADABLE) from fault
    return given if isinstance(given, dict) else {}


def _more_about(asking: HospitalLogIn, given: Mapping[str, Any], claims: Claims) -> Mapping[str, Any]:
    """What the provider says apart from the token, where it keeps the mail address. Raises SignOnRefused."""
    address = str(asking.openid_config.get("userinfo_endpoint", ""))
    if not is_safe(address):
        return claims.said
    said = fetched(address, bearer=str(given.get("access_token", "")))
    if not isinstance(said, dict) or said.get("sub") != claims.subject:
        raise SignOnRefused(Why.WRONG_SUBJECT)
    return said
