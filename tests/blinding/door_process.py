"""One process of one door, running the parts that it is told, one line of standard input at a time.

`python -m tests.blinding.door_process FACTS OUT CONTROL [--depth D] [--portions P,P] [--breach NAME]
[--secret FILE] [--world NAME]`
The clinic is never given a world's name; a secret it is given only together with a planted leak.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn
from uuid import UUID

from tests.blinding.fixed_sources import FixedSources
from tests.blinding.sandbox import facts_of
from tests.blinding.set_up import QUICK, START


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("facts", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("control", type=int)
    parser.add_argument("--depth", default="full")
    parser.add_argument(
        "--portions", type=numbers, default=(0,), help="portions of the sweep, with commas between"
    )
    parser.add_argument("--breach", default="")
    parser.add_argument("--secret", type=Path)
    parser.add_argument("--world", default="")
    return parser.parse_args()


def numbers(text: str) -> tuple[int, ...]:
    """`0,1` as numbers."""
    return tuple(map(int, text.split(",")))


def prepared(fixed: FixedSources) -> Any:
    """Django, set up for a run: passwords are hashed quickly, mail goes to a folder with numbered files."""
    import django
    from django.conf import settings

    settings.PASSWORD_HASHERS = QUICK
    settings.EMAIL_BACKEND = "tests.blinding.filebased.EmailBackend"
    settings.MAIL_FOLDER.mkdir(parents=True, exist_ok=True)
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    from django.db.backends.base import base

    base._thread = SimpleNamespace(get_ident=lambda: 1)  # its number stands in the names of savepoints
    django.setup()
    from django.db.backends.signals import connection_created

    from tests.blinding.watching import Watch

    watch = Watch(fixed)
    connection_created.connect(partial(opened, watch), weak=False)
    return watch


def opened(watch: Any, connection: Any, **signal: Any) -> None:
    """No run has to outlive a power cut; every statement is heard."""
    if connection.vendor == "sqlite":
        connection.connection.execute("PRAGMA synchronous = OFF")
        watch.side_effects.listen_to(connection)


def clinic(given: argparse.Namespace, fixed: FixedSources) -> tuple[Any, Any]:
    """The clinic's process."""
    watch = prepared(fixed)
    from celery.app import trace

    from tests.blinding.clinic_later import WholeClinic
    from tests.blinding.people import People
    from tests.blinding.sweep_depths import DEPTHS
    from trial.celery import app
    from trial.permissions import DOORS
    from trial.walls.database import refuse_open_wall

    refuse_open_wall()
    app.loader.import_default_modules()  # a worker knows the tasks when it starts
    watch.log = watch.heard()  # for Celery sets Django up again, with its logging
    app.conf.broker_transport_options |= {"health_check_interval": 0}  # it asks by the real clock
    trace.build_tracer = partial(trace.build_tracer, monotonic=float)  # it logs how long a task took
    app.__dict__["oid"] = app._local.oid = str(UUID(int=7))  # else made of an address in memory
    facts = facts_of(given.facts)
    depth = DEPTHS[given.depth]
    watch.keeps_lines, watch.untraced = depth.traced, depth.untraced(given.portions)
    people = People(facts, watch, set(DOORS["clinic"]))
    return WholeClinic(people, watch, depth, facts["fields"], given.portions), watch


def pharmacy(given: argparse.Namespace, fixed: FixedSources) -> tuple[Any, Any]:
    """The pharmacy's process, in its world."""
    from tests.blinding.pharmacy import Pharmacy, relabel, use_assignment_of
    from tests.blinding.worlds import find

    world = find(given.world)
    use_assignment_of(world)
    watch = prepared(fixed)
    watch.keep_no_lines()
    relabel(world)
    from tests.blinding.people import People
    from tests.blinding.sweep_depths import DEPTHS
    from trial.permissions import DOORS

    people = People(facts_of(given.facts), watch, set(DOORS["pharmacy"]))
    return Pharmacy(world, people, watch, given.secret, DEPTHS[given.depth], given.portions), watch


def leave(control: int) -> NoReturn:
    """Say that all is written, and go."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(control, b"written\n")
    os._exit(0)


def main() -> None:
    """Run parts until standard input ends, then write what was seen."""
    gc.disable()  # the process is short-lived, and goes without putting its memory in order
    given = arguments()
    fixed = FixedSources(START)
    door = os.environ["VELUM_DOOR"]
    process, watch = (clinic if door == "clinic" else pharmacy)(given, fixed)
    if given.breach:
        from tests.blinding.breaches import plant

        plant(given.breach, door, given.secret)
    for line in sys.stdin:
        name = line.strip()
        watch.begin(name)
        getattr(process, name)()
        os.write(given.control, b"done\n")
    watch.recording.write(given.out, watch.trace.names())
    leave(given.control)


if __name__ == "__main__":
    main()
