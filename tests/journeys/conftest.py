"""Fixtures of the journeys: one demonstration for the whole run, and people who visit it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.demonstration import Demonstration
from tests.journeys.visitor import DESK, Visitor, how_it_looks

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Visit = Callable[..., Visitor]
FRESH = {"clinic": 600, "pharmacy": 180}
"""Seconds after its last visit for which a log-in is taken up again.

The doors end a session that nobody uses: the clinic's after fourteen minutes at the least, the pharmacy's
after four. What is left is for the visit itself.
"""


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """Built as `make demo` builds it, served behind both doors, and ended as Ctrl-C ends it."""
    demonstration = Demonstration(tmp_path_factory.mktemp("demonstration"))
    demonstration.start()
    yield demonstration
    assert demonstration.stop() == 0, demonstration.console()[-3000:]


@pytest.fixture(scope="session")
def log_ins() -> dict[tuple[str, str], tuple[float, Any]]:
    """When each person last came to each door, and their cookies: a second factor counts only once."""
    return {}


@pytest.fixture
def arrive(browser: Browser, demonstration: Demonstration) -> Iterator[Visit]:
    """`arrive()` is somebody at a desk of the clinic door who has not logged in."""
    visitors: list[Visitor] = []

    def arrive(*, door: str = "clinic", width: int = DESK, cookies: Any = None, base: str = "") -> Visitor:
        context = browser.new_context(**how_it_looks(width), storage_state=cookies)
        visitors.append(Visitor(context, demonstration, door=door, width=width, base=base))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.context.close()
    assert not (faults := [fault for visitor in visitors for fault in visitor.faults]), "\n".join(faults)


def is_fresh(last: float, door: str) -> bool:
    """Whether a log-in that was last used at that moment still counts at that door."""
    return time.monotonic() - last < FRESH[door]


@pytest.fixture
def visit(arrive: Visit, log_ins: dict[tuple[str, str], tuple[float, Any]]) -> Visit:
    """`visit("nurse")` is the nurse at a desk of the clinic door, logged in."""

    def visit(person: str, *, door: str = "clinic", width: int = DESK) -> Visitor:
        last, cookies = log_ins.get((person, door), (0.0, None))
        visitor = arrive(door=door, width=width, cookies=cookies if is_fresh(last, door) else None)
        visitor.person = person
        if not is_fresh(last, door):
            visitor.sign_in(person)
            cookies = visitor.context.storage_state()
        log_ins[person, door] = time.monotonic(), cookies
        return visitor.fresh()

    return visit


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures go: the folder that PICTURES names, or one that nobody keeps."""
    folder = Path(os.environ.get("PICTURES") or tmp_path_factory.mktemp("pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
