"""The acts of screening: the first number, consent, eligibility, contact.

Each public function is one transaction with one audit entry. The clock and the person come in
from the edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from trial.audit import record_about
from trial.core.answers import InvalidAnswers
from trial.core.eligibility import Assessment, assess, implausible
from trial.core.numbers import format_number
from trial.core.protocol import CriterionKind, Protocol
from trial.core.strata import contradictions, fixed_levels
from trial.core.waits import latest_day_1
from trial.hooks import HearsOfContact, ask_apps
from trial.models import (
    Consent,
    ContactDetails,
    CurrentParticipant,
    Delegation,
    EligibilityCheck,
    Participant,
    ParticipantStatus,
    Site,
    Status,
    Trial,
    WithdrawalScope,
)
from trial.models.prepared import Prepared
from trial.permissions import Permission
from trial.policies import require
from trial.queries import everybody, held
from trial.refusals import NOTHING, InvalidInput, Refusal, in_both_languages, kept_far_day, refuse_unconfirmed
from trial.screening.odd_consents import drafted, judged_day
from trial.screening.recruiting import check_can_recruit
from trial.wording.clock import day_at
from trial.wording.words import medium_day


class NoConsent(Refusal):
    """The consent is not recorded yet."""

    code = "no_consent"
    status = 422


class ConsentRecorded(Refusal):
    """The consent is recorded already."""

    code = "consent_recorded"


class SiteNotOpen(Refusal):
    """A site screens and randomises nobody before it is open and after it closed."""

    code = "site_not_open"


class TooLate(Refusal):
    """The participant is past the point at which this could be done."""

    code = "too_late"


class WrongStatus(Refusal):
    """The participant's status does not allow this step."""

    code = "wrong_status"


class ChangedMeanwhile(Refusal):
    """Somebody else changed the participant in the same moment."""

    code = "changed_meanwhile"

    def __init__(self, participant: Participant) -> None:
        super().__init__(
            _("%(number)s was changed by somebody else at this moment. Load the page again and look.")
            % {"number": participant.number}
        )


@transaction.atomic
def screen(
    *,
    site: Site,
    by: Delegation,
    at: datetime,
    consent_signed_on: date | None = None,
    confirmed: Mapping[str, object] = NOTHING,
) -> Participant:
    """Give a person who is being screened a number, and record the consent if it is signed.

    An odd day of the consent is taken only if `confirmed` has that very day under `consent_signed_on`; it
    is then drafted as a deviation. At a site that has closed only whoever consented before that day is
    entered: that was done on paper, and is counted. Raises SiteNotOpen, TargetReached or ListExhausted.
    """
    require(by, Permission.SCREEN, trial=site.trial_id, site=site)
    check_can_screen(site, at=at, done_on=consent_signed_on)
    Site.objects.filter(pk=site.pk).update(last_serial=F("last_serial") + 1)
    site.refresh_from_db(fields=["last_serial"])
    participant = CurrentParticipant(
        trial=site.trial,
        site=site,
        number=format_number(_protocol(site.trial).number_format, site.number, site.last_serial),
        screened_by=by,
        screened_at=at,
    )
    participant.status_sequence = None
    participant.save(force_insert=True)
    add_status(participant=participant, status=Status.SCREENING, by=by, at=at)
    body: dict[str, object] = {"consent_signed_on": None}
    if consent_signed_on is not None:
        field = "consent_signed_on"
        _consent, facts = _write_consent(participant, consent_signed_on, confirmed, field, by, at)
        body = {field: consent_signed_on.isoformat()} | facts
    record_about(participant, "participant.screened", by=by, at=at, body=body)
    return participant


@transaction.atomic
def record_consent(
    *,
    participant: Participant,
    signed_on: date,
    by: Delegation,
    at: datetime,
    confirmed: Mapping[str, object] = NOTHING,
) -> Consent:
    """Record that the consent form was signed on that day. Raises ConsentRecorded the second time.

    An odd day is taken only if `confirmed` has that very day under `signed_on`; it is then drafted as a
    deviation. At a site that has closed the day must lie before that. Raises SiteNotOpen, NotConfirmed or
    InvalidInput as well.
    """
    participant = locked(participant)
    require(by, Permission.SCREEN, trial=participant.trial_id, site=participant.site)
    check_can_record_consent(participant)
    check_site_takes(participant.site, at=at, done_on=signed_on)
    consent, facts = _write_consent(participant, signed_on, confirmed, "signed_on", by, at)
    body = {"signed_on": signed_on.isoformat()} | facts
    record_about(participant, "participant.consented", by=by, at=at, body=body)
    return consent


@transaction.atomic
def check_eligibility(
    *,
    participant: Participant,
    birth_date: date,
    answers: Mapping[str, object],
    strata: Mapping[str, str],
    by: Delegation,
    at: datetime,
    confirmed: Mapping[str, object] = NOTHING,
    happened_on: date | None = None,
) -> EligibilityCheck:
    """Judge the answers against the protocol's criteria and keep both, with the outcome.

    Of the date of birth only month and year are kept. A failure is kept with the criteria that
    failed, in words. May be repeated, as a new row, until the participant is randomised. A number outside
    its plausible range is taken only if `confirmed` has that very number under the question's name.
    `happened_on` is the day on which the criteria were gone through on paper; at a site that has closed it
    must be given and lie before that. The entry says it.
    Raises NoConsent, TooLate, SiteNotOpen, InvalidInput with the fields at fault, or NotConfirmed.
    """
    participant = locked(participant)
    require(by, Permission.SCREEN, trial=participant.trial_id, site=participant.site)
    signed_on = check_can_judge(participant)
    check_day_of_check(participant, happened_on, at=at)
    version = participant.trial.protocol_version
    stratum = stratum_key(version.protocol, strata, participant.site.number)
    assessment = _assess(version.protocol, answers, signed_on, birth_date, day_at(participant.site, at))
    doubts = implausible(version.protocol.criteria, answers, consent_on=signed_on, birth=birth_date)
    kept = refuse_unconfirmed(doubts, confirmed, fields=_confirmable(version.protocol))
    failures = [
        {"id": result.id, **asdict(in_both_languages(result.reason))}
        for result in assessment.results
        if not result.met
    ]
    participant.birth_month, participant.stratum = birth_date.replace(day=1), stratum
    participant.save(update_fields=["birth_month", "stratum"])
    check = EligibilityCheck.objects.create(
        participant=participant,
        protocol_version=version,
        answers=plain_answers(answers),
        eligible=assessment.eligible,
        failures=failures,
        checked_by=by,
        checked_at=at,
    )
    status = Status.ELIGIBLE if assessment.eligible else Status.SCREEN_FAILED
    reason = "" if assessment.eligible else ", ".join(failure["id"] for failure in failures)
    add_status(participant=participant, status=status, by=by, at=at, reason=reason)
    body = {"answers": check.answers, "eligible": check.eligible, "failed": [row["id"] for row in failures]}
    body |= {"stratum": stratum} | ({"confirmed": kept} if kept else {})
    body |= {"happened_on": happened_on.isoformat()} if happened_on else {}
    record_about(participant, "participant.eligibility_checked", by=by, at=at, body=body)
    return check


@transaction.atomic
def record_contact(
    *,
    participant: Participant,
    email: str,
    language: str,
    consented_on: date,
    by: Delegation,
    at: datetime,
    confirmed: Mapping[str, object] | None = None,
) -> ContactDetails:
    """Keep an address for reminders, with the day on which the participant agreed to them.

    Whoever took the consent to reminders back may agree again; what lies ahead is then reminded of. No
    address is kept of somebody to whom nobody may write any more. A day before the consent to the trial is
    asked about, and kept only if `confirmed` has that very day; None is for what cannot be asked.
    Raises NoConsent, WrongStatus, or InvalidInput for what is not one address.
    """
    participant = locked(participant)
    require(by, Permission.MANAGE_CONTACT, trial=participant.trial_id, site=participant.site)
    check_can_record_contact(participant)
    _refuse_future(consented_on, participant, at, "consented_on")
    _refuse_no_address(email)
    today = day_at(participant.site, at)
    kept = kept_far_day("consented_on", consented_on, signed_on_of(participant), today, confirmed)
    details = ContactDetails.objects.create(
        participant=participant,
        email=email,
        language=language,
        consented_on=consented_on,
        recorded_by=by,
        recorded_at=at,
    )
    for app in ask_apps(HearsOfContact):
        app.contact_recorded(participant, at=at)
    # The address itself stays out of the trail: it identifies the person.
    body = {"consented_on": consented_on.isoformat()} | kept
    record_about(participant, "contact.recorded", by=by, at=at, body=body)
    return details


_held: Prepared[CurrentParticipant] = Prepared(lambda pk: held(everybody()).filter(pk=pk))


def locked(participant: Participant) -> CurrentParticipant:
    """The participant's row, locked until the transaction ends, with its present status.

    Nothing is read where `find_participant` has locked it in this transaction.
    """
    if participant.held and connection.in_atomic_block:
        return cast(CurrentParticipant, participant)
    if found := _held.first(pk=participant.pk):
        return found
    raise Participant.DoesNotExist


def add_status(
    *,
    participant: CurrentParticipant,
    status: Status,
    by: Delegation,
    at: datetime,
    reason: str = "",
    scope: str = "",
    until: date | None = None,
    ended_on: date | None = None,
    cause: str = "",
    corrects: ParticipantStatus | None = None,
    restores: ParticipantStatus | None = None,
) -> ParticipantStatus:
    """Write the next status row. The caller holds the participant's lock and writes the audit entry.

    The status that a lock shows may be the one from before the wait for it; the next number is then
    taken, and the caller's whole act is refused. Raises ChangedMeanwhile.
    """
    row = ParticipantStatus(
        participant=participant,
        sequence=(participant.status_sequence or 0) + 1,
        status=status,
        reason=reason,
        scope=scope,
        until=until,
        ended_on=ended_on,
        cause=cause,
        corrects=corrects,
        restores=restores,
        by=by,
        at=at,
    )
    try:
        row.save(force_insert=True)
    except IntegrityError as fault:
        raise ChangedMeanwhile(participant) from fault
    participant.status_sequence, participant.current_status = row.sequence, status
    participant.current_scope = scope
    return row


@transaction.atomic
def withdraw_contact(*, participant: Participant, by: Delegation, at: datetime) -> ContactDetails:
    """End the consent to reminders: a new row says so, and the address is erased from every earlier one.

    Writes no audit entry of its own: the withdrawal that calls it does.
    """
    ContactDetails.objects.filter(participant=participant).update(email="")
    return ContactDetails.objects.create(
        participant=participant, withdrawn_at=at, recorded_by=by, recorded_at=at
    )


def _write_consent(
    participant: CurrentParticipant,
    signed_on: date,
    confirmed: Mapping[str, object],
    field: str,
    by: Delegation,
    at: datetime,
) -> tuple[Consent, dict[str, object]]:
    """The consent, and what its audit entry says beside the day."""
    _refuse_future(signed_on, participant, at, field)
    day = judged_day(participant, signed_on, confirmed, field=field, at=at)
    consent = Consent.objects.create(
        participant=participant, signed_on=signed_on, recorded_by=by, recorded_at=at
    )
    participant.signed_on = signed_on
    deviations = drafted(participant, signed_on, day.odd, by, at)
    return consent, day.facts() | ({"deviations": deviations} if deviations else {})


def _refuse_future(day: date, participant: Participant, at: datetime, field: str) -> None:
    if day > day_at(participant.site, at):
        sentence = _("%(day)s is in the future. Enter today or an earlier day.") % {"day": medium_day(day)}
        raise InvalidInput(sentence, {field: sentence})


def check_can_screen(site: Site, *, at: datetime, done_on: date | None = None) -> None:
    """Refuse where the site is not open, or nobody more could be randomised: before anybody is examined.

    Whoever was examined on `done_on`, before the site closed, is entered whatever the numbers are now.
    Raises SiteNotOpen, TargetReached or ListExhausted.
    """
    check_site_takes(site, at=at, done_on=done_on)
    if not is_closed(site, at):
        check_can_recruit(site)


def check_site_takes(site: Site, *, at: datetime, done_on: date | None = None) -> None:
    """Raise SiteNotOpen where an act of screening is none of a day on which the site screened.

    `done_on` is the day on which it was done on paper. What was done before the site closed is still taken:
    it was done, and a record without it would be wrong. What was done later is not.
    """
    try:
        check_site_open(site, at)
    except SiteNotOpen as reason:
        if not is_closed(site, at) or site.closed_on is None:
            raise
        if done_on is None or done_on >= site.closed_on:
            late = _("What was done on paper before that day can still be entered, with its day.")
            both = f"{reason} {late}"
            raise SiteNotOpen(both) from None


def check_day_of_check(participant: CurrentParticipant, happened_on: date | None, *, at: datetime) -> None:
    """Refuse a check of a day on which it cannot have been made; None is today.

    Raises SiteNotOpen, or InvalidInput for a day that is to come or lies before the consent.
    """
    if happened_on is not None:
        _refuse_future(happened_on, participant, at, "happened_on")
        if happened_on < signed_on_of(participant):
            sentence = _("The consent was signed later, on %(day)s. Compare the day with the paper.") % {
                "day": medium_day(signed_on_of(participant))
            }
            raise InvalidInput(sentence, {"happened_on": sentence})
    check_site_takes(participant.site, at=at, done_on=happened_on)


def is_closed(site: Site, at: datetime) -> bool:
    """Whether the site takes nobody more."""
    return site.closed_on is not None and day_at(site, at) >= site.closed_on


def check_site_open(site: Site, at: datetime) -> None:
    """Raise SiteNotOpen before the day on which a site opens, and from the day on which it closes."""
    today = day_at(site, at)
    if site.closed_on is not None and is_closed(site, at):
        raise SiteNotOpen(
            _(
                "Site %(site)s is closed since %(day)s. Nobody is screened or randomised there; who is in "
                "the trial goes on. Ask the trial manager."
            )
            % {"site": site.number, "day": medium_day(site.closed_on)}
        )
    if site.opened_on is None or today < site.opened_on:
        raise SiteNotOpen(
            _("Site %(site)s is not open for screening. Ask the trial manager.") % {"site": site.number}
        )


def refuse_mistake(participant: CurrentParticipant) -> None:
    """Raises WrongStatus for a number that was given by mistake: nothing more is recorded under it."""
    if participant.current_status == Status.MISTAKE:
        raise WrongStatus(
            _("%(number)s was screened by mistake. If that is not so, take the mistake back first.")
            % {"number": participant.number}
        )


def check_can_record_consent(participant: CurrentParticipant) -> None:
    """Raises ConsentRecorded where the consent has its day, or WrongStatus after a mistake."""
    refuse_mistake(participant)
    if participant.signed_on is not None:
        raise ConsentRecorded(
            _("The consent of %(number)s is recorded already. Go on with eligibility.")
            % {"number": participant.number}
        )


def check_can_record_contact(participant: CurrentParticipant) -> None:
    """Raises NoConsent, or WrongStatus where nobody may write any more."""
    refuse_mistake(participant)
    signed_on_of(participant)
    scope = participant.current_scope
    if scope in {WithdrawalScope.CONTACT, WithdrawalScope.TRIAL, WithdrawalScope.DEATH}:
        raise WrongStatus(
            _("Nobody may write to %(number)s any more, so no address is kept. Check the number.")
            % {"number": participant.number}
        )


def _refuse_no_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as fault:
        sentence = _("This is not an e-mail address. Write one, like name@example.org.")
        raise InvalidInput(sentence, {"email": sentence}) from fault


def check_can_judge(participant: CurrentParticipant) -> date:
    """The day of consent of somebody whose eligibility can be judged. Raises NoConsent or TooLate."""
    signed_on = signed_on_of(participant)
    status = participant.current_status
    if status not in {Status.SCREENING, Status.ELIGIBLE, Status.SCREEN_FAILED}:
        raise TooLate(
            _("%(number)s is past screening. Eligibility is not checked again after randomisation.")
            % {"number": participant.number}
        )
    return signed_on


def signed_on_of(participant: CurrentParticipant) -> date:
    """The day on which the consent form was signed. Raises NoConsent."""
    if participant.signed_on is None:
        raise NoConsent(
            _("%(number)s has no recorded consent. Record the signed consent first.")
            % {"number": participant.number}
        )
    return participant.signed_on


def _protocol(trial: Trial) -> Protocol:
    return trial.protocol_version.protocol


def _assess(
    protocol: Protocol, answers: Mapping[str, object], signed_on: date, birth: date, today: date
) -> Assessment:
    if birth > today:
        sentence = _("%(day)s is in the future. Enter today or an earlier day.") % {"day": medium_day(birth)}
        raise InvalidInput(sentence, {"birth_date": sentence})
    try:
        return assess(
            protocol.criteria,
            answers,
            consent_on=signed_on,
            birth=birth,
            latest_day_1=latest_day_1(protocol, signed_on),
        )
    except InvalidAnswers as faults:
        errors = {"birth_date" if name == "birth" else name: words for name, words in faults.errors.items()}
        raise InvalidInput(_("Some answers are missing or cannot be read."), errors) from faults


def _confirmable(protocol: Protocol) -> set[str]:
    """The questions that a number answers, or a day that may still come: what can be confirmed."""
    return {row.id for row in protocol.questions() if row.kind is CriterionKind.NUMBER or row.within}


def stratum_key(protocol: Protocol, strata: Mapping[str, str], site: str) -> str:
    """The stratum of these levels, as envelopes name it; what the site fixes need not be given.

    Raises InvalidInput with the factors at fault, a level that contradicts the site among them.
    """
    if wrong := contradictions(protocol, site, strata):
        raise InvalidInput(_("A stratum that the site fixes is given otherwise."), wrong)
    strata = {**strata, **fixed_levels(protocol, site)}
    levels = {factor.code: {level.code for level in factor.levels} for factor in protocol.strata}
    errors = {
        code: _("Choose one of: %(levels)s.") % {"levels": ", ".join(sorted(known))}
        for code, known in levels.items()
        if strata.get(code) not in known
    }
    errors |= {code: _("There is no such stratification factor.") for code in strata if code not in levels}
    if errors:
        raise InvalidInput(_("Choose a value for each stratification factor."), errors)
    return "/".join(strata[factor.code] for factor in protocol.strata) or "all"


def plain_answers(answers: Mapping[str, object]) -> dict[str, object]:
    """Answers as JSON holds them: dates as ISO text, decimal numbers as they were written."""
    return {key: _plain(answer) for key, answer in answers.items()}


def _plain(answer: object) -> object:
    if isinstance(answer, date):
        return answer.isoformat()
    return str(answer) if isinstance(answer, Decimal) else answer
