from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_noop

from randomization.hooks import OffersVerifiers
from randomization.sealed.vault.hooks import OffersBoxes
from trial.hooks import Entry, OffersPages
from trial.permissions import Permission
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from randomization.sealed.models import BoxKind
    from randomization.verification import Verifier
    from trial.walls.triggers import Trigger


class PharmacyConfig(AppConfig, OffersPages, OffersTriggers, OffersVerifiers, OffersBoxes):
    """Preparations and stock. Its label is its own, so its tables are named pharmacy_…"""

    name = "dosing.pharmacy"
    label = "pharmacy"

    def navigation(self) -> Sequence[Entry]:
        """The day's syringes, and the vials."""
        return (
            Entry("pharmacy", 10, "preparations", gettext_noop("Preparations"), Permission.PREPARE),
            Entry("pharmacy", 20, "stock", gettext_noop("Stock"), Permission.MANAGE_STOCK),
        )

    def triggers(self) -> Sequence[Trigger]:
        """The triggers of this application's tables."""
        from dosing.pharmacy.triggers import TRIGGERS

        return TRIGGERS

    def verifiers(self) -> Sequence[Verifier]:
        """What `manage.py verify` runs at the pharmacy door in addition."""
        from dosing.pharmacy.verification import VERIFIERS

        return VERIFIERS

    def boxes(self) -> Sequence[BoxKind]:
        """The boxes that a re-keying seals anew."""
        from dosing.pharmacy.contents import BOXES

        return BOXES
