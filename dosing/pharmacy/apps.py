from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_noop

from randomization.hooks import OffersVerifiers
from randomization.sealed.vault.hooks import OffersBoxes
from trial.hooks import CatchesUp, Entry, OffersPages, OffersSignedRecords
from trial.permissions import Permission
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from datetime import datetime

    from randomization.sealed.models import BoxKind
    from randomization.verifying.reports import Clock, Verifier
    from trial.models import Trial
    from trial.walls.triggers import Trigger


class PharmacyConfig(
    AppConfig, OffersPages, OffersTriggers, OffersVerifiers, OffersBoxes, CatchesUp, OffersSignedRecords
):
    """Preparations and stock. Its label is its own, so its tables are named pharmacy_…"""

    name = "dosing.pharmacy"
    label = "pharmacy"

    def navigation(self) -> Sequence[Entry]:
        """The day's syringes, the vials, and the unblinded export at the end."""
        return (
            Entry("pharmacy", 10, "preparations", gettext_noop("Preparations"), Permission.PREPARE),
            Entry("pharmacy", 20, "stock", gettext_noop("Stock"), Permission.MANAGE_STOCK),
            Entry("pharmacy", 95, "export_unblinded", gettext_noop("Export"), Permission.MANAGE_LISTS),
        )

    def triggers(self) -> Sequence[Trigger]:
        """The triggers of this application's tables."""
        from dosing.pharmacy.triggers import TRIGGERS

        return TRIGGERS

    def signed_contents(
        self, act: str, records: Sequence[str], trial: Trial
    ) -> Mapping[str, Mapping[str, object]] | None:
        """Syringes that were released."""
        from dosing.pharmacy.signed import signed_contents

        return signed_contents(act, records, trial)

    def verifiers(self, clock: Clock) -> Sequence[Verifier]:
        """What `manage.py verify` runs at the pharmacy door in addition."""
        from dosing.pharmacy.verification import VERIFIERS

        return VERIFIERS

    def boxes(self) -> Sequence[BoxKind]:
        """The boxes that a re-keying seals anew."""
        from dosing.pharmacy.contents import BOXES

        return BOXES

    def catch_up(self, *, at: datetime) -> None:
        """Tell the clinic of syringes that it should know of already."""
        from dosing.pharmacy.publishing import catch_up

        catch_up(at=at)
