"""`manage.py compile_translations`: makes the .mo of every catalogue, without GNU gettext.

Both files are kept in the repository, so that a machine without gettext has its French. `make check` names
the sentences that the catalogue lacks, and those that nothing says any more. Needs the development packages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Compile every catalogue; refuse one that is not complete."""

    help = "Compiles the translations; names every sentence that has none."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Compile each .po beside itself."""
        import polib

        for folder in map(Path, settings.LOCALE_PATHS):
            for path in sorted(folder.glob("*/LC_MESSAGES/*.po")):
                catalogue = polib.pofile(str(path))
                missing = [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
                if missing:
                    raise CommandError("Not translated: " + "; ".join(entry.msgid for entry in missing))
                catalogue.save_as_mofile(str(path.with_suffix(".mo")))
                self.stdout.write(f"{path.with_suffix('.mo').name}: {len(catalogue)} sentences")
