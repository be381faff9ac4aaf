"""`manage.py install_amendment FILE`: a new version of the protocol of a trial that is installed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from trial.core.judges.untranslated import untranslated
from trial.management.confirming import add_confirm, asked_in_words, confirmed_in
from trial.people.amendments import install_amendment
from trial.protocol.files import load_protocol
from trial.refusals import NotConfirmed, Refusal


class Command(BaseCommand):
    """Install an amendment from a checked protocol file."""

    help = "Installs a new protocol version. Whoever has a calendar stays on theirs until they are moved."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the path of the new protocol file, and what was asked about and is right."""
        parser.add_argument("file")
        add_confirm(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Install, and say which version is the newest now."""
        try:
            version = install_amendment(
                file=load_protocol(options["file"]), at=timezone.now(), confirmed=confirmed_in(options)
            )
        except NotConfirmed as asked:
            raise CommandError(asked_in_words(asked)) from asked
        except (Refusal, OSError) as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(
            f"{version.trial_id}: version {version.version}, sha256 {version.digest}, is the newest now. "
            "Whoever has a calendar stays on the version that planned it."
        )
        if note := untranslated(version.protocol):
            self.stderr.write(str(note))
