"""The treating doctor's page: opened by a link, once, by somebody who has no account."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from randomization.sealed.opening.one_time_links import make_link
from tests.trial_fixture import TrialFixture
from trial.models import Participant
from trial.permissions import Role

ADDRESS = "/code-break/answer/"
pytestmark = pytest.mark.django_db(transaction=True)  # an opening commits its entry first


@pytest.fixture
def secret(world: TrialFixture, people: list[Participant]) -> str:
    doctor, now = world.person(Role.INVESTIGATOR, "doctor"), timezone.now()
    new = make_link(participant=people[0], by=doctor, at=now, reason="Anaphylaxis", doctor="Dr Roux, ICU")
    return new.secret


def arms_on(page: str, world: TrialFixture) -> list[str]:
    return [arm.code for arm in world.trial.protocol_version.protocol.arms if arm.label.en in page]


def test_looking_at_the_page_opens_nothing(client: Client, secret: str, world: TrialFixture) -> None:
    first, second = (client.post(ADDRESS, {"secret": secret}) for _ in range(2))
    assert (first.status_code, second.status_code) == (200, 200)
    assert arms_on(second.content.decode(), world) == []


def test_the_button_gives_the_answer_once(client: Client, secret: str, world: TrialFixture) -> None:
    answer, again = (client.post(ADDRESS, {"secret": secret, "show": "yes"}) for _ in range(2))
    assert len(arms_on(answer.content.decode(), world)) == 1
    assert again.status_code >= 400
    assert arms_on(again.content.decode(), world) == []


def test_a_made_up_link_shows_nothing(client: Client, world: TrialFixture) -> None:
    answer = client.post(ADDRESS, {"secret": "x" * 43, "show": "yes"})
    assert answer.status_code >= 400
    assert arms_on(answer.content.decode(), world) == []
