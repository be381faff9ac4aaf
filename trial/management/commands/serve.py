"""`manage.py serve`: one door on the embedded server, in one process.

The clinic door's process also carries the Celery worker and beat, because the embedded broker
lives in memory: a beat in another process would ring a bell that nobody hears.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from celery import beat
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from waitress.server import create_server

from trial.celery import app
from trial.wsgi import application


class Command(BaseCommand):
    """Serve this door until Ctrl-C."""

    help = "Serves this door with the embedded server; on the clinic door with Celery worker and beat."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and port to listen on."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until Ctrl-C, which may also come while the worker is still starting."""
        with suppress(KeyboardInterrupt):
            self._serve(options)

    def _serve(self, options: dict[str, Any]) -> None:
        """The worker, if there is one, keeps the main thread because it handles signals."""
        server = create_server(application, host=options["host"], port=options["port"], threads=8)
        self.stdout.write(f"{settings.VELUM_DOOR} door on http://{options['host']}:{options['port']}/")
        if not settings.CLINIC:
            server.run()
            return
        threading.Thread(target=server.run, daemon=True).start()
        ticker = beat.EmbeddedService(
            app, thread=True, schedule_filename=settings.CELERY_BEAT_SCHEDULE_FILENAME
        )
        ticker.start()
        try:
            app.Worker(
                pool="solo",
                without_mingle=True,
                without_gossip=True,
                without_heartbeat=True,
                loglevel="ERROR",
                quiet=True,
            ).start()
        finally:
            ticker.stop()
            server.close()
