from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from randomization.hooks import OffersVerifiers
from trial.hooks import (
    AsksOfAmendments,
    Entry,
    KnowsCodeBreaks,
    KnowsStrataOfDraws,
    OffersFooterFacts,
    OffersPages,
    OffersSignedRecords,
)
from trial.permissions import Permission
from trial.screening.recruiting import KnowsOfRecruitment
from trial.walls.trigger_registry import OffersTriggers

if TYPE_CHECKING:
    from datetime import datetime

    from randomization.verifying.reports import Clock, Verifier
    from trial.models import CurrentParticipant, ProtocolVersion, Site, Trial
    from trial.screening.recruiting import Recruitment
    from trial.walls.triggers import Trigger


class RandomizationConfig(
    AppConfig,
    OffersPages,
    OffersTriggers,
    OffersFooterFacts,
    OffersVerifiers,
    OffersSignedRecords,
    AsksOfAmendments,
    KnowsOfRecruitment,
    KnowsCodeBreaks,
    KnowsStrataOfDraws,
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

    def verifiers(self, clock: Clock) -> Sequence[Verifier]:
        """What `manage.py verify` runs for this app."""
        from randomization.verification import VERIFIERS, audit_chains

        return (partial(audit_chains, clock), *VERIFIERS)

    def signed_contents(
        self, act: str, records: Sequence[str], trial: Trial
    ) -> Mapping[str, Mapping[str, object]] | None:
        """Draws, their corrections, and the data lock."""
        from randomization.signed_records import signed_contents

        return signed_contents(act, records, trial)

    def check_can_recruit(self, site: Site) -> None:
        """Refuse a screening that could end in no draw."""
        from randomization.limits import check_can_recruit

        check_can_recruit(site)

    def recruitment_notes(self, sites: Sequence[Site]) -> list[str]:
        """Which strata are full or used up."""
        from randomization.limits import recruitment_notes

        return recruitment_notes(sites)

    def recruitment_at(self, sites: Sequence[Site]) -> Mapping[str, Recruitment]:
        """Why nobody could be randomised at each of these sites, and which strata are full or used up."""
        from randomization.limits import recruitment_at

        return recruitment_at(sites)

    def notes_before_draw(self, participant: CurrentParticipant, *, at: datetime) -> list[str]:
        """That the screening period leaves no day 1."""
        from randomization.waiting import period_notes

        return period_notes(participant, at=at)

    def check_can_randomize(self, participant: CurrentParticipant, *, at: datetime) -> None:
        """Refuse as the draw would: a hold, a closed site, a target, a list that is used up."""
        from randomization.services import check_can_randomize

        check_can_randomize(participant, at=at)

    def confirmed_of_amendment(
        self, version: ProtocolVersion, confirmed: Mapping[str, object]
    ) -> Mapping[str, str]:
        """Ask about targets that would be passed from the first day of that version on."""
        from randomization.limits import confirmed_targets

        return confirmed_targets(version, confirmed)

    def strata_of_draws(self, trial: Trial) -> Sequence[tuple[str, str, str]]:
        """Who was drawn where, and in which stratum they stand now."""
        from randomization.queries import strata_of_draws

        return strata_of_draws(trial)

    def code_breaks(self, participant: CurrentParticipant) -> list[str]:
        """When and by whom, for every page of the participant."""
        from randomization.code_breaks import code_breaks_of, in_words

        return [in_words(row) for row in code_breaks_of([participant])]

    def footer_facts(self, trial: Trial, role: str) -> list[str]:
        """The root of the list that the trial draws from, for the foot of every page and print."""
        from randomization.queries import published_list

        published = published_list(trial)
        return [_("list root %(root)s") % {"root": f"{published.root[:16]}…"}] if published else []
