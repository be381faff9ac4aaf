"""Somebody who may be in the trial already: site, birth month and day of consent of one drawn for."""

from __future__ import annotations

from randomization.models import Envelope
from trial.core.doubts import Doubt
from trial.core.sentences import Sentence
from trial.models import CurrentParticipant, Participant
from trial.queries import with_status

FIELD = "another_person"
"""What is confirmed: the numbers of those who are other people, as the doubt spells them."""


def twins_of(participant: CurrentParticipant) -> list[str]:
    """The numbers of participants who were drawn for and are alike in all that Velum knows of a person."""
    alike = Participant.objects.filter(
        site=participant.site_id, birth_month=participant.birth_month, birth_month__isnull=False
    ).exclude(pk=participant.pk)
    drawn = Envelope.objects.filter(participant__isnull=False).values("participant")
    same = with_status(alike.filter(pk__in=drawn)).filter(signed_on=participant.signed_on)  # type: ignore[misc]
    return list(same.order_by("number").values_list("number", flat=True))


def doubts_of(participant: CurrentParticipant) -> tuple[Doubt, ...]:
    """The question whether they are two people; none where nobody is alike."""
    numbers = twins_of(participant)
    if not numbers:
        return ()
    listed = ", ".join(numbers)
    return (
        Doubt(
            FIELD,
            listed,
            Sentence(
                "%(numbers)s has the same site, birth month and day of consent and is randomised. Is "
                "%(number)s another person?",
                numbers=listed,
                number=participant.number,
            ),
            Sentence(
                "Yes, %(number)s is another person than %(numbers)s.",
                number=participant.number,
                numbers=listed,
            ),
        ),
    )
