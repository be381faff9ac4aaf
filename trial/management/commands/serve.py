"""`manage.py serve`: one door on the embedded server, in one process.

The clinic door's process also carries the Celery worker and beat, because the embedded broker
lives in memory: a beat in another process would ring a bell that nobody hears. The pharmacy door's
process carries what `pharmacy_tick` and `publish_readiness` do elsewhere.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

from celery import beat
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from waitress.server import create_server

from trial.celery import app
from trial.management.pharmacy_clock import tick_until
from trial.wsgi import application


class Command(BaseCommand):
    """Serve this door until Ctrl-C."""

    help = (
        "Serves this door with the embedded server; on the clinic door with Celery worker and beat, "
        "on the pharmacy door with pharmacy_tick and publish_readiness."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address and port to listen on."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until Ctrl-C, which may also come while the worker is still starting."""
        with suppress(KeyboardInterrupt):
            self._serve(options)

    @staticmethod
    def _serve_pharmacy(server: Any) -> None:
        """What is due behind this door is done beside the server, in a thread."""
        stop = threading.Event()
        often = {"seconds": settings.PHARMACY_TICK_SECONDS}
        threading.Thread(target=tick_until, args=(stop,), kwargs=often, daemon=True).start()
        threading.Thread(target=call_command, args=("publish_readiness",), daemon=True).start()
        try:
            server.run()
        finally:
            stop.set()

    def _serve(self, options: dict[str, Any]) -> None:
        """The worker, if there is one, keeps the main thread because it handles signals."""
        server = create_server(application, host=options["host"], port=options["port"], threads=8)
        self.stdout.write(f"{settings.VELUM_DOOR} door on http://{options['host']}:{options['port']}/")
        if not settings.CLINIC:
            self._serve_pharmacy(server)
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
