"""One's own sessions: listed, ended, and none longer than a working day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from trial.models import KeptSession, User
from trial.people.log_in.session_store import SessionStore, open_sessions
from trial.refusals import Refusal

BEGAN, LISTED, MINUTE = "began", "listed", "minute"
"""What a session keeps of itself: when it began, that it has its line, and the minute of the last page."""

RENEWS = "Velum-Renews"
"""The header of a request that a page makes by itself."""

GRACE_SECONDS = 5 * 60
"""A form sent this long after the end of a session's life is still taken: what was typed is not lost."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


class SessionGone(Refusal):
    """There is no such session of this person, or it has ended."""

    code = "session_gone"
    status = 404


@dataclass(frozen=True)
class SessionView:
    """One line of the list."""

    id: int
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str
    here: bool


def renews_itself(request: HttpRequest) -> bool:
    """Whether a page looks by itself for what is new, with nobody at it: that keeps no session alive.

    Whoever says so without being such a page has a shorter session, and nothing else.
    """
    return request.method == "GET" and RENEWS in request.headers


def keep_track(request: HttpRequest, user: User, at: datetime) -> None:
    """Note that a session is in use: its begin and its line once, then each minute in which a page came."""
    minute = int(at.timestamp()) // 60
    request.session.setdefault(BEGAN, at.timestamp())
    if LISTED not in request.session:
        request.session[LISTED] = True
        _enter(request, user, at)
    if request.session.get(MINUTE) != minute:
        request.session[MINUTE] = minute


def is_over(request: HttpRequest, at: datetime) -> bool:
    """Whether this session has lasted as long as any may, whatever was done in it."""
    grace = GRACE_SECONDS if request.method == "POST" else 0
    lasted = at.timestamp() - request.session.get(BEGAN, at.timestamp())
    return bool(lasted >= settings.VELUM_SESSION_HOURS * 3600 + grace)


def sessions_of(user: User, *, here: str | None) -> list[SessionView]:
    """A person's open sessions at this door, the newest first. Lines of sessions that ran out are removed."""
    rows = list(open_sessions().filter(user=user))
    kept = SessionStore.load_many([row.key for row in rows])
    if gone := [row.pk for row in rows if row.key not in kept]:
        open_sessions().filter(pk__in=gone).delete()
    return [_view(row, kept[row.key], here) for row in rows if row.key in kept]


def end_session(user: User, number: int) -> None:
    """End one of a person's own sessions. Its pages open no more. Raises SessionGone."""
    row = open_sessions().filter(user=user, pk=number).first()
    if row is None:
        raise SessionGone(_("This session has ended already."))
    SessionStore().delete(row.key)


def end_sessions(user: User, *, but: str | None = None) -> int:
    """End a person's sessions at this door, all but the one of that name. Returns how many."""
    rows = list(open_sessions().filter(user=user).exclude(key=but))
    for row in rows:
        SessionStore().delete(row.key)
    return len(rows)


def browser_name(header: str) -> str:
    """Which browser on which machine, in two words; an unknown program by its own first word."""
    browser = next((name for sign, name in BROWSERS if sign in header), header.split("/")[0][:40])
    system = next((name for sign, name in SYSTEMS if sign in header), "")
    return f"{browser}, {system}" if system else browser


def _enter(request: HttpRequest, user: User, at: datetime) -> None:
    """The line in the list. Two pages that come at once make one."""
    if (name := request.session.session_key) is None:
        return
    line = open_sessions().model(
        user=user,
        key=name,
        began_at=at,
        address=get_client_ip(request) or "",
        browser=browser_name(request.headers.get("User-Agent", ""))[:200],
    )
    open_sessions().bulk_create([line], ignore_conflicts=True)


def _view(row: KeptSession, kept: dict[str, int], here: str | None) -> SessionView:
    seen = datetime.fromtimestamp(kept[MINUTE] * 60, UTC) if MINUTE in kept else row.began_at
    seen = max(seen, row.began_at)
    return SessionView(row.pk, row.began_at, seen, row.address, row.browser, row.key == here)
