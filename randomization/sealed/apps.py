from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from randomization.hooks import OffersVerifiers
from randomization.sealed.jobs.hooks import OffersJobKinds
from randomization.sealed.vault.hooks import OffersBoxes
from trial.hooks import (
    Entry,
    HasPharmacyWork,
    MakesEnrolmentCodes,
    OffersFooterFacts,
    OffersPages,
    OffersSignedRecords,
    OffersUnblinding,
)
from trial.permissions import UNBLINDED_ROLES, Permission
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from randomization.sealed.jobs.kinds import Kind
    from randomization.sealed.models import BoxKind
    from randomization.verifying.reports import Clock, Verifier
    from trial.models import Trial, User
    from trial.walls.triggers import Trigger


class SealedConfig(
    AppConfig,
    OffersFooterFacts,
    OffersPages,
    OffersTriggers,
    OffersUnblinding,
    OffersVerifiers,
    OffersSignedRecords,
    OffersBoxes,
    OffersJobKinds,
    MakesEnrolmentCodes,
    HasPharmacyWork,
):
    """The unblinded half of randomisation. Its label is its own, so its tables are named sealed_…"""

    name = "randomization.sealed"
    label = "sealed"

    def ready(self) -> None:
        """Follow second factors and passwords as they are set up and changed at this door."""
        from randomization.sealed.enrolment import factors, passwords

        passwords.listen()
        factors.listen()

    def navigation(self) -> Sequence[Entry]:
        """The lists, breaking a code, signatures, people who wait, and the sealed trail."""
        unblinding = gettext_noop("Emergency unblinding")
        return (
            Entry("pharmacy", 30, "lists", gettext_noop("Lists"), Permission.MANAGE_LISTS),
            Entry("pharmacy", 40, "code_break", unblinding, Permission.BREAK_CODE),
            Entry(
                "pharmacy", 85, "signatures", gettext_noop("Signatures"), Permission.VIEW_SEALED_SIGNATURES
            ),
            Entry("pharmacy", 88, "waiting_people", gettext_noop("People"), Permission.CONFIRM_DUTIES),
            Entry("pharmacy", 90, "sealed_trail", gettext_noop("Sealed trail"), Permission.VIEW_SEALED_AUDIT),
        )

    def pharmacy_tick(self, *, at: datetime) -> None:
        """Tell the clinic of code breaks that wait, and people of alarms; at night, anchor the heads."""
        from randomization.anchoring import anchor_tonight
        from randomization.sealed.models import SealedAuditChain
        from randomization.sealed.opening.outbox import enter_waiting
        from trial.people.tries.alarms import send_alarms

        enter_waiting(at=at)
        send_alarms(at=at)
        anchor_tonight("sealed", SealedAuditChain, at=at)

    def footer_facts(self, trial: Trial, role: str) -> list[str]:
        """The head of the sealed trail: each page and print for the unblinded is a witness of it.

        Whoever is blinded sees none: it covers lots and volumes, and could be worked out by trying.
        """
        from randomization.sealed.vault.trail import head_of

        head = head_of(trial) if role in UNBLINDED_ROLES else ""
        return [_("sealed trail %(head)s") % {"head": f"{head[:16]}…"}] if head else []

    def unblinding_page(self) -> str:
        """The address of emergency unblinding."""
        return reverse("code_break")

    def triggers(self) -> Sequence[Trigger]:
        """The triggers of this application's tables."""
        from randomization.sealed.models.triggers import TRIGGERS

        return TRIGGERS

    def signed_contents(
        self, act: str, records: Sequence[str], trial: Trial
    ) -> Mapping[str, Mapping[str, object]] | None:
        """Lists and code breaks."""
        from randomization.sealed.vault.signing import signed_contents

        return signed_contents(act, records, trial)

    def verifiers(self, clock: Clock) -> Sequence[Verifier]:
        """What `manage.py verify` runs at the pharmacy door in addition."""
        from randomization.sealed.verification import VERIFIERS, sealed_chains

        return (partial(sealed_chains, clock), *VERIFIERS)

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
