"""The secret of an address, a feed's or an invitation's, stands in no log, however its request ends."""

from __future__ import annotations

import io
import logging
import secrets
from typing import Any

import pytest
from django.test import Client

from tests.pages.conftest import Browser
from tests.pages.test_feeds import address_of
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.people.duties.inviting import Invited, invite
from trial.permissions import Role
from trial.walls.logs import JsonLine, without_secrets


@pytest.fixture
def printed() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(autouse=True)
def _listening(printed: io.StringIO) -> object:
    """A handler of somebody else's, with a formatter of its own, that hears everything."""
    handler = logging.StreamHandler(printed)
    handler.setFormatter(logging.Formatter("%(message)s %(args)s"))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"method": "post"},
        {"method": "delete"},
        {"headers": {"host": "strange.example"}},
        {"headers": {"origin": "https://strange.example"}, "method": "post"},
        {"headers": {"referer": "https://strange.example/"}},
        {"suffix": "/"},
        {"suffix": "x"},
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_request_of_a_feed_leaves_its_secret_in_no_log(
    nurse: Browser, printed: io.StringIO, how: dict[str, object], known: bool
) -> None:
    address = address_of(nurse, "/feeds/") if known else f"/feeds/{secrets.token_urlsafe(32)}.ics"
    path = address.partition("/feeds/")[2]
    secret = path.removesuffix(".ics")
    send = getattr(Client(raise_request_exception=False), str(how.get("method", "get")))
    send(f"/feeds/{path}{how.get('suffix', '')}", headers=how.get("headers", {}))
    logging.getLogger("gunicorn.access").info('"GET /feeds/%s.ics HTTP/1.1" 404', secret)
    logging.getLogger("gunicorn.error").exception("Error handling request /feeds/%s.ics", secret)
    logging.getLogger("waitress").warning("bad request: %s", ValueError(f"/feeds/{secret}.ics"))
    assert "/feeds/" in printed.getvalue()
    assert secret not in printed.getvalue()


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"method": "post"},
        {"headers": {"host": "strange.example"}},
        {"suffix": "x/"},
        {"cut": 8},
        {"cut": 20},
    ],
)
@pytest.mark.parametrize("known", [True, False])
def test_a_request_of_an_invitation_leaves_its_secret_in_no_log(
    ward: SiteFixture, printed: io.StringIO, how: dict[str, Any], known: bool
) -> None:
    """Neither whole nor cut off, as a mail program may cut it."""
    secret = invited(ward) if known else secrets.token_urlsafe(32)
    secret = secret[: how.get("cut")]
    send = getattr(Client(raise_request_exception=False), how.get("method", "get"))
    send(f"/invitation/{secret}/{how.get('suffix', '')}", headers=how.get("headers", {}))
    logging.getLogger("gunicorn.access").info('"GET /invitation/%s/ HTTP/1.1" 410', secret)
    logging.getLogger("waitress").warning("bad request: %s", ValueError(f"/invitation/{secret}/"))
    assert "/invitation/[secret]" in printed.getvalue()
    assert secret not in printed.getvalue()


def invited(ward: SiteFixture) -> str:
    """The secret of a real invitation."""
    facts = {"trial": ward.world.trial, "role": Role.STUDY_NURSE, "site": ward.site, "at": START}
    by = ward.world.person(Role.ADMINISTRATOR, "inviter")
    return invite(who=Invited("anne", "Anne", "Petit"), by=by, reason="New.", **facts).secret  # type: ignore[arg-type]


def test_our_own_lines_hide_it_in_a_traceback_too(printed: io.StringIO) -> None:
    secret = secrets.token_urlsafe(32)
    try:
        raise ValueError(f"no feed {secret}")
    except ValueError as fault:
        record = logging.LogRecord("x", 40, "x", 1, "failed", (), (ValueError, fault, fault.__traceback__))
    assert secret not in JsonLine().format(record)


@pytest.mark.parametrize(
    "text",
    [
        "head 5b2c6e9f0a1d4c7b8e3f2a1b0c9d8e7f5b2c6e9f0a1d4c7b8e3f2a1b0c9d8e7f of nct02059759/01",
        "participant IM-0122-7 has 9f2b6c1e-7a41-4d7e-9d3f-0d6a0b5f1c2d",
        "File trial/walls/logs.py, line 12, in test_our_own_lines_hide_it_in_a_traceback_too",
    ],
)
def test_digests_numbers_and_names_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text


class Unspeakable:
    """Something whose words cannot be had."""

    def __init__(self, secret: str) -> None:
        self.secret = secret

    def __str__(self) -> str:
        raise ValueError(f"/invitation/{self.secret}/")


def test_a_line_that_cannot_be_searched_stops_nobody_and_shows_nothing(printed: io.StringIO) -> None:
    """Not what it would have said, and not the traceback of the search."""
    secret = secrets.token_urlsafe(32)

    logging.getLogger("waitress").warning("bad request of %s", Unspeakable(secret))

    assert "could not be searched for secrets" in printed.getvalue()
    assert "bad request" not in printed.getvalue()
    assert secret not in printed.getvalue()
