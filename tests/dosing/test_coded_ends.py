"""Why treatment or trial ended, by CDISC's codelist, with the words beside it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dosing.reading.history import story
from dosing.services.correcting_ends import NEVER, correct_end
from dosing.services.signed_ends import end_content
from dosing.services.status import find_again, withdraw
from tests.site_fixture import MONDAY, SiteFixture, paris
from trial.models import AuditEntry, EndReason, Participant, ParticipantStatus, WithdrawalScope
from trial.queries import counted_ends, ends_among, standing_rows
from trial.refusals import InvalidInput

NOW = paris(f"{MONDAY} 15:00")


@pytest.fixture
def person(ward: SiteFixture) -> Participant:
    person = ward.booked(email="anne@example.org")
    ward.inject(person, 1)
    return ward.again(person)


def ended(
    ward: SiteFixture, person: Participant, scope: str, cause: str = "", **more: object
) -> ParticipantStatus | None:
    day = MONDAY if scope in {"death", "lost"} else None
    said = {"reason": "So it is.", "by": ward.nurse, "at": NOW, "day": day} | more
    return withdraw(participant=ward.again(person), scope=scope, cause=cause, **said)  # type: ignore[arg-type]


def corrected(ward: SiteFixture, person: Participant, scope: str, cause: str = "", **more: object) -> str:
    said = {"reason": "Read again.", "by": ward.nurse, "at": NOW, "day": MONDAY} | more
    return correct_end(participant=ward.again(person), scope=scope, cause=cause, **said).cause  # type: ignore[arg-type]


@pytest.mark.parametrize("cause", ["adverse_event", "physician_decision", "withdrawal_by_subject", "other"])
def test_the_code_is_kept_with_the_words_and_in_the_trail(
    ward: SiteFixture, person: Participant, cause: str
) -> None:
    row = ended(ward, person, "treatment", cause)
    body = json.loads(AuditEntry.objects.get(action="participant.withdrawn").body)
    assert row and (row.cause, row.reason) == (cause, "So it is.")
    assert (body["cause"], body["reason"]) == (cause, "So it is.")


@pytest.mark.parametrize(("scope", "code"), [("death", "death"), ("lost", "lost_to_follow_up")])
def test_a_death_and_a_loss_are_coded_by_themselves(
    ward: SiteFixture, person: Participant, scope: str, code: str
) -> None:
    row = ended(ward, person, scope)
    assert row and row.cause == code


WRONG = [
    ("treatment", "boredom"),
    ("treatment", "death"),
    ("trial", "lost_to_follow_up"),
    ("death", "adverse_event"),
    ("lost", "other"),
    ("reminders", "other"),
]


@pytest.mark.parametrize(("scope", "cause"), WRONG)
def test_a_code_that_says_another_end_is_refused_and_changes_nothing(
    ward: SiteFixture, person: Participant, scope: str, cause: str
) -> None:
    before = (ward.status(person), AuditEntry.objects.count())
    with pytest.raises(InvalidInput) as refusal:
        ended(ward, person, scope, cause)
    assert "cause" in refusal.value.errors
    assert (ward.status(person), AuditEntry.objects.count()) == before


TOLD = [
    ("withdrawal_by_subject", "Withdrawn on Monday 12 October 2015 from: treatment; visits go on"),
    ("withdrawal_by_parent_guardian", "Withdrawn on Monday 12 October 2015 from: treatment; visits go on"),
    (
        "physician_decision",
        "Ended on Monday 12 October 2015: treatment; visits go on · decision of the physician",
    ),
    (
        "study_terminated_by_sponsor",
        "Ended on Monday 12 October 2015: treatment; visits go on · trial stopped",
    ),
    ("", "Ended on Monday 12 October 2015: treatment; visits go on · reason not coded"),
]


@pytest.mark.parametrize(("cause", "words"), TOLD)
def test_only_a_participant_is_said_to_have_withdrawn(
    ward: SiteFixture, person: Participant, cause: str, words: str
) -> None:
    ended(ward, person, "treatment", cause)
    told = [event.what for event in story(ward.again(person), None)]
    assert [what for what in told if what.startswith(words)]
    assert bool([what for what in told if "ithdr" in what]) == cause.startswith("withdrawal")


def test_an_end_from_before_the_codes_gets_its_code_by_a_correction(
    ward: SiteFixture, person: Participant
) -> None:
    ended(ward, person, "treatment")
    assert [end.cause for end in counted_ends(standing_rows(person))] == [None]
    assert corrected(ward, person, "treatment", "pregnancy") == "pregnancy"
    (end,) = ends_among(Participant.objects.filter(pk=person.pk))[person.pk]
    assert (end.scope, end.cause, end.early) == (WithdrawalScope.TREATMENT, EndReason.PREGNANCY, True)
    with pytest.raises(InvalidInput, match="nothing to correct"):
        corrected(ward, person, "treatment", "pregnancy")


def test_another_day_keeps_the_code_and_a_death_replaces_it(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person, "trial", "pregnancy", at=NOW + timedelta(days=1))
    later = {"day": MONDAY + timedelta(days=1), "at": NOW + timedelta(days=1)}
    assert corrected(ward, person, "treatment", **later) == "pregnancy"
    assert corrected(ward, person, "death", **later) == "death"
    assert corrected(ward, person, "treatment", **later) == ""


def test_what_never_ended_has_no_code(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person, "treatment", "other")
    with pytest.raises(InvalidInput):
        corrected(ward, person, NEVER, "other", day=None)
    assert corrected(ward, person, NEVER, day=None) == ""
    assert counted_ends(standing_rows(person)) == []


def test_who_was_lost_and_found_stopped_treatment_by_the_loss(ward: SiteFixture, person: Participant) -> None:
    ended(ward, person, "lost")
    find_again(participant=ward.again(person), reason="She called.", by=ward.nurse, at=NOW)
    ended(ward, person, "visits", "withdrawal_by_subject")
    ends = counted_ends(standing_rows(person))
    assert [(end.cause, end.early) for end in ends] == [
        (EndReason.LOST_TO_FOLLOW_UP, True),
        (EndReason.BY_SUBJECT, False),
    ]


def test_what_is_signed_of_an_end_without_a_code_is_spelled_as_before(
    ward: SiteFixture, person: Participant
) -> None:
    """Signatures from before there were codes still say what they stood under."""
    row = ended(ward, person, "treatment")
    assert row and "cause" not in end_content(person.number, row, stands=True)
    row.cause = "other"
    assert end_content(person.number, row, stands=True)["cause"] == "other"


def test_the_database_keeps_codes_to_ends_and_to_the_list(ward: SiteFixture, person: Participant) -> None:
    whose = {"participant": person, "by": ward.nurse, "at": NOW, "status": "follow_up"}
    for place, wrong in enumerate(({"cause": "other"}, {"cause": "boredom", "scope": "treatment"})):
        with pytest.raises(IntegrityError, match="only_an_end_has_a_coded_reason"), transaction.atomic():
            ParticipantStatus.objects.create(**whose, **wrong, sequence=90 + place)


def test_each_code_is_a_term_of_the_codelist() -> None:
    assert {reason.term for reason in EndReason} >= {
        "ADVERSE EVENT",
        "LOST TO FOLLOW-UP",
        "NON-COMPLIANCE WITH STUDY DRUG",
        "STUDY TERMINATED BY SPONSOR",
        "WITHDRAWAL BY PARENT/GUARDIAN",
        "WITHDRAWAL BY SUBJECT",
    }
    assert "COMPLETED" not in {reason.term for reason in EndReason}


def test_who_leaves_before_the_draw_stopped_no_treatment(ward: SiteFixture) -> None:
    screened = ward.consented()
    ended(ward, screened, "trial", "withdrawal_by_subject")
    assert [end.early for end in counted_ends(standing_rows(screened))] == [False]
