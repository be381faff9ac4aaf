"""Whom this door asks who somebody is: the provider that the settings name, or nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Provider:
    """The hospital's log-in as this door knows it: its name, this door's name there, what people call it."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    name: str


def provider_of_door() -> Provider | None:
    """The provider; None where none is set, or the settings are at fault (`manage.py check` says how)."""
    if not settings.VELUM_SIGN_ON_ISSUER or any(setting_faults()):
        return None
    return Provider(
        issuer=settings.VELUM_SIGN_ON_ISSUER,
        client=settings.VELUM_SIGN_ON_CLIENT,
        secret=settings.VELUM_SIGN_ON_SECRET,
        name=settings.VELUM_SIGN_ON_NAME,
    )


def name_of_sign_on() -> str:
    """What people call the provider; empty where this door has none. Nothing is asked of it."""
    found = provider_of_door()
    return (found.name or urlsplit(found.issuer).netloc) if found else ""


def setting_faults() -> Iterator[str]:
    """What is wrong with the settings, in words for whoever runs Velum. Nothing is asked of anybody."""
    issuer = settings.VELUM_SIGN_ON_ISSUER
    given = (settings.VELUM_SIGN_ON_CLIENT, settings.VELUM_SIGN_ON_SECRET)
    if not issuer:
        if any(given):
            yield "VELUM_SIGN_ON_ISSUER is empty. Set it to the provider's address, or take the others out."
        return
    if not is_safe(issuer):
        yield (
            f"VELUM_SIGN_ON_ISSUER is {issuer!r}. Set it to the provider's address, which begins with "
            "https://; http:// is taken on this machine alone (localhost)."
        )
    if not all(given):
        yield "Set VELUM_SIGN_ON_CLIENT and VELUM_SIGN_ON_SECRET as well: the provider gives them."


def is_safe(address: str) -> bool:
    """Whether an address may be asked: over TLS, or on this very machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.fragment or parts.username or not host or address != address.strip():
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
