"""What the provider says of somebody: read from its signed answer, and believed only if all of it fits.

The library skips the signature where the answer came over TLS, sends no nonce, and believes the issuer that
the provider names itself (ADR 0045). So all of it is looked at here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

import jwt

from trial.people.sign_on.provider import Provider
from trial.people.sign_on.refusals import SignOnRefused, Why

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key of which this door knows the public half alone; never a shared secret, never none."""
KINDS_OF_KEYS = frozenset({"RSA", "EC", "OKP"})
CLOCKS_DIFFER = timedelta(minutes=1)
LASTS = timedelta(minutes=10)
"""An answer is used at once; one that was made longer ago is no answer to this question."""
LONGEST = 255


@dataclass(frozen=True)
class Claims:
    """What a good answer says: who it is about, for ever, and all else as it came."""

    subject: str
    said: Mapping[str, Any]


def key_named(token: str, keys: Iterable[Any]) -> Mapping[str, Any] | None:
    """The provider's key that the token names; the only one where it names none. None if it is not there.

    Raises SignOnRefused where the token is none.
    """
    try:
        wanted = jwt.get_unverified_header(token).get("kid")
    except jwt.PyJWTError as fault:
        raise SignOnRefused(Why.UNREADABLE) from fault
    signing = [key for key in keys if isinstance(key, Mapping) and key.get("use", "sig") == "sig"]
    found = [key for key in signing if wanted is None or key.get("kid") == wanted]
    return found[0] if len(found) == 1 else None


def read_id_token(
    token: str, key: Mapping[str, Any], *, provider: Provider, nonce: str, at: datetime
) -> Claims:
    """What the token says, if it is signed, and about this log-in at this door. Raises SignOnRefused."""
    said = _signed(token, key)
    if said.get("iss") != provider.issuer:
        raise SignOnRefused(Why.WRONG_ISSUER)
    _check_audience(said, provider.client)
    _check_moment(said, at)
    if not compare_digest(_text(said, "nonce").encode(), nonce.encode()):
        raise SignOnRefused(Why.WRONG_NONCE)
    subject = _text(said, "sub")
    if not subject or len(subject) > LONGEST or not subject.isprintable():
        raise SignOnRefused(Why.UNREADABLE)
    return Claims(subject, said)


def confirmed_mail(said: Mapping[str, Any]) -> str:
    """The mail address that the provider has confirmed. Raises SignOnRefused where there is none."""
    mail = _text(said, "email").strip()
    if not mail or said.get("email_verified") is not True:
        raise SignOnRefused(Why.NO_MAIL)
    return mail


def _signed(token: str, key: Mapping[str, Any]) -> dict[str, Any]:
    unchecked = dict.fromkeys(("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss"), False)
    try:
        if key.get("kty") not in KINDS_OF_KEYS:
            raise SignOnRefused(Why.WRONG_SIGNATURE)
        public = jwt.PyJWK.from_json(json.dumps(dict(key)))
        return jwt.decode(token, public, algorithms=list(ALGORITHMS), options=unchecked)  # type: ignore[arg-type]
    except (
        jwt.InvalidSignatureError,
        jwt.InvalidAlgorithmError,
        jwt.PyJWKError,
        jwt.InvalidKeyError,
    ) as fault:
        raise SignOnRefused(Why.WRONG_SIGNATURE) from fault
    except (jwt.PyJWTError, ValueError, TypeError) as fault:
        raise SignOnRefused(Why.UNREADABLE) from fault


def _check_audience(said: Mapping[str, Any], client: str) -> None:
    """The answer is for this door; one that is for others as well has to say that this door asked for it."""
    for_whom = said.get("aud")
    several = for_whom if isinstance(for_whom, list) else [for_whom]
    asked_by = said.get("azp")
    if client not in several or (asked_by != client and (asked_by is not None or len(several) > 1)):
        raise SignOnRefused(Why.WRONG_AUDIENCE)


def _check_moment(said: Mapping[str, Any], at: datetime) -> None:
    now, made, ends = at.timestamp(), _moment(said, "iat"), _moment(said, "exp")
    begins = _moment(said, "nbf") if "nbf" in said else made
    differ, lasts = CLOCKS_DIFFER.total_seconds(), LASTS.total_seconds()
    if not (max(made, begins) - differ <= now < min(ends, made + lasts) + differ):
        raise SignOnRefused(Why.WRONG_MOMENT)


def _moment(said: Mapping[str, Any], name: str) -> float:
    value = said.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignOnRefused(Why.WRONG_MOMENT)
    return value


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""
