"""Compares the published OpenAPI documents with what the code says."""

from __future__ import annotations

import difflib
import os
import secrets
import subprocess
import sys
import tempfile

from tests.lanes import TESTS

ROOT = TESTS.parent


def generated(door: str) -> str:
    """What `manage.py openapi` prints behind this door. Raises RuntimeError if it fails."""
    with tempfile.TemporaryDirectory(prefix="velum-openapi-") as home:
        mine = {"VELUM_DOOR": door, "VELUM_HOME": home, "VELUM_SECRET_KEY": secrets.token_hex(32)}
        done = subprocess.run(
            [sys.executable, "manage.py", "openapi"],
            cwd=ROOT,
            env=os.environ | mine,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


def outdated(door: str) -> str:
    """How the published document of this door differs from the code, or an empty string."""
    file = ROOT / "docs" / f"openapi-{door}.json"
    try:
        now = generated(door)
    except RuntimeError as reason:
        return str(reason)
    then = file.read_text() if file.exists() else ""
    difference = list(
        difflib.unified_diff(then.splitlines(), now.splitlines(), file.name, "now", lineterm="", n=1)
    )
    remedy = f"Write it again: VELUM_DOOR={door} .venv/bin/python manage.py openapi > docs/{file.name}"
    return "\n".join([*difference[:40], remedy]) if difference else ""
