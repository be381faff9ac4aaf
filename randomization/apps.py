from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from randomization.hooks import OffersVerifiers
from trial.hooks import Entry, OffersFooterFacts, OffersPages
from trial.permissions import Permission
from trial.screening.recruiting import KnowsOfRecruitment
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from randomization.verification import Verifier
    from trial.models import Site, Trial
    from trial.walls.triggers import Trigger


class RandomizationConfig(
    AppConfig, OffersPages, OffersTriggers, OffersFooterFacts, OffersVerifiers, KnowsOfRecruitment
):
    """The blinded half of randomisation: envelopes, without what they hold."""

    name = "randomization"

    def navigation(self) -> Sequence[Entry]:
        """What is known of the trial and its list."""
        return (Entry("clinic", 60, "trial", gettext_noop("Trial"), Permission.VIEW_PARTICIPANTS),)

    def triggers(self) -> Sequence[Trigger]:
        """The triggers of this application's tables."""
        from randomization.triggers import TRIGGERS

        return TRIGGERS

    def verifiers(self) -> Sequence[Verifier]:
        """What `manage.py verify` runs for this app."""
        from randomization.verification import VERIFIERS

        return VERIFIERS

    def check_can_recruit(self, site: Site) -> None:
        """Refuse a screening that could end in no draw."""
        from randomization.limits import check_can_recruit

        check_can_recruit(site)

    def recruitment_notes(self, sites: Sequence[Site]) -> list[str]:
        """Which strata are full or used up."""
        from randomization.limits import recruitment_notes

        return recruitment_notes(sites)

    def footer_facts(self, trial: Trial) -> list[str]:
        """The root of the list that the trial draws from, for the foot of every page and print."""
        from randomization.queries import published_list

        published = published_list(trial)
        return [_("list root %(root)s") % {"root": f"{published.root[:16]}…"}] if published else []
