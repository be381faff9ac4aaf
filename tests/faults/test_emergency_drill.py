"""Emergency unblinding with things dead: from log-in to the arm, in the real processes, on PostgreSQL.

Redis, mail server, worker, clinic door and the hospital's own log-in are really gone, one at a time and then
all; that log-in also hangs while strangers press its button; then a process with the clinic's database role
holds what it can lock, and does not let go. Each drill is a doctor with password and a printed recovery code,
or the app once those are used up. The seconds are printed; none may take longer than SECONDS.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from aiosmtpd.controller import Controller
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.faults.test_production_shape import Letterbox
from tests.lanes import TESTS
from tests.servers.hospital import CLIENT, SECRET, Hospital, a_hospital
from tests.servers.postgres import Postgres
from tests.servers.processes import free_port, wait_until
from tests.servers.redis import private_redis
from tests.servers.shape import Shape
from trial.walls.database_grants import CLINIC, granted

pytestmark = pytest.mark.slow
SERVICES = ("clinic", "pharmacy", "pharmacy-tick", "worker", "beat")
SECONDS = 60


class Ground:
    """An installation with everything running, to take things away from."""

    def __init__(self, shape: Shape, port: int, planted: dict[str, Any], hospital: Hospital) -> None:
        self.shape, self.port, self.planted = shape, port, planted
        self.codes, self.hospital = self.all_codes(planted), hospital
        self.waited: set[int] = set()
        self.mail: Controller | None = None
        self.bring_back("mail")

    @staticmethod
    def all_codes(planted: dict[str, Any]) -> Iterator[str]:
        """The doctor's recovery codes, then those of the app; each is good once."""
        yield from planted["codes"]
        last = 0
        while True:
            while (step := int(time.time()) // 30) <= last:
                time.sleep(1)
            last = step
            yield format_hotp_value(hotp_value(planted["seed"], step))

    def take_away(self, what: str) -> None:
        """End it, and see that it is gone."""
        if what == "redis":
            self.shape.redis.stop()
        elif what == "mail":
            self.stop_mail()
        elif what == "sign-on":
            self.hospital.stop()
        else:
            process = self.shape.processes[what]
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(timeout=10)
            assert process.poll() is not None

    def bring_back(self, what: str) -> None:
        """Start it again."""
        if what == "redis":
            self.shape.redis.start()
        elif what == "mail":
            self.mail = Controller(Letterbox(), hostname="127.0.0.1", port=self.port)
            self.mail.start()
        elif what == "sign-on":
            self.hospital.start()
        else:
            self.shape.start(what)
            wait_until(lambda: self.shape.healthy(what), seconds=60, what=what)

    def stop_mail(self) -> None:
        """End the mail server, if it runs."""
        if self.mail:
            self.mail.stop()
        self.mail = None


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres) -> Iterator[Ground]:
    with psycopg.connect(postgres_server.url, autocommit=True) as connection:
        for role in ("velum_owner", "velum_clinic", "velum_pharmacy"):
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                connection.execute(f"CREATE ROLE {role} LOGIN {'SUPERUSER' if role == 'velum_owner' else ''}")
        connection.execute("DROP DATABASE IF EXISTS velum WITH (FORCE)")
        connection.execute("CREATE DATABASE velum OWNER velum_owner")
    port = free_port()
    with private_redis() as redis, a_hospital() as hospital:
        variables = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "TICK_SECONDS": "3"}
        shape = Shape(tmp_path_factory.mktemp("drill"), postgres_server, redis, variables)
        shape.added = dict.fromkeys(("clinic", "pharmacy"), with_sign_on(shape, hospital))
        must(shape.run("migrate", sys.executable, "manage.py", "collectstatic", "--no-input"))
        must(shape.run("migrate"))
        planted = json.loads(plant(shape))
        for name in SERVICES:
            shape.start(name)
        for name in ("clinic", "pharmacy"):
            wait_until(lambda name=name: shape.healthy(name), seconds=60, what=name)
        ground = Ground(shape, port, planted, hospital)
        try:
            yield ground
        finally:
            shape.stop()
            ground.stop_mail()


def with_sign_on(shape: Shape, hospital: Hospital) -> dict[str, str]:
    """What an installation adds for single sign-on; the secret is a file."""
    secret = shape.folder / "sign-on-secret"
    secret.write_text(SECRET)
    return {
        "VELUM_SIGN_ON_ISSUER": hospital.issuer,
        "VELUM_SIGN_ON_CLIENT": CLIENT,
        "VELUM_SIGN_ON_SECRET_FILE": str(secret),
    }


def must(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def plant(shape: Shape) -> str:
    """As the owner of the database, with all keys; the pharmacy's secret enciphers second factors."""
    shape.mount("pharmacy")
    own = {"DATABASE_URL": shape.postgres.url_of("velum", "velum_owner"), "VELUM_KEYS": str(shape.keys)}
    words = [sys.executable, "-m", "tests.faults.plant_emergency"]
    env = shape.environment("pharmacy") | own
    return must(subprocess.run(words, cwd=TESTS.parent, env=env, capture_output=True, text=True))


class Browser:
    """What the doctor's browser sends, through the proxy in front of the door."""

    def __init__(self, port: int, address: str = "127.0.0.1") -> None:
        self.host, self.cookies, self.address = f"127.0.0.1:{port}", SimpleCookie(), address
        self.token = self.path = ""

    def get(self, path: str) -> tuple[int, str]:
        return self.send("GET", path)

    def post(self, path: str, **answers: str) -> tuple[int, str]:
        return self.send("POST", path, urlencode(answers | {"csrfmiddlewaretoken": self.token}))

    def send(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """One request; redirects are followed."""
        self.path = path
        wire = http.client.HTTPConnection(self.host, timeout=60)
        sent = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        headers = {"Cookie": sent, "X-Forwarded-Proto": "https", "X-Forwarded-For": self.address}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"https://{self.host}"}
        wire.request(method, path, body=body, headers=headers)
        answer = wire.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                self.cookies.load(value)
        text = html.unescape(answer.read().decode())
        if answer.status in {301, 302}:
            return self.get(answer.headers["Location"])
        if found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text):
            self.token = found[1]
        return answer.status, text


def drill(ground: Ground) -> tuple[float, str]:
    """From the log-in page to the arm: the seconds, and the page with the answer."""
    browser, planted = Browser(ground.shape.ports["pharmacy"]), ground.planted
    started = time.monotonic()
    browser.get("/accounts/login/")
    answer = browser.post("/accounts/login/", login="doctor", password=planted["password"])
    if answer[0] == 429:
        time.sleep(int(re.findall(r"looked at in (\d+) s", answer[1])[0]))
        answer = browser.post("/accounts/login/", login="doctor", password=planted["password"])
    assert answer[0] == 200, answer
    status, _ = browser.post("/accounts/2fa/authenticate/", code=next(ground.codes))
    assert status == 200
    browser.get("/code-break/")
    status, page = browser.post("/code-break/", number=planted["participant"], reason="Drill")
    assert planted["participant"] in page, page
    status, page = browser.post(browser.path, password=planted["password"])
    assert status == 200, page
    return time.monotonic() - started, page


ALL = "all five, and beat"
DEAD = {
    "nothing": (),
    "Redis": ("redis",),
    "mail": ("mail",),
    "worker": ("worker",),
    "clinic door": ("clinic",),
    "the hospital's log-in": ("sign-on",),
    ALL: ("redis", "mail", "worker", "clinic", "sign-on", "beat"),
}


@pytest.mark.parametrize("dead", DEAD)
def test_the_arm_is_seen_whatever_else_is_dead(ground: Ground, dead: str) -> None:
    for what in DEAD[dead]:
        ground.take_away(what)
    try:
        seconds, page = drill(ground)
    finally:
        if dead != ALL:
            for what in DEAD[dead]:
                ground.bring_back(what)
    print(f"\n{dead} dead: {seconds:.1f} s from log-in to arm")
    assert ground.planted["label"] in page
    assert "UNBLINDED" in page
    assert seconds <= SECONDS


def lockable() -> tuple[str, ...]:
    """The tables of which the clinic's role may lock rows: those of which it may change a column."""
    return tuple(table for table, rights in CLINIC.items() if "U" in granted(rights))


HELD = {
    "the trail's head": ("SELECT 1 FROM trial_auditchain FOR UPDATE",),
    "a transaction of the clinic that hangs": (
        "SELECT 1 FROM trial_participant FOR UPDATE",
        "SELECT 1 FROM randomization_stratum FOR UPDATE",
        "UPDATE trial_auditchain SET sequence = sequence + 1",
        "INSERT INTO trial_auditentry "
        "(chain_id, sequence, at, actor, role, action, subject, body, previous, hash) "
        "SELECT id, sequence, now(), 'nurse', 'study_nurse', 'hung', '-', '{}', head, head "
        "FROM trial_auditchain",
    ),
    "every row that the clinic may lock": tuple(f"SELECT 1 FROM {table} FOR UPDATE" for table in lockable()),
}


@contextmanager
def holding(ground: Ground, held: str) -> Iterator[None]:
    """A process with the clinic's role that has begun, and neither commits nor ends."""
    with psycopg.connect(ground.shape.postgres.url_of("velum", "velum_clinic")) as clinic:
        for statement in HELD[held]:
            clinic.execute(statement)
        yield
        clinic.rollback()


def rows(ground: Ground, question: str) -> list[Any]:
    with psycopg.connect(ground.shape.postgres.url_of("velum", "velum_owner")) as owner:
        return owner.execute(question).fetchall()


def ask(ground: Ground, question: str) -> Any:
    return rows(ground, question)[0][0]


WAITING = "SELECT (SELECT count(*) FROM sealed_codebreak) - (SELECT count(*) FROM sealed_codebreakentered)"
LAST = "SELECT max(id) FROM sealed_codebreak"
LATE = """SELECT b.id FROM trial_auditentry e
    JOIN sealed_codebreak b ON (e.body::json->>'happened_at')::timestamptz = b.at
    WHERE e.action = 'code.broken' AND e.at > b.at"""


@pytest.mark.parametrize("held", HELD)
def test_the_arm_is_seen_whatever_the_clinic_has_locked(ground: Ground, held: str) -> None:
    wait_until(lambda: ask(ground, WAITING) == 0, seconds=30, what="the outbox")
    with holding(ground, held):
        seconds, page = drill(ground)
        waiting = ask(ground, WAITING)
    ground.waited.add(ask(ground, LAST))
    print(f"\nlocked by the clinic: {held}: {seconds:.1f} s from log-in to arm")
    assert ground.planted["label"] in page
    assert seconds <= SECONDS
    assert waiting == 1


@contextmanager
def strangers(ground: Ground, addresses: list[str]) -> Iterator[list[int]]:
    """One stranger at each address, who guesses the doctor's password without a pause; the answers."""
    stop, statuses = threading.Event(), []

    def guess(address: str) -> None:
        browser = Browser(ground.shape.ports["pharmacy"], address)
        browser.get("/accounts/login/")
        while not stop.is_set():
            statuses.append(browser.post("/accounts/login/", login="doctor", password="guess")[0])

    crowd = [threading.Thread(target=guess, args=(address,)) for address in addresses]
    for one in crowd:
        one.start()
    try:
        wait_until(lambda: statuses.count(429) > 10, seconds=60, what="strangers who have to wait")
        yield statuses
    finally:
        stop.set()
        for one in crowd:
            one.join()


@contextmanager
def hanging(port: int) -> Iterator[None]:
    """Something that takes every connection at that port, and never says a word."""
    with socket.create_server(("127.0.0.1", port), backlog=200):
        yield


@contextmanager
def pressing(ground: Ground, count: int) -> Iterator[list[int]]:
    """So many strangers press the button of the hospital's log-in without a pause; the answers."""
    stop, statuses = threading.Event(), []

    def press() -> None:
        while not stop.is_set():
            statuses.append(Browser(ground.shape.ports["pharmacy"]).get("/accounts/sign-on/")[0])

    crowd = [threading.Thread(target=press) for _one in range(count)]
    for one in crowd:
        one.start()
    try:
        yield statuses
    finally:
        stop.set()
        for one in crowd:
            one.join()


def test_the_arm_is_seen_while_the_hospitals_log_in_hangs_and_strangers_press_its_button(
    ground: Ground,
) -> None:
    """The door has two processes that answer; each would wait for the hospital, if it were let."""
    ground.take_away("sign-on")
    with hanging(ground.hospital.port), pressing(ground, 5) as statuses:
        wait_until(lambda: len(statuses) > 10, seconds=60, what="strangers who are told")
        seconds, page = drill(ground)
    print(f"\nthe hospital's log-in hangs, {len(statuses)} times pressed: {seconds:.1f} s from log-in to arm")
    assert set(statuses) <= {200, 503} and 503 in statuses
    assert ground.planted["label"] in page
    assert seconds <= SECONDS


def test_the_arm_is_seen_while_ten_strangers_guess(ground: Ground) -> None:
    """Five of them at the doctor's own address, the worst case: the log-in waits ten seconds there."""
    with strangers(ground, ["127.0.0.1"] * 5 + [f"192.0.2.{number}" for number in range(5)]) as statuses:
        seconds, page = drill(ground)
    print(f"\nten strangers guessing ({len(statuses)} guesses): {seconds:.1f} s from log-in to arm")
    assert ground.planted["label"] in page
    assert seconds <= SECONDS
    told = ask(
        ground,
        "SELECT count(*) FROM sealed_sealedauditentry WHERE action LIKE 'log_in.%' "
        "AND body LIKE '%127.0.0.1%'",
    )
    assert told > 2
    assert ask(ground, "SELECT count(*) FROM sealed_sealedalarm WHERE account = 'doctor'") > 0


def test_what_waited_is_entered_with_its_true_time(ground: Ground) -> None:
    """Nobody opens a page meanwhile: the process of the pharmacy door does it."""
    wait_until(lambda: ask(ground, WAITING) == 0, seconds=30, what="the outbox")

    late = {row[0] for row in rows(ground, LATE)}

    assert len(ground.waited) == len(HELD)
    assert ground.waited <= late  # a busy machine may have made others wait too


def test_every_drill_is_on_record(ground: Ground) -> None:
    """And the trial manager's notices wait for a worker; both trails tell of each."""
    beset = ("the hospital's log-in hangs", "ten strangers guess")
    drills = len(DEAD) + len(HELD) + len(beset)
    counts = [
        ask(ground, f"SELECT count(*) FROM {table}")
        for table in ("sealed_codebreak", "randomization_codebreaknotice")
    ]
    assert counts == [drills, drills]
    told = "SELECT count(*) FROM trial_auditentry WHERE action = 'code.broken'"
    assert ask(ground, told) == drills
