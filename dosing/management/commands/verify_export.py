"""`manage.py verify_export FILE`: whether an export is as its manifest says, and its signature holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from randomization.exporting.everything import faults_of
from randomization.exporting.signatures import signature_faults, signature_of
from randomization.key_files import read_signers


class Command(BaseCommand):
    """Read every file of it, compare digests, check the signature. Asks no database."""

    help = "Checks an export: the SHA-256 of each file against the manifest, and the manifest's signature."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which file, and whose signature it has to bear."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--signer", action="append", default=[], metavar="HEX", help="a public key that is trusted"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what is wrong, or the digest to compare with what was written down."""
        try:
            with options["file"].open("rb") as file:
                faults, (digest, signed) = faults_of(file), signature_of(file)
        except OSError as fault:
            raise CommandError(f"{fault.filename} cannot be read: {fault.strerror}.") from fault
        except (BadZipFile, KeyError, ValueError) as fault:
            raise CommandError(f"{options['file']} is no export of Velum: {fault}") from fault
        known = set(options["signer"]) or read_signers(Path(settings.VELUM_KEYS))
        if found := [*faults, *signature_faults(digest, signed, known)]:
            raise CommandError("; ".join(found))
        self.stdout.write(f"Every file is as the manifest says. SHA-256 of the manifest: {digest}")
        self.stdout.write(_signed_in_words(signed, checked=bool(known)))


def _signed_in_words(signed: Any, *, checked: bool) -> str:
    if "ed25519" not in signed:
        named = f"Signed in Velum by {signed['name']}. " if "name" in signed else ""
        return f"{named}No key signed it: compare the digest with the entry of the trail."
    whose = "" if checked else ", whose key was compared with none"
    return f"Signed by {signed['signer']}{whose}. The signature holds."
