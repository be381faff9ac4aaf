"""Real calendar programs and their libraries, asked what they read. Started by `make calendars` alone.

Each is a function from a file to rows; it skips, by name and with what would bring it, where this machine
lacks it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
ICAL_JS = "ical.js@2.2.1"
Row = tuple[str, str, str, str]
"""Identity, day, STATUS and SUMMARY of an event."""
Read = tuple[set[Row], dict[str, int]]
"""The events, and the offset in seconds at each moment that was asked about; empty where it is not told."""


def libical(file: Path, folder: Path, moments: Iterable[str]) -> Read:
    """libical: Evolution, GNOME Calendar, KDE below."""
    _need("libical", "apt-get install libical-dev gcc pkg-config", "cc", "pkg-config", library="libical")
    program = folder / "libical_events"
    if not program.exists():
        _run(["cc", "-o", program, HERE / "libical_events.c", *_flags("libical")])
    return _rows(_run([program, file, *moments]))


def kcalendarcore(file: Path, folder: Path, _moments: Iterable[str]) -> Read:
    """KCalendarCore: KOrganizer and Kontact."""
    _need(
        "KCalendarCore", "apt-get install libkf5calendarcore-dev g++", "c++", "pkg-config", library="Qt5Core"
    )
    headers = Path("/usr/include/KF5/KCalendarCore")
    if not headers.is_dir():
        pytest.skip("KCalendarCore: apt-get install libkf5calendarcore-dev")
    program = folder / "kcalendarcore_events"
    if not program.exists():
        parts = ["-fPIC", f"-I{headers}", "-I/usr/include/KF5", *_flags("Qt5Gui"), "-lKF5CalendarCore"]
        _run(["c++", "-o", program, HERE / "kcalendarcore_events.cpp", *parts])
    return _rows(_run([program, file]))


def ical_js(file: Path, folder: Path, moments: Iterable[str]) -> Read:
    """ical.js: Thunderbird, Nextcloud."""
    _need("ical.js", "Node 20 with npm, and a registry", "node", "npm")
    kept = folder / "icaljs"
    if not kept.exists():
        kept.mkdir()
        done = subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", kept, ICAL_JS],
            check=False,
            capture_output=True,
        )
        if done.returncode:
            pytest.skip(f"{ICAL_JS}: npm could not fetch it")
    script = kept / "events.cjs"
    shutil.copy(HERE / "icaljs_events.cjs", script)
    return _rows(_run(["node", script, file, *moments]))


def khal(file: Path, folder: Path, _moments: Iterable[str]) -> Read:
    """khal prints a file as it would list it. It knows no STATUS of an event unless it is asked for."""
    _need("khal", "apt-get install khal", "khal")
    form = "event\t{uid}\t{start-date-long}\t{status}\t{title}"
    return _rows(_run(["khal", "printics", "-f", form, file], _khal_settings(folder)))


def _khal_settings(folder: Path) -> Mapping[str, str]:
    home = folder / "khal"
    (home / "khal").mkdir(parents=True, exist_ok=True)
    (home / "events").mkdir(exist_ok=True)
    (home / "khal" / "config").write_text(
        f"[calendars]\n[[one]]\npath = {home / 'events'}\n"
        "[locale]\nlongdateformat = %Y-%m-%d\ndateformat = %Y-%m-%d\n",
        encoding="utf-8",
    )
    return {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home), "LC_ALL": "C.UTF-8"}


def vdirsyncer(url: str, folder: Path) -> list[bytes]:
    """What vdirsyncer has in its folder after it has fetched the address: one file an event."""
    _need("vdirsyncer", "apt-get install vdirsyncer", "vdirsyncer")
    home = folder / "vdirsyncer"
    (home / "here").mkdir(parents=True, exist_ok=True)
    (home / "config").write_text(
        f'[general]\nstatus_path = "{home / "status"}"\n'
        '[pair one]\na = "address"\nb = "folder"\ncollections = null\nconflict_resolution = "a wins"\n'
        f'[storage address]\ntype = "http"\nurl = "{url}"\n'
        f'[storage folder]\ntype = "filesystem"\npath = "{home / "here"}"\nfileext = ".ics"\n',
        encoding="utf-8",
    )
    for step in (["discover"], ["sync", "--force-delete"]):
        _run(["vdirsyncer", "-c", home / "config", *step], {"LC_ALL": "C.UTF-8"})
    return [path.read_bytes() for path in sorted((home / "here").glob("*.ics"))]


READERS = (libical, kcalendarcore, ical_js, khal)


def _need(name: str, bringing: str, *programs: str, library: str = "") -> None:
    lacks = [program for program in programs if not shutil.which(program)]
    if not lacks and library:
        lacks = [] if _exists(library) else [library]
    if lacks:
        pytest.skip(f"{name} is not here: {bringing}")


def _exists(library: str) -> bool:
    asked = ["pkg-config", "--exists", library]
    return subprocess.run(asked, check=False).returncode == 0


def _flags(library: str) -> list[str]:
    return _run(["pkg-config", "--cflags", "--libs", library]).split()


def _run(words: list[str | Path], environment: Mapping[str, str] | None = None) -> str:
    """What a program prints. Raises AssertionError with what it complained of."""
    done = subprocess.run(
        [str(word) for word in words],
        check=False,
        capture_output=True,
        env=os.environ | (environment or {}),
    )
    assert done.returncode == 0, (words[0], done.returncode, done.stderr.decode(), done.stdout.decode())
    return done.stdout.decode()


def _rows(printed: str) -> Read:
    lines = [line.split("\t") for line in printed.splitlines() if "\t" in line]
    events = {(uid, day, status.strip(), summary) for _, uid, day, status, summary in _of("event", lines)}
    return events, {moment: int(seconds) for _, moment, seconds in _of("offset", lines)}


def _of(kind: str, lines: list[list[str]]) -> list[list[str]]:
    return [line for line in lines if line[0] == kind]
