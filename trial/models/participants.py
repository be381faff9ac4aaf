"""Participants and what is known of them: consent, eligibility, status, contact details.

No name, no address, no full date of birth (CNIL MR-001 2.2.1). Every change is a new row; the
present is the latest one.
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, assert_never

from django.db import models
from django.utils.translation import gettext_lazy as _

from trial.models.people import Delegation
from trial.models.replay import Replayed
from trial.models.trials import ProtocolVersion, Site, Trial


class Status(models.TextChoices):
    """Where a participant stands in the trial."""

    SCREENING = "screening", _("in screening")
    ELIGIBLE = "eligible", _("eligible")
    SCREEN_FAILED = "screen_failed", _("screen failure")
    RANDOMIZED = "randomized", _("randomised")
    ON_TREATMENT = "on_treatment", _("on treatment")
    ON_HOLD = "on_hold", _("on hold")
    FOLLOW_UP = "follow_up", _("in follow-up")
    COMPLETED = "completed", _("completed")
    WITHDRAWN = "withdrawn", _("left early")
    MISTAKE = "mistake", _("screened by mistake")


class WithdrawalScope(models.TextChoices):
    """What a participant withdraws from, or how the trial ends for them otherwise. Each has its own effect.

    TREATMENT ends injections, VISITS the visits as well; CONTACT and TRIAL also end every contact, so the
    address is erased. Each has a day of its own: on which it was said, of the death, of the last contact.
    """

    TREATMENT = "treatment", _("treatment; visits go on")
    VISITS = "visits", _("treatment and visits; contact is still allowed")
    CONTACT = "contact", _("treatment, visits and any contact")
    TRIAL = "trial", _("the whole trial")
    REMINDERS = "reminders", _("reminders only")
    DEATH = "death", _("the participant has died")
    LOST = "lost", _("lost to follow-up")


class EndReason(models.TextChoices):
    """Who or what ended treatment or trial: CDISC's “Completion/Reason for Non-Completion” (NCOMPLT).

    `term` is the codelist's own spelling. What the codelist has for a completion, and for whoever was never
    randomised, is no reason of an end and stands nowhere here.
    """

    ADVERSE_EVENT = "adverse_event", _("adverse event")
    DEATH = "death", _("death")
    DISEASE_RELAPSE = "disease_relapse", _("relapse of the disease")
    LACK_OF_EFFICACY = "lack_of_efficacy", _("lack of efficacy")
    LOST_TO_FOLLOW_UP = "lost_to_follow_up", _("lost to follow-up")
    NON_COMPLIANCE = "non_compliance_with_study_drug", _("doses not taken as planned")
    PHYSICIAN_DECISION = "physician_decision", _("decision of the physician")
    PREGNANCY = "pregnancy", _("pregnancy")
    PROGRESSIVE_DISEASE = "progressive_disease", _("progression of the disease")
    PROTOCOL_DEVIATION = "protocol_deviation", _("deviation from the protocol")
    RECOVERY = "recovery", _("recovery")
    SITE_TERMINATED = "site_terminated_by_sponsor", _("site closed by the sponsor")
    STUDY_TERMINATED = "study_terminated_by_sponsor", _("trial stopped by the sponsor")
    TECHNICAL_PROBLEMS = "technical_problems", _("technical problems")
    BY_GUARDIAN = "withdrawal_by_parent_guardian", _("withdrawal by parent or guardian")
    BY_SUBJECT = "withdrawal_by_subject", _("withdrawal by the participant")
    OTHER = "other", _("another reason")

    @property
    def term(self) -> str:
        """The submission value of the codelist: `LOST TO FOLLOW-UP`."""
        odd = {
            "lost_to_follow_up": "LOST TO FOLLOW-UP",
            "non_compliance_with_study_drug": "NON-COMPLIANCE WITH STUDY DRUG",
            "withdrawal_by_parent_guardian": "WITHDRAWAL BY PARENT/GUARDIAN",
        }
        return odd.get(self.value) or str(self.value).replace("_", " ").upper()


def said_by_itself(scope: WithdrawalScope) -> EndReason | None:
    """The coded reason of an end that is a reason itself: it has that one, entered or not, and no other."""
    match scope:
        case WithdrawalScope.DEATH:
            return EndReason.DEATH
        case WithdrawalScope.LOST:
            return EndReason.LOST_TO_FOLLOW_UP
        case (
            WithdrawalScope.TREATMENT
            | WithdrawalScope.VISITS
            | WithdrawalScope.CONTACT
            | WithdrawalScope.TRIAL
            | WithdrawalScope.REMINDERS
        ):
            return None
        case _:
            assert_never(scope)


class Participant(models.Model):
    """One person in one trial, known by a number.

    `birth_month` is the first day of the month of birth; the day itself is used for the age check
    and not kept.
    """

    replay = Replayed(
        key=("number",),
        entered_by=("participant.screened", "participant.eligibility_checked"),
        trial="trial",
        participant="number",
        at="screened_at",
        by="screened_by",
        apart=frozenset({"birth_month"}),
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    trial = models.ForeignKey(Trial, models.PROTECT, related_name="participants")
    site = models.ForeignKey(Site, models.PROTECT, related_name="participants")
    number = models.CharField(max_length=24)
    birth_month = models.DateField(null=True)
    stratum = models.CharField(max_length=80, default="all")
    screened_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    screened_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "number"], name="a_number_names_one_participant"),
        ]

    held: bool = False
    """Whether this was read under its row's lock (`queries.held`), so that nobody need read it again."""

    def __str__(self) -> str:
        return self.number


if TYPE_CHECKING:

    class CurrentParticipant(Participant):
        """A participant as it stands: with what the latest rows say, as `queries.with_status` reads it.

        Whoever asks where somebody stands takes this type, so that nobody who was read without it comes
        as far as the question.
        """

        current_status: str
        current_scope: str
        status_sequence: int | None
        eligible: bool | None
        randomization_number: str | None
        code_broken: bool
        data_locked: bool
        signed_on: date | None

else:
    CurrentParticipant = Participant


class Consent(models.Model):
    """The signed informed consent. It comes before everything else (ICH E6(R3) 2.8)."""

    replay = Replayed(
        key=("participant__number",),
        entered_by=("participant.screened", "participant.consented"),
        at="recorded_at",
        by="recorded_by",
    )

    participant = models.OneToOneField(Participant, models.PROTECT, related_name="consent")
    signed_on = models.DateField()
    recorded_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()


class ConsentCorrection(models.Model):
    """Another day for the consent, since the one that was recorded was wrong. The newest row counts."""

    replay = Replayed(
        key=("participant__number", "recorded_at"),
        entered_by=("participant.consent_corrected",),
        at="recorded_at",
        by="recorded_by",
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="consent_corrections")
    signed_on = models.DateField()
    reason = models.TextField()
    recorded_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="a_corrected_consent_has_a_reason", condition=~models.Q(reason="")),
        ]


class EligibilityCheck(models.Model):
    """One complete set of answers to the criteria of one protocol version, and what came of it.

    `answers` holds no birth date. `failures` is a list of {id, en, fr}, empty when eligible.
    """

    replay = Replayed(
        key=("participant__number", "checked_at"),
        entered_by=("participant.eligibility_checked",),
        at="checked_at",
        by="checked_by",
        apart=frozenset({"answers", "failures"}),
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="eligibility_checks")
    protocol_version = models.ForeignKey(ProtocolVersion, models.PROTECT, related_name="+")
    answers = models.JSONField()
    eligible = models.BooleanField()
    failures = models.JSONField()
    checked_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class EligibilityConfirmation(models.Model):
    """An investigator's word that one eligibility check is right. A later check needs one of its own."""

    replay = Replayed(
        key=("participant__number", "confirmed_at"),
        entered_by=("participant.eligibility_confirmed",),
        at="confirmed_at",
        by="confirmed_by",
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="eligibility_confirmations")
    judged = models.OneToOneField(EligibilityCheck, models.PROTECT, related_name="confirmation")
    confirmed_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class ChecklistDraft(models.Model):
    """The checklist as far as somebody came with it, kept for later. Nobody has judged it.

    `answers` and `strata` are as in a check, with what is not answered yet left out; no date of birth.
    The latest row counts, until a check is made.
    """

    replay = Replayed(
        key=("participant__number", "kept_at"),
        entered_by=("participant.checklist_kept",),
        at="kept_at",
        by="kept_by",
        apart=frozenset({"answers", "strata"}),
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="checklist_drafts")
    answers = models.JSONField()
    strata = models.JSONField()
    kept_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class ParticipantStatus(models.Model):
    """A step in a participant's way through the trial. The highest `sequence` is the present.

    A row that `corrects` an earlier one stands in the place of that one and of what followed from it. Where
    it also `restores` a row, what was corrected never was so, and that row counts again. `cause` is the coded
    reason of an end; one that was entered before there were codes has none.
    """

    replay = Replayed(
        key=("participant__number", "sequence"),
        entered_by=(
            *("participant.screened", "participant.eligibility_checked", "participant.consent_corrected"),
            *("participant.withdrawn", "participant.found", "envelope.drawn", "calendar.amended"),
            *("treatment.held", "treatment.released", "participant.end_corrected"),
            *("screening.mistake", "screening.mistake_taken_back"),
            *("injection.recorded", "injection.corrected", "visit.recorded", "visit.corrected"),
        ),
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="statuses")
    sequence = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=Status)
    reason = models.TextField(blank=True)
    scope = models.CharField(max_length=16, blank=True, choices=WithdrawalScope)
    until = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    cause = models.CharField(max_length=32, blank=True, choices=EndReason)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    restores = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["participant", "sequence"]
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "sequence"],
                name="a_participant_is_in_one_state_at_a_time",
            ),
            models.CheckConstraint(name="a_status_is_known", condition=models.Q(status__in=Status.values)),
            models.CheckConstraint(
                name="only_a_correction_restores",
                condition=models.Q(restores=None) | models.Q(corrects__isnull=False),
            ),
            models.CheckConstraint(
                name="only_an_end_has_a_coded_reason",
                condition=models.Q(cause="") | (~models.Q(scope="") & models.Q(cause__in=EndReason.values)),
            ),
        ]


class ContactDetails(models.Model):
    """Where reminders go, kept apart from everything else and only with consent to reminders.

    A new row replaces the one before; one with `withdrawn_at` ends the consent, and the address is
    then erased from all of them. The database lets an address be emptied and nothing else be changed.
    """

    replay = Replayed(
        key=("participant__number", "recorded_at"),
        entered_by=(
            *("contact.recorded", "contact.erased", "participant.withdrawn", "participant.end_corrected"),
            "screening.mistake",
        ),
        at="recorded_at",
        by="recorded_by",
        free={"email": "an address names a person, so no digest of it is kept; it may be erased"},
    )

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="contact_details")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=8, default="fr")
    consented_on = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(Delegation, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "contact details"
