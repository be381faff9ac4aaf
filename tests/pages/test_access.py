"""Who may open which page: one table for every address of the clinic door's pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from dosing.services.unscheduled import record_unscheduled
from tests.pages.conftest import Browser
from tests.site_fixture import MONDAY, START, SiteFixture
from trial.core.numbers import format_number
from trial.models import ApiToken
from trial.people.delegating import create_token
from trial.people.duties.inviting import Invited, invite
from trial.permissions import Role

CARE = {Role.STUDY_NURSE, Role.INVESTIGATOR}
READERS = CARE | {Role.MONITOR, Role.TRIAL_MANAGER}
OF_PEOPLE = {Role.MONITOR, Role.TRIAL_MANAGER, Role.ADMINISTRATOR}
NOBODY: set[Role] = set()

WHO_MAY = {
    "today": CARE | {Role.TRIAL_MANAGER},
    "participants": READERS,
    "screen": CARE,
    "participant": READERS,
    "consent": CARE,
    "correct_consent": CARE,
    "eligibility": CARE,
    "contact": CARE,
    "randomize": CARE,
    "receipt": READERS,
    "paper_randomization": {Role.INVESTIGATOR},
    "true_stratum": {Role.INVESTIGATOR},
    "randomized_in_error": {Role.INVESTIGATOR},
    "book": CARE,
    "calendar": READERS,
    "days": READERS,
    "options": CARE,
    "closed_days": CARE | {Role.TRIAL_MANAGER},
    "deviations": READERS,
    "deviations_csv": READERS,
    "feeds": CARE,
    "participant_feeds": CARE,
    "calendar_file": READERS,
    "card": READERS,
    "amendments": {Role.INVESTIGATOR, Role.TRIAL_MANAGER},
    "version": {Role.INVESTIGATOR, Role.TRIAL_MANAGER},
    "review_deviations": {Role.INVESTIGATOR, Role.TRIAL_MANAGER},
    "injection": CARE,
    "visit": CARE,
    "confirm_eligibility": {Role.INVESTIGATOR},
    "hours": CARE,
    "unscheduled": CARE,
    "correct_unscheduled": CARE,
    "hold": {Role.INVESTIGATOR},
    "release": {Role.INVESTIGATOR},
    "withdraw": CARE,
    "found_again": CARE,
    "outbox": CARE | {Role.TRIAL_MANAGER},
    "trial": READERS,
    "progress": READERS,
    "progress_file": READERS,
    "correct_end": CARE,
    "mistake": CARE,
    "no_mistake": CARE,
    "erase": {Role.INVESTIGATOR},
    "signatures": READERS,
    "signatures_csv": READERS,
    "countersign": READERS,
    "people": OF_PEOPLE,
    "delegation_log": OF_PEOPLE,
    "review_access": {Role.TRIAL_MANAGER, Role.ADMINISTRATOR},
    "invite": {Role.ADMINISTRATOR},
    "audit": {Role.MONITOR, Role.TRIAL_MANAGER},
    "audit_csv": {Role.MONITOR, Role.TRIAL_MANAGER},
    "help": READERS | {Role.ADMINISTRATOR},
    "help_topic": READERS | {Role.ADMINISTRATOR},
}
"""Every page that needs a duty. An address that is not here or in ABOUT_A_PERSON fails the suite."""

ABOUT_A_PERSON = {
    "person": OF_PEOPLE,
    "end_duty": {Role.ADMINISTRATOR},
    "shut_account": {Role.ADMINISTRATOR},
    "end_sessions": {Role.ADMINISTRATOR},
    "revoke_token": {Role.ADMINISTRATOR},
    "revoke_addresses": {Role.ADMINISTRATOR},
    "ask_for_code": {Role.ADMINISTRATOR},
    "cancel_invitation": {Role.ADMINISTRATOR},
}
"""Pages about somebody who works here, or is invited to."""

FOR_EVERYBODY = {"home", "health", "set_language", "choose_duty", "components", "feed", "emergency", "tour"}
FOR_EVERYBODY |= {"account_sessions", "invitation"}
ABOUT_NOBODY = {
    "today",
    "participants",
    "screen",
    "outbox",
    "trial",
    "audit",
    "audit_csv",
    "signatures",
    "signatures_csv",
    "countersign",
    "people",
    "delegation_log",
    "review_access",
    "invite",
    "closed_days",
    "deviations",
    "deviations_csv",
    "progress",
    "progress_file",
    "help",
    "help_topic",
    "amendments",
    "feeds",
}
EXTRA = {
    "injection": {"injection": 1},
    "visit": {"code": "V2"},
    "correct_unscheduled": {"visit": 1},
    "calendar_file": {"kind": "pdf"},
}
FILE_OF = {"progress_file": {"figure": "doses", "kind": "csv"}, "help_topic": {"topic": "words"}}
"""What an address about nobody needs all the same."""
OPEN = {200, 302, 405, 409}
"""Where a role may: also a page that takes a form only, or one with nothing to do in this state."""
ROLES = [Role.STUDY_NURSE, Role.INVESTIGATOR, Role.MONITOR, Role.TRIAL_MANAGER, Role.ADMINISTRATOR]


def page_names(patterns: list[URLPattern | URLResolver] | None = None) -> Iterator[str]:
    """The name of every page; accounts' own pages and the API have tables of their own."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield str(pattern.name)
        elif not str(pattern.pattern).startswith(("accounts/", "api/")):
            yield from page_names(pattern.url_patterns)


def address(name: str, number: str) -> str:
    """The page's address for that participant, if it is about one."""
    try:
        return reverse(name, kwargs=FILE_OF.get(name))
    except Exception:
        return reverse(name, kwargs={"number": number, **EXTRA.get(name, {})})


def without_token(answer: HttpResponse) -> str:
    """The page without the form tokens, which are new in every answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


def test_every_page_stands_in_the_table() -> None:
    assert set(page_names()) - FOR_EVERYBODY == set(WHO_MAY) | set(ABOUT_A_PERSON)


@pytest.mark.parametrize("role", ROLES)
def test_a_page_opens_for_the_roles_of_the_table_and_for_no_other(ward: SiteFixture, role: Role) -> None:
    person = ward.booked(MONDAY)
    number = person.number
    said = {"day": START.date(), "reason": "Fever", "by": ward.nurse, "at": START}
    record_unscheduled(participant=person, **said)  # type: ignore[arg-type]
    browser = Browser(ward.world.person(role))
    opened = {name for name in WHO_MAY if browser.get(address(name, number)).status_code in OPEN}
    assert opened == {name for name, roles in WHO_MAY.items() if role in roles}


@pytest.mark.parametrize("role", ROLES)
def test_a_page_about_a_person_opens_for_the_roles_of_the_table_and_for_no_other(
    ward: SiteFixture, role: Role
) -> None:
    addresses, browser = addresses_of_people(ward), Browser(ward.world.person(role))
    opened = {name for name, page in addresses.items() if browser.get(page).status_code in OPEN}
    assert opened == {name for name, roles in ABOUT_A_PERSON.items() if role in roles}


def addresses_of_people(ward: SiteFixture) -> dict[str, str]:
    """Each page of ABOUT_A_PERSON for a pharmacist with a token, or for somebody who is invited."""
    duty, by = ward.worker(Role.PHARMACIST, "pia", ward.site), ward.world.person(Role.ADMINISTRATOR, "anna")
    create_token(delegation=duty, name="x", expires_at=START + timedelta(days=1), door="pharmacy", at=START)
    offer = {"trial": ward.site.trial, "site": ward.site, "by": by, "at": START, "reason": "New."}
    invited = invite(who=Invited("ines", "Ines", "Roux"), role=Role.STUDY_NURSE, **offer)  # type: ignore[arg-type]
    of_person = {"username": "pia"}
    more = {"end_duty": {"duty": duty.pk}, "revoke_token": {"key": ApiToken.objects.get().token_key}}
    asked = {name: of_person | more.get(name, {}) for name in ABOUT_A_PERSON}
    asked["cancel_invitation"] = {"invitation": invited.invitation.pk}
    return {name: reverse(name, kwargs=known) for name, known in asked.items()}


@pytest.mark.parametrize("name", sorted(set(WHO_MAY) - ABOUT_NOBODY))
def test_another_sites_participant_cannot_be_told_from_nobody(ward: SiteFixture, name: str) -> None:
    there = ward.booked(MONDAY, site=ward.second_site()).number
    number_format = ward.world.trial.protocol_version.protocol.number_format
    browser = Browser(ward.worker(role=Role.INVESTIGATOR, name="only-here", site=ward.site))
    answers = {
        number: browser.get(address(name, number))
        for number in (there, format_number(number_format, "01", 99))
    }
    assert {answer.status_code for answer in answers.values()} == {404}
    pages = {without_token(answer).replace(number, "X") for number, answer in answers.items()}
    assert len(pages) == 1


def test_a_stranger_is_sent_to_the_log_in(ward: SiteFixture, client) -> None:  # type: ignore[no-untyped-def]
    number = ward.booked(MONDAY).number
    answers = [client.get(address(name, number)) for name in WHO_MAY]
    assert {(answer.status_code, answer.url.partition("?")[0]) for answer in answers} == {
        (302, "/accounts/login/")
    }
