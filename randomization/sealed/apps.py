from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_noop

from randomization.hooks import OffersVerifiers
from randomization.sealed.jobs.hooks import OffersJobKinds
from randomization.sealed.vault.hooks import OffersBoxes
from trial.hooks import Entry, MakesEnrolmentCodes, OffersPages, OffersUnblinding
from trial.permissions import Permission
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from randomization.sealed.jobs.kinds import Kind
    from randomization.sealed.models import BoxKind
    from randomization.verification import Verifier
    from trial.models import User
    from trial.walls.triggers import Trigger


class SealedConfig(
    AppConfig,
    OffersPages,
    OffersTriggers,
    OffersUnblinding,
    OffersVerifiers,
    OffersBoxes,
    OffersJobKinds,
    MakesEnrolmentCodes,
):
    """The unblinded half of randomisation. Its label is its own, so its tables are named sealed_…"""

    name = "randomization.sealed"
    label = "sealed"

    def navigation(self) -> Sequence[Entry]:
        """The lists, and breaking a code."""
        unblinding = gettext_noop("Emergency unblinding")
        return (
            Entry("pharmacy", 30, "lists", gettext_noop("Lists"), Permission.MANAGE_LISTS),
            Entry("pharmacy", 40, "code_break", unblinding, Permission.BREAK_CODE),
        )

    def unblinding_page(self) -> str:
        """The address of emergency unblinding."""
        return reverse("code_break")

    def triggers(self) -> Sequence[Trigger]:
        """The triggers of this application's tables."""
        from randomization.sealed.models.triggers import TRIGGERS

        return TRIGGERS

    def verifiers(self) -> Sequence[Verifier]:
        """What `manage.py verify` runs at the pharmacy door in addition."""
        from randomization.sealed.verification import VERIFIERS

        return VERIFIERS

    def boxes(self) -> Sequence[BoxKind]:
        """The boxes that a re-keying seals anew."""
        from randomization.sealed.vault.envelope_contents import BOXES

        return BOXES

    def job_kinds(self) -> Mapping[str, Kind]:
        """The kinds of long work that are done here, by their name in a job's row."""
        from randomization.sealed import verification_work
        from randomization.sealed.comparing import page, work
        from randomization.sealed.jobs.kinds import Kind
        from randomization.sealed.models import JobKind

        return {
            JobKind.SIMULATION: Kind(work.compare, "sealed/job_comparison.html", page.answer_context),
            JobKind.VERIFICATION: Kind(
                verification_work.check_everything,
                "sealed/job_verification.html",
                verification_work.context,
                verification_work.order,
            ),
        }

    def enrolment_code(self, *, user: User, at: datetime) -> str:
        """A new enrolment code for somebody who has to set up a second factor; empty for anybody else."""
        from randomization.sealed.enrolment.codes import code_if_needed

        return code_if_needed(user=user, at=at)
