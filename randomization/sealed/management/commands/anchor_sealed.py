"""Print the heads of the sealed audit chains, for somebody outside to keep."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from randomization.anchoring import heads
from randomization.sealed.models import SealedAuditChain


class Command(BaseCommand):
    help = "Print the heads of the sealed audit chains; `verify --anchor-file` compares them later."

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each chain."""
        for head in heads(SealedAuditChain):
            self.stdout.write(str(head))
