"""The network address of whoever asks, as the trusted proxy tells it."""

from __future__ import annotations

from ipaddress import IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"


def address_of(request: HttpRequest) -> str:
    """The address of the client, in one spelling.

    With VELUM_PROXIES = n the n-th from the right of X-Forwarded-For counts: each trusted proxy adds the
    address that it sees, and what stands further left is what the client says of itself.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    told = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    if proxies and len(told) >= proxies and (address := _canonical(told[-proxies])):
        return address
    return _canonical(request.META.get("REMOTE_ADDR", "")) or UNKNOWN


def neighbourhood(address: str) -> str:
    """What is counted as one address: of IPv6 the network of 64 bits that one connection is given."""
    if ":" not in address:
        return address
    return str(IPv6Network((address, 64), strict=False).network_address)


def _canonical(text: str) -> str:
    """The address, without port and brackets; empty for what is none."""
    bare = text.removeprefix("[").partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address).partition("%")[0]
