from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from randomization.sealed.models import BoxKind
    from randomization.verification import Verifier


class PharmacyConfig(AppConfig):
    """Preparations and stock. Its label is its own, so its tables are named pharmacy_…"""

    name = "dosing.pharmacy"
    label = "pharmacy"

    def verifiers(self) -> Sequence[Verifier]:
        """What `manage.py verify` runs at the pharmacy door in addition."""
        from dosing.pharmacy.verification import VERIFIERS

        return VERIFIERS

    def boxes(self) -> Sequence[BoxKind]:
        """The boxes that a re-keying seals anew."""
        from dosing.pharmacy.contents import BOXES

        return BOXES
