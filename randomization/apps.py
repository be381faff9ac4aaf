from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from randomization.verification import Verifier


class RandomizationConfig(AppConfig):
    """The blinded half of randomisation: envelopes, without what they hold."""

    name = "randomization"

    def verifiers(self) -> Sequence[Verifier]:
        """What `manage.py verify` runs for this app; any app may offer the same."""
        from randomization.verification import VERIFIERS

        return VERIFIERS
