"""What the environment says of this installation: its door, its home, its secrets and its database.

A secret may come as a file: `VELUM_SECRET_KEY_FILE=/run/secrets/key`. Names: `docs/operations.md`.
"""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent

DOORS = ("clinic", "pharmacy")
VELUM_DOOR = env.str("VELUM_DOOR", "clinic")
if VELUM_DOOR not in DOORS:
    raise ImproperlyConfigured(f"VELUM_DOOR is {VELUM_DOOR!r}. Set it to clinic or pharmacy.")

VELUM_HOME = Path(env.str("VELUM_HOME", str(BASE_DIR / "var")))
"""Where an embedded installation keeps its database, keys, mail and static files."""


def whole(name: str, default: int, *, least: int, most: int) -> int:
    """The whole number that NAME holds. Raises ImproperlyConfigured for any other text."""
    text = env.str(name, str(default)).strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise ImproperlyConfigured(f"{name} is {text!r}. Set it to a whole number from {least} to {most}.")
    return int(text)


def yes_or_no(name: str, *, default: bool) -> bool:
    """What NAME says. Raises ImproperlyConfigured for anything that is neither."""
    text = env.str(name, "yes" if default else "no").strip().lower()
    if text not in {"1", "yes", "true", "on", "0", "no", "false", "off"}:
        raise ImproperlyConfigured(f"{name} is {text!r}. Set it to yes or no.")
    return text in {"1", "yes", "true", "on"}


def passkey_host(hosts: list[str]) -> str:
    """The host name for which this door's passkeys are good; empty where it has only addresses.

    Raises ImproperlyConfigured where VELUM_PASSKEY_HOST is none of the names in VELUM_HOSTS.
    """
    names = [
        host
        for host in hosts
        if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host) and re.search("[a-z]", host)
    ]
    wanted = env.str("VELUM_PASSKEY_HOST", names[0] if names else "")
    if wanted and wanted not in names:
        raise ImproperlyConfigured(
            f"VELUM_PASSKEY_HOST is {wanted!r}. "
            "Set it to one of the host names in VELUM_HOSTS; an address cannot have passkeys."
        )
    return wanted


def secret(name: str, default: str = "") -> str:
    """The value of NAME, or what the file named by NAME_FILE holds."""
    path = env.str(f"{name}_FILE", "")
    return Path(path).read_text().strip() if path else env.str(name, default)


def embedded_secret(name: str) -> str:
    """The door's own key in an embedded installation, as `manage.py make_keys` wrote it."""
    path = VELUM_HOME / "keys" / f"{name}-{VELUM_DOOR}"
    return path.read_text().strip() if path.exists() else ""


def need_secret_key() -> str:
    """Sessions and tokens need a key; the commands that need none may run without one."""
    key = secret("VELUM_SECRET_KEY") or embedded_secret("secret-key")
    keyless = {
        "make_keys",
        "demo",
        "schedule",
        "simulate",
        "check_protocol",
        "import_usdm",
        "openapi",
        "makemigrations",
        "check",
        "compilemessages",
        "code_break",
        "verify",
    }
    if not key and not keyless & set(sys.argv[1:2]):
        raise ImproperlyConfigured(
            "There is no secret key. Set VELUM_SECRET_KEY_FILE, "
            "or run `manage.py make_keys` for an embedded installation."
        )
    return key or os.urandom(32).hex()


def sqlite_options() -> dict[str, object]:
    """What keeps SQLite safe with several writers.

    IMMEDIATE takes the write lock at BEGIN; without it three of four simultaneous draws fail.
    WAL can corrupt a database before SQLite 3.51.3, so older ones keep the TRUNCATE journal.
    recursive_triggers makes INSERT OR REPLACE fire the triggers that refuse deletion.
    """
    journal = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "TRUNCATE"
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            f"PRAGMA journal_mode={journal};PRAGMA synchronous=FULL;"
            "PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;"
        ),
    }


def database() -> dict[str, object]:
    """SQLite below VELUM_HOME, or what DATABASE_URL names with the timeouts of a server.

    Both engines are Django's own, with a schema editor that keeps the triggers (decision 17).
    """
    url = secret("DATABASE_URL")
    if not url:
        return {
            "ENGINE": "trial.walls.databases.sqlite3",
            "NAME": VELUM_HOME / "velum.sqlite3",
            "OPTIONS": sqlite_options(),
        }
    settings = dict(env.db_url_config(url))
    settings["ENGINE"] = settings["ENGINE"].replace("django.db.backends.", "trial.walls.databases.")
    if settings["ENGINE"] == "trial.walls.databases.sqlite3":
        settings["OPTIONS"] = sqlite_options()
    else:
        password = secret("DATABASE_PASSWORD")
        if password:
            settings["PASSWORD"] = password
        settings["CONN_MAX_AGE"] = 600
        settings["CONN_HEALTH_CHECKS"] = True
        settings.setdefault("OPTIONS", {})["options"] = (
            "-c lock_timeout=10s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s"
        )
    return settings
