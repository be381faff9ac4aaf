"""Leaks past everything that a product is asked for: printed, written, sent, said to the database."""

from __future__ import annotations

import logging
import os
import socket
import tempfile
from pathlib import Path
from typing import Any

from tests.blinding.breaches import Secret, breach
from tests.blinding.breaches.hooks import on_draw

HERE = ("127.0.0.1", 9)
"""A port at which nobody listens, as for a counter of metrics that is not there."""


@breach("a line that somebody printed and forgot", until="monday")
def printed(secret: Secret) -> None:
    on_draw(secret, lambda envelope, held: print(held["arm"]))


@breach("a file of one length for every arm")
def file_of_equal_size(secret: Secret) -> None:
    folder = Path(os.environ["VELUM_HOME"])
    on_draw(secret, lambda envelope, held: (folder / "last").write_text(f"{held['index']}"))  # type: ignore[func-returns-value]


@breach("a temporary file that is named after the arm", until="monday")
def temporary_file(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        Path(tempfile.gettempdir(), f"draw-{held['index']}").touch()

    on_draw(secret, then)


@breach("a log of its own, which no handler of the product hears")
def log_of_its_own(secret: Secret) -> None:
    logger = logging.getLogger("a library's own")
    logger.propagate = False
    logger.addHandler(logging.FileHandler(Path(os.environ["VELUM_HOME"], "own")))
    on_draw(secret, lambda envelope, held: logger.warning("%d", held["index"]))


@breach("a statement past Django", until="monday")
def bare_statement(secret: Secret) -> None:
    from django.db import connection

    on_draw(secret, lambda envelope, held: connection.connection.execute("SELECT ?", (held["index"],)))


@breach("a datagram to a counter of metrics", until="monday")
def datagram(secret: Secret) -> None:
    def then(envelope: Any, held: dict[str, Any]) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(f"arm.{held['index']}:1|c".encode(), HERE)

    on_draw(secret, then)


@breach("the name of a host that is looked up", until="monday")
def name_lookup(secret: Secret) -> None:
    on_draw(secret, lambda envelope, held: socket.getaddrinfo(f"127.0.0.{1 + held['index']}", 80))  # type: ignore[func-returns-value]
