"""What goes over the wire to the provider: never for long, never to a stranger, and one question at a time.

A door has two processes that answer. A provider that hangs holds one of them for some seconds, and then
nobody is held for half a minute: whoever comes meanwhile is told at once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.cache import cache
from django.http import HttpRequest

from trial.people.sign_on.provider import is_safe
from trial.people.sign_on.refusals import AnotherIsAsking, NoAnswer
from trial.people.tries.counting import give_back, key_of, take

CONNECT_SECONDS, READ_SECONDS, WHOLE_SECONDS = 2, 5, 8
MOST_BYTES = 256 * 1024
ASKS_FOR = timedelta(seconds=30)
"""Longer than any question lasts: a process that died while it asked keeps nobody out after it."""
SILENT, SILENT_SECONDS = "velum.sign_on.silent", 30
"""After a question without an answer nobody asks for so long."""

log = logging.getLogger("velum.sign_on")


class Bounded(requests.Session):
    """A session that follows no redirect, and gives up on whatever is slow, long, or not over TLS."""

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **given: Any) -> requests.Response:
        """Ask, and read the answer to its end within the bounds. Raises RequestException."""
        if not is_safe(str(url)):
            raise requests.exceptions.InvalidURL("not over TLS")
        bounds = {"timeout": (CONNECT_SECONDS, READ_SECONDS), "allow_redirects": False, "stream": True}
        ends = time.monotonic() + WHOLE_SECONDS
        answer = super().request(method, url, *args, **(given | bounds))
        with answer:
            answer._content = b"".join(_within(answer, ends))
        return answer


def _within(answer: requests.Response, ends: float) -> Iterator[bytes]:
    """The parts of an answer, as long as it is neither too long nor too slow."""
    length = 0
    for part in answer.iter_content(8192):
        length += len(part)
        if length > MOST_BYTES or time.monotonic() > ends:
            raise requests.exceptions.ContentDecodingError("too long or too slow")
        yield part


class OverTheWire(DefaultSocialAccountAdapter):
    """What the library asks for: our session, and no account for a stranger."""

    def get_requests_session(self) -> requests.Session:
        """The session with bounds."""
        return Bounded()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Nobody makes an account by logging in elsewhere."""
        return False


@contextmanager
def one_question(at: datetime) -> Iterator[None]:
    """Ask the provider something, alone. Raises AnotherIsAsking, or NoAnswer at once where it is silent."""
    if cache.get(SILENT):
        raise NoAnswer
    key = key_of("sign_on", "asks")
    number, _free_at = take(key, at=at, wait=lambda _count: ASKS_FOR, early=False)
    if not number:
        raise AnotherIsAsking
    try:
        yield
    except (requests.RequestException, NoAnswer) as fault:
        cache.set(SILENT, True, SILENT_SECONDS)
        log.warning("The provider of the log-in does not answer as it should: %s", type(fault).__name__)
        raise NoAnswer from fault
    finally:
        give_back(key, at=at)


def fetched(address: str, *, bearer: str = "") -> Any:
    """What JSON the provider keeps at an address. Raises RequestException."""
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
    with Bounded() as session:
        answer = session.get(address, headers=headers)
        if answer.status_code != HTTPStatus.OK:
            raise requests.exceptions.HTTPError(f"status {answer.status_code}")
        return answer.json()


def kept(name: str, seconds: int, fetch: Callable[[], Any]) -> Any:
    """What was fetched before, or is now, for so long."""
    found = cache.get(name)
    if found is None:
        found = fetch()
        cache.set(name, found, seconds)
    return found
