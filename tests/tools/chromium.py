"""Finds the Chromium of the browser journeys; run as a program, installs Debian's where it may.

    python -m tests.tools.chromium

Never fatal: without a browser the journeys are reported as not run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""No sandbox because root may not have one; and the browser asks nobody for anything on its own."""
PACKAGES = ("chromium", "chromium-l10n", "firefox-esr", "fonts-dejavu-core")
"""Both browsers in which people type; Chromium's French interface is a package of its own."""
INSTALL = (
    ("apt-get", "update", "-q"),
    ("apt-get", "install", "-q", "-y", "--no-install-recommends", *PACKAGES),
)


def find() -> str:
    """The path of a Chromium, or an empty string. VELUM_CHROMIUM comes before what is on the path."""
    given = os.environ.get("VELUM_CHROMIUM", "")
    found = (shutil.which(name) for name in (given, *NAMES) if name)
    return next((path for path in found if path), "")


def speaks_french() -> bool:
    """Whether the Chromium that was found has a French interface; Debian packs it apart."""
    folder = Path(find()).resolve().parent
    places = (folder / "locales", folder.parent / "lib" / "chromium" / "locales")
    return bool(find()) and any((place / "fr.pak").exists() for place in places)


def playwright_has_one() -> bool:
    """Whether Playwright has a browser of its own, downloaded beforehand."""
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as playwright:
            return os.path.exists(playwright.chromium.executable_path)
    except Error:
        return False


def missing() -> str:
    """Why there is no browser here, or an empty string."""
    if find() or playwright_has_one():
        return ""
    return "no Chromium: install it, or set VELUM_CHROMIUM to its path"


def may_install() -> bool:
    """Whether this is a Debian where we are root."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install() -> str:
    """Install Debian's Chromium; return what came of it, in a sentence."""
    for command in INSTALL:
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            return f"Chromium could not be installed: {done.stderr.strip()[-500:]}"
    return f"Chromium installed: {find()}"


def main() -> int:
    """Say which browser the journeys will use, after installing one if need be."""
    if found := find():
        print(f"Browser for the journeys: {found}")
    elif may_install():
        print("Browser for the journeys: none yet, installing Debian's Chromium (about 110 MB).", flush=True)
        print(install())
    else:
        print(f"Browser for the journeys: {missing() or 'the one of Playwright'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
