"""Emergency unblinding from the command line: on the live database, or off line from a dump and a key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from randomization.dumps import UnreadableDump, reading
from randomization.key_files import KeyFault
from randomization.sealed.opening.code_break_sheets import told
from randomization.sealed.opening.found import find_for_opening
from randomization.sealed.opening.offline import open_offline
from randomization.sealed.opening.revealing import code_break
from randomization.sealed.vault.keys import read_opening_key
from trial.management.terminal import confirm_identity, duties_of, need_words
from trial.models import Delegation
from trial.people.signing.hands import hand_of_person
from trial.permissions import GRANTS, Permission
from trial.refusals import Refusal

WHY = "Why must you know?"
LATER = (
    "Nothing was written down. Enter this opening when the pharmacy door is back: Emergency unblinding, "
    "“A code was broken elsewhere”, with the true time and your name."
)


class Command(BaseCommand):
    """Show one participant's arm on this terminal, and nowhere else."""

    help = "UNBLINDS one participant. Off line with --database-dump and --key; otherwise with --by."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose code, why, and where to look."""
        parser.add_argument("number", help="participant number or randomisation number")
        parser.add_argument("--trial", default="", help="the trial's key, where there are several")
        parser.add_argument("--reason", default="", help="asked for if it is not given")
        parser.add_argument("--by", metavar="USERNAME", help="the investigator who acts (live database)")
        parser.add_argument("--database-dump", metavar="FILE", type=Path)
        parser.add_argument(
            "--key", metavar="FILE", type=Path, help="pharmacy.key or recovery.key (off line)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Open off line if a dump is named, otherwise on the live database."""
        try:
            if options["database_dump"]:
                self.offline(**options)
            else:
                self.live(**options)
        except (Refusal, KeyFault, UnreadableDump) as fault:
            raise CommandError(str(fault)) from fault

    def offline(self, *, number: str, trial: str, reason: str, **options: Any) -> None:
        """From a dump. Needs no server, no account and no other setting."""
        if options["key"] is None:
            raise CommandError("Name the key file with --key: pharmacy.key or recovery.key.")
        reason, key = need_words(reason, WHY), read_opening_key(options["key"])
        with reading(options["database_dump"]):
            opened = open_offline(number=number, trial=trial.lower(), key=key)
            envelope = opened.envelope
            self.show(
                f"{envelope.participant} ({envelope.number})", told(opened.arm, opened.protocol), reason
            )
        self.stdout.write(LATER)

    def live(self, *, number: str, trial: str, reason: str, **options: Any) -> None:
        """On the live database, in the name of an investigator, whose password is asked for."""
        by = code_breaker(options["by"] or "", trial.lower())
        found = find_for_opening(by, number)
        self.stdout.write("\n".join(f"{name}: {value}" for name, value in found.facts()))
        self.stdout.write("Nothing has been opened yet. Stop here (Ctrl-C) if this is somebody else.")
        confirm_identity(by.user)
        participant, reason = found.participant, need_words(reason, WHY)
        hand = hand_of_person(by, both_parts=True)  # the name came with the command
        arm = code_break(participant=participant, by=by, at=timezone.now(), reason=reason, hand=hand)
        protocol = participant.trial.protocol_version.protocol
        self.show(participant.number, told(arm, protocol), reason)

    def show(self, whom: str, receives: tuple[str, ...], reason: str) -> None:
        """The answer, marked as what it is."""
        lines = ("UNBLINDED", f"{whom} receives", *(f"  {line}" for line in receives), f"Reason: {reason}")
        self.stdout.write("\n".join(lines))


def code_breaker(username: str, trial: str) -> Delegation:
    """The running delegation under which this person may break a code."""
    roles = [role for role, granted in GRANTS.items() if Permission.BREAK_CODE in granted]
    duties = duties_of(username).filter(role__in=roles)
    found = list(
        (duties.filter(trial=trial) if trial else duties).select_related("user", "trial", "site")[:2]
    )
    if len(found) != 1:
        raise CommandError(
            "Name with --by an investigator who may break a code"
            + (
                ", and with --trial the trial."
                if found
                else ", or open off line with --database-dump and --key."
            )
        )
    return found[0]
