"""Breaking a code on the command line: without a server from a dump, or on a live database."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError
from django.db import connection

from randomization.dumps import reading
from randomization.models import Envelope, RandomizationList
from randomization.sealed.models import CodeBreak, Seal
from randomization.sealed.vault.envelope_contents import open_seal
from randomization.sealed.vault.keys import pharmacy_key
from randomization.services import draw_envelope
from tests.keys import safe
from tests.servers.postgres import binaries
from tests.site_fixture import SiteFixture
from tests.terminal import typed
from tests.trial_fixture import TrialFixture, leave
from trial.permissions import Role

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def envelope(world: TrialFixture, active: RandomizationList, at: datetime) -> Envelope:
    """Drawn for somebody whom the services brought so far, since `verify` looks for an entry of each row."""
    return draw_envelope(participant=SiteFixture(world).eligible(at=at), by=world.nurse, at=at)


KINDS = ["file"] if "sqlite" in django_settings.DATABASES["default"]["ENGINE"] else ["plain", "custom"]


@pytest.fixture
def dump(envelope: Envelope, tmp_path: Path) -> Path:
    """A dump of the lane's database: an SQLite file, or what pg_dump writes."""
    return dumped(tmp_path / "velum.dump", KINDS[0])


def dumped(path: Path, kind: str) -> Path:
    if kind == "file":
        with sqlite3.connect(connection.settings_dict["NAME"]) as live, sqlite3.connect(path) as copy:
            live.backup(copy)
    else:
        path.write_bytes(pg_dump("--format", kind))
    return path


def server() -> str:
    """The folder of the server's socket."""
    given = connection.settings_dict
    return str(given["OPTIONS"].get("host") or given["HOST"])


def path() -> str:
    """Where programs are found: first those of the version that made the dump, which alone read it."""
    if KINDS == ["file"]:
        return os.environ["PATH"]
    return f"{binaries(Path(server()))}:{os.environ['PATH']}"


def pg_dump(*words: str) -> bytes:
    given, folder = connection.settings_dict, server()
    program = binaries(Path(folder)) / "pg_dump"
    command = [str(program), "-h", folder, "-U", given["USER"] or "postgres", *words, given["NAME"]]
    return subprocess.run(command, check=True, capture_output=True).stdout


def run(*words: object) -> subprocess.CompletedProcess[str]:
    """The command as on another machine: no settings, no database, no secret; only the door is named."""
    home = {"PATH": path(), "VELUM_DOOR": "pharmacy", "VELUM_HOME": "/nonexistent"}
    command = [sys.executable, "manage.py", "code_break", *map(str, words)]
    return subprocess.run(
        command, cwd=django_settings.BASE_DIR, env=home, capture_output=True, text=True, timeout=120
    )


def label(envelope: Envelope) -> str:
    """What the envelope really holds."""
    seal = Seal.objects.select_related("envelope__stratum__list").get(envelope=envelope, recipient="pharmacy")
    arm = open_seal(seal.envelope, seal, pharmacy_key()).arm
    label: str = envelope.stratum.list.trial.protocol_version.protocol.arm(arm).label.en
    return label


@pytest.fixture
def keys() -> Path:
    return Path(django_settings.VELUM_KEYS)


@pytest.mark.parametrize("name", ["pharmacy.key", "recovery.key"])
@pytest.mark.parametrize("kind", KINDS)
def test_either_key_opens_one_arm_from_a_dump(
    envelope: Envelope, tmp_path: Path, keys: Path, name: str, kind: str
) -> None:
    number, dump = envelope.participant.number, dumped(tmp_path / "velum.dump", kind)
    key = keys / name if name == "pharmacy.key" else safe() / name
    done = run(number, "--database-dump", dump, "--key", key, "--reason", "Anaphylaxis")
    assert done.returncode == 0, done.stderr
    assert label(envelope) in done.stdout
    assert "UNBLINDED" in done.stdout
    assert "Enter this opening" in done.stdout


def test_the_randomisation_number_will_do(envelope: Envelope, dump: Path, keys: Path) -> None:
    key = keys / "pharmacy.key"
    done = run(envelope.number, "--database-dump", dump, "--key", key, "--reason", "x")
    assert label(envelope) in done.stdout


def test_the_dump_is_not_touched(envelope: Envelope, dump: Path, keys: Path) -> None:
    before = dump.read_bytes()
    dump.chmod(0o400)
    run(envelope.number, "--database-dump", dump, "--key", keys / "pharmacy.key", "--reason", "x")
    assert dump.read_bytes() == before
    assert {path.name for path in dump.parent.iterdir()} == {dump.name}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("IM-0199-9",), "No drawn envelopes belong to IM-0199-9"),
        (("--reason", ""), "Why must you know? This is needed."),
        (("--key", "/nonexistent.key"), "There is no /nonexistent.key"),
        (("--database-dump", "/nonexistent.dump"), "cannot be read: No such file"),
    ],
)
def test_what_is_missing_is_said_in_one_line(
    envelope: Envelope, dump: Path, keys: Path, words: tuple[str, ...], sentence: str
) -> None:
    given = [envelope.number, "--database-dump", dump, "--key", keys / "pharmacy.key", "--reason", "x"]
    given = [words[0], *given[1:]] if len(words) == 1 else [*given, *words]
    done = run(*given)
    assert (done.returncode, sentence in done.stderr, label(envelope) in done.stdout) == (1, True, False)


def test_a_strange_key_opens_nothing(envelope: Envelope, dump: Path, tmp_path: Path) -> None:
    from randomization.key_files import make_key_files

    make_key_files(tmp_path / "strange")
    key = tmp_path / "strange" / "pharmacy.key"
    done = run(envelope.number, "--database-dump", dump, "--key", key, "--reason", "x")
    assert (done.returncode, "This key opens nothing here" in done.stderr) == (1, True)


def test_a_key_that_others_may_read_is_refused(
    envelope: Envelope, dump: Path, keys: Path, tmp_path: Path
) -> None:
    loose = tmp_path / "loose.key"
    loose.write_bytes((keys / "pharmacy.key").read_bytes())
    loose.chmod(0o644)
    done = run(envelope.number, "--database-dump", dump, "--key", loose, "--reason", "x")
    assert (done.returncode, "may be read by others" in done.stderr) == (1, True)


def test_the_name_of_a_dump_may_hold_any_sign(envelope: Envelope, dump: Path, keys: Path) -> None:
    odd = dump.rename(dump.with_name("velum#1?%20.dump"))
    done = run(envelope.number, "--database-dump", odd, "--key", keys / "pharmacy.key", "--reason", "x")
    assert label(envelope) in done.stdout, done.stderr
    assert {path.name for path in dump.parent.iterdir()} == {odd.name}


NO_DUMPS = [
    b"",
    b"-- nothing\n",
    b"\xff\xfe\x00",
    b"SQLite format 3\x00rubbish",
    b"COPY public.django_migrations (id, app, name) FROM stdin;\n1\ttrial\t0001_initial\n",
    b"COPY public.django_migrations (id, app, name) FROM stdin;\n1\ttrial\t0001_ini",
    b"COPY public.randomization_envelope (id, number, position) FROM stdin;\na\tR-00000\n\\.\n",
    b"COPY public.randomization_envelope (id, number, position) FROM stdin;\na\tR-00000\tfirst\n\\.\n",
]
"""Some are cut off, as a copy is when a stick is full."""


@pytest.mark.parametrize("content", NO_DUMPS)
def test_what_is_no_dump_is_said(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    done = run(
        "R-00000",
        "--database-dump",
        path,
        "--key",
        django_settings.VELUM_KEYS / "pharmacy.key",
        "--reason",
        "x",
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(KINDS != ["file"], reason="Rows of PostgreSQL are put into tables of SQLite.")
def test_the_tables_for_the_rows_of_a_dump_are_those_of_the_migrations(tmp_path: Path) -> None:
    """They are made of the models, which takes a second; migrations would take ten times as long."""
    dump = tmp_path / "velum.sql"
    dump.write_text("COPY public.auth_group (id, name) FROM stdin;\n7\tnurses\n\\.\n")
    migrated = columns_of_all_tables()
    with reading(dump):
        assert columns_of_all_tables() == migrated


def columns_of_all_tables() -> set[tuple[str, str]]:
    """Without what knows no trial: the list of migrations, and the caches with their sessions."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        kept = [name for name in tables if not name.startswith(("django_migrations", "velum_"))]
        described = {name: connection.introspection.get_table_description(cursor, name) for name in kept}
    return {(table, column.name) for table, columns in described.items() for column in columns}


def test_verify_reads_the_same_dump(envelope: Envelope, dump: Path, keys: Path) -> None:
    home = {"PATH": path(), "VELUM_DOOR": "pharmacy", "VELUM_HOME": "/nonexistent"}
    command = [sys.executable, "manage.py", "verify", "--database-dump", str(dump)]
    done = subprocess.run(
        [*command, "--anchor", envelope.audit_hash],
        cwd=django_settings.BASE_DIR,
        env=home | {"VELUM_KEYS": str(keys)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    with_triggers = (
        connection.vendor == "sqlite"
    )  # a dump of PostgreSQL is read without them, and that is said
    holds = "Everything checked holds." if with_triggers else "Everything that was checked holds."
    assert (done.returncode, holds in done.stdout) == (0, True), done.stderr
    assert done.stdout.count("without its triggers") == (0 if with_triggers else 1)


@pytest.mark.parametrize(
    ("how", "said"), [("account", "account of doctor is not active"), ("duty", "an investigator who may")]
)
def test_on_the_live_database_nobody_who_has_left_breaks_a_code(
    envelope: Envelope, world: TrialFixture, how: str, said: str
) -> None:
    words = ("code_break", envelope.participant.number, "--by", "doctor", "--reason", "Anaphylaxis")
    doctor = world.person(Role.INVESTIGATOR, "doctor")
    assert label(envelope) in typed(*words)
    leave(doctor, how)
    with pytest.raises(CommandError, match=said):
        typed(*words)
    assert CodeBreak.objects.count() == 1
