"""What docker-compose.yml describes really runs: its processes, on PostgreSQL and Redis."""

from __future__ import annotations

import resource
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as Sink

from tests.servers.postgres import Postgres
from tests.servers.processes import free_port, wait_until
from tests.servers.redis import Redis
from tests.servers.shape import Shape
from tests.tools import compose

ROOT = compose.ROOT
RUNNING = ("clinic", "pharmacy", "pharmacy-tick", "worker", "beat")
pytestmark = pytest.mark.slow


class Letterbox(Sink):
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.letters.append(message)


@pytest.fixture(scope="module", autouse=True)
def cores_allowed() -> Iterator[None]:
    """What is started here may write a core as far as the machine lets it, unless it says otherwise."""
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


@pytest.fixture(scope="module")
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    """The letterbox and its port."""
    sink, port = Letterbox(), free_port()
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    yield sink, port
    controller.stop()


@pytest.fixture(scope="module")
def shape(
    tmp_path_factory: pytest.TempPathFactory,
    postgres_server: Postgres,
    redis_server: Redis,
    letterbox: tuple[Letterbox, int],
) -> Iterator[Shape]:
    """The installation, migrated and started."""
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS velum WITH (FORCE)")  # another module's, if any
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'velum_owner'").fetchone():
            connection.execute("CREATE ROLE velum_owner SUPERUSER LOGIN")
        connection.execute("CREATE DATABASE velum OWNER velum_owner")
    own = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(letterbox[1]), "TICK_SECONDS": "3"}
    shape = Shape(tmp_path_factory.mktemp("shape"), postgres_server, redis_server, own)
    must(shape, "migrate", sys.executable, "manage.py", "collectstatic", "--no-input")
    must(shape, "migrate")
    for name in RUNNING:
        shape.start(name)
    try:
        yield shape
    finally:
        shape.stop()


def must(shape: Shape, name: str, *command: str) -> str:
    """Run something to its end, which has to be a good one."""
    done = shape.run(name, *command)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


@pytest.mark.parametrize("name", RUNNING)
def test_each_service_passes_its_own_health_check(shape: Shape, name: str) -> None:
    wait_until(lambda: shape.healthy(name), seconds=60, what=name)


def test_each_door_shows_its_own_login(shape: Shape) -> None:
    pages = {name: login_page(shape, name) for name in ("clinic", "pharmacy")}

    assert "UNBLINDED" not in pages["clinic"]
    assert "UNBLINDED" in pages["pharmacy"]


def login_page(shape: Shape, name: str) -> str:
    address = f"http://127.0.0.1:{shape.ports[name]}/accounts/login/"
    request = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(answer.read().decode())


def test_no_private_key_lies_within_reach_of_a_clinic_process(shape: Shape) -> None:
    within = {name: {path.name for path in shape.root(name).rglob("*.key")} for name in RUNNING}

    nothing: set[str] = set()
    without = dict.fromkeys(("clinic", "worker", "beat", "pharmacy-tick"), nothing)
    assert within == {"pharmacy": {"pharmacy.key"}} | without


@pytest.mark.parametrize("name", RUNNING)
def test_no_process_of_a_door_would_leave_a_core(shape: Shape, name: str) -> None:
    started = shape.processes[name].pid
    wait_until(lambda: shape.healthy(name), seconds=60, what=name)

    limits = {core_limit(pid) for pid in children(started) or [started]}

    assert limits == {(0, 0)}


def test_a_process_that_is_not_a_doors_would_leave_one(shape: Shape) -> None:
    """Otherwise the machine forbids cores by itself, and the test above tells nothing."""
    if core_limit(0)[1] == 0:
        pytest.skip("this machine lets nobody write a core")
    sleeper = subprocess.Popen(["sleep", "60"])

    limit = core_limit(sleeper.pid)
    sleeper.kill()
    sleeper.wait()

    assert limit == core_limit(0) != (0, 0)


def core_limit(pid: int) -> tuple[int, int]:
    """Soft and hard limit, in bytes, of the core that a process may write; 0 is this one."""
    return resource.prlimit(pid, resource.RLIMIT_CORE)


def children(pid: int) -> list[int]:
    """The processes that one has started: of a web server those that hold the application."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_the_clinic_role_cannot_read_a_seal(shape: Shape) -> None:
    as_clinic = psycopg.connect(shape.postgres.url_of("velum", "velum_clinic"))

    with as_clinic, pytest.raises(psycopg.errors.InsufficientPrivilege):
        as_clinic.execute("SELECT count(*) FROM sealed_seal")


@pytest.mark.parametrize(
    "command",
    [("gunicorn", "trial.wsgi", "--check-config"), ("celery", "-A", "trial", "worker", "--pool", "solo")],
    ids=["clinic", "worker"],
)
def test_a_clinic_process_with_a_role_that_reaches_the_seals_does_not_start(
    shape: Shape, command: tuple[str, ...]
) -> None:
    as_owner = {"DATABASE_URL": shape.postgres.url_of("velum", "velum_owner")}

    done = subprocess.run(
        command,
        cwd=ROOT,
        env=shape.environment("clinic") | as_owner,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert done.returncode != 0
    assert "The clinic's database role can reach" in done.stdout + done.stderr


def test_a_clinic_process_that_could_read_one_sealed_column_does_not_start(shape: Shape) -> None:
    grants = "{} SELECT (box) ON sealed_seal {} velum_clinic"
    with psycopg.connect(shape.postgres.url_of("velum", "velum_owner"), autocommit=True) as owner:
        owner.execute(grants.format("GRANT", "TO"))
        done = shape.run("clinic", "gunicorn", "trial.wsgi", "--check-config")
        owner.execute(grants.format("REVOKE", "FROM"))

    assert done.returncode != 0
    assert "it has rights on sealed_seal (REVOKE ALL ON sealed_seal FROM PUBLIC, velum_clinic)" in done.stderr


def test_a_due_reminder_is_really_mailed(shape: Shape, letterbox: tuple[Letterbox, int]) -> None:
    number = must(shape, "migrate", sys.executable, "-m", "tests.faults.plant_reminder")

    wait_until(lambda: bool(letterbox[0].letters), seconds=90, what="the reminder")

    letter = letterbox[0].letters[0]
    assert letter["To"] == "nurse@site.example"
    assert number in letter.get_payload()


def test_the_whole_way_needs_no_right_that_the_doors_roles_do_not_have(shape: Shape) -> None:
    walk = (sys.executable, "-m", "tests.faults.walk_as")
    with_all_keys = shape.environment("migrate") | {"VELUM_KEYS": str(shape.keys)}

    subprocess.run((*walk, "owner"), cwd=ROOT, env=with_all_keys, check=True, timeout=120)
    must(shape, "clinic", *walk, "clinic")
    must(shape, "pharmacy", *walk, "pharmacy")


def test_all_services_end_when_asked_to(shape: Shape) -> None:
    assert shape.stop() == dict.fromkeys(RUNNING, 0)
