"""Emergency unblinding with things dead: from log-in to the arm, in the real processes, on PostgreSQL.

Redis, mail server, worker and clinic door are really gone, one at a time and then all. Each drill
is a doctor with password and a printed recovery code. The seconds are printed and gate nothing.
"""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from aiosmtpd.controller import Controller

from tests.faults.test_production_shape import Letterbox
from tests.lanes import TESTS
from tests.servers.postgres import Postgres
from tests.servers.processes import free_port, wait_until
from tests.servers.redis import private_redis
from tests.servers.shape import Shape

pytestmark = pytest.mark.slow
SERVICES = ("clinic", "pharmacy", "worker", "beat")


class Ground:
    """An installation with everything running, to take things away from."""

    def __init__(self, shape: Shape, port: int, planted: dict[str, Any]) -> None:
        self.shape, self.port, self.planted = shape, port, planted
        self.codes = iter(planted["codes"])
        self.mail: Controller | None = None
        self.bring_back("mail")

    def take_away(self, what: str) -> None:
        """End it, and see that it is gone."""
        if what == "redis":
            self.shape.redis.stop()
        elif what == "mail":
            self.stop_mail()
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
    with private_redis() as redis:
        variables = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(port), "TICK_SECONDS": "3"}
        shape = Shape(tmp_path_factory.mktemp("drill"), postgres_server, redis, variables)
        must(shape.run("migrate", sys.executable, "manage.py", "collectstatic", "--no-input"))
        must(shape.run("migrate"))
        planted = json.loads(plant(shape))
        for name in SERVICES:
            shape.start(name)
        for name in ("clinic", "pharmacy"):
            wait_until(lambda name=name: shape.healthy(name), seconds=60, what=name)
        ground = Ground(shape, port, planted)
        try:
            yield ground
        finally:
            shape.stop()
            ground.stop_mail()


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

    def __init__(self, port: int) -> None:
        self.host, self.cookies = f"127.0.0.1:{port}", SimpleCookie()
        self.token = ""

    def get(self, path: str) -> tuple[int, str]:
        return self.send("GET", path)

    def post(self, path: str, **answers: str) -> tuple[int, str]:
        return self.send("POST", path, urlencode(answers | {"csrfmiddlewaretoken": self.token}))

    def send(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """One request; redirects are followed."""
        wire = http.client.HTTPConnection(self.host, timeout=60)
        sent = "; ".join(f"{name}={morsel.value}" for name, morsel in self.cookies.items())
        headers = {"Cookie": sent, "X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}
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
    browser.post("/accounts/login/", login="doctor", password=planted["password"])
    status, _ = browser.post("/accounts/2fa/authenticate/", code=next(ground.codes))
    assert status == 200
    browser.get("/code-break/")
    words = {"number": planted["participant"], "reason": "Drill", "password": planted["password"]}
    status, page = browser.post("/code-break/", **words)
    assert status == 200, page
    return time.monotonic() - started, page


DEAD = {
    "nothing": (),
    "Redis": ("redis",),
    "mail": ("mail",),
    "worker": ("worker",),
    "clinic door": ("clinic",),
    "all four, and beat": ("redis", "mail", "worker", "clinic", "beat"),
}


@pytest.mark.parametrize("dead", DEAD)
def test_the_arm_is_seen_whatever_else_is_dead(ground: Ground, dead: str) -> None:
    for what in DEAD[dead]:
        ground.take_away(what)
    try:
        seconds, page = drill(ground)
    finally:
        if dead != "all four, and beat":
            for what in DEAD[dead]:
                ground.bring_back(what)
    print(f"\n{dead} dead: {seconds:.1f} s from log-in to arm")
    assert ground.planted["label"] in page
    assert "UNBLINDED" in page


def test_every_drill_is_on_record(ground: Ground) -> None:
    """And the trial manager's notices wait for a worker."""
    with psycopg.connect(ground.shape.postgres.url_of("velum", "velum_owner")) as connection:
        counts = [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # type: ignore[index]
            for table in ("sealed_codebreak", "randomization_codebreaknotice")
        ]
    assert counts == [len(DEAD), len(DEAD)]
