"""Where one message ends and the next begins: the doors' server, started as the containers start it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.processes import free_port, wait_until
from tests.tools import compose

APP = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"answered " + environ["PATH_INFO"].encode()]
"""
HIDDEN = "GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n"
TWO_READINGS = {
    "chunks and a length": ("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
    "two lengths": (f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n", ""),
    "a length with a sign": ("Content-Length: +0\r\n", ""),
    "chunks called otherwise": ("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
    "chunks behind a space": ("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
    "a chunk of a strange length": ("Transfer-Encoding: chunked\r\n", "0x0\r\n\r\n"),
    "a header on two lines": ("X-One: 1\r\n Content-Length: 0\r\n", ""),
}
"""Headers and body after which two programs could differ on what follows."""


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with the words of docker-compose.yml, but for address and application."""
    folder, port = tmp_path_factory.mktemp("app"), free_port()
    (folder / "answers.py").write_text(APP)
    said = list(compose.services(compose.read())["clinic"]["command"])
    said[said.index("--bind") + 1] = f"127.0.0.1:{port}"
    said[said.index("trial.wsgi")] = "answers:application"
    command = [str(Path(sys.executable).with_name("gunicorn")), *said[1:]]
    server = subprocess.Popen(
        command, cwd=folder, env={"PATH": os.environ["PATH"]}, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: answers(port), seconds=60, what="the server")
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def answers(port: int) -> bool:
    """Whether the server answers yet."""
    try:
        return "answered /ready" in said_to(port, "GET /ready HTTP/1.1\r\nHost: h\r\n\r\n")
    except OSError:
        return False


def said_to(port: int, text: str) -> str:
    """All that the server says to these very bytes until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(text.encode())
        line.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: line.recv(65536), b"")).decode()


@pytest.mark.parametrize("kind", TWO_READINGS)
def test_no_request_is_hidden_in_another_ones_body(port: int, kind: str) -> None:
    headers, body = TWO_READINGS[kind]
    said = said_to(port, f"POST /shown HTTP/1.1\r\nHost: h\r\n{headers}\r\n{body}{HIDDEN}")
    assert said.count("HTTP/1.1 ") == 1 and "/hidden" not in said


def test_a_request_that_is_not_hidden_is_answered(port: int) -> None:
    assert "answered /hidden" in said_to(port, HIDDEN)
