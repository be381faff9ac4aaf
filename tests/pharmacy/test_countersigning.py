"""A release by token is countersigned at the pharmacy door, where the protocol asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from dosing.pharmacy.preparing import mark_checked, mark_prepared, release
from dosing.pharmacy.worklist import PreparationView
from randomization.sealed.models import SealedAuditEntry, SealedSignature
from randomization.sealed.verification import sealed_signatures
from tests.pharmacy.conftest import signature_of
from trial.models import Delegation, Signature
from trial.people.amendments import install_amendment
from trial.people.signing import Hand
from trial.protocol.files import PROTOCOLS, parse_protocol

PAGE = "/countersign/"


@pytest.fixture(autouse=True)
def clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def test_a_release_by_token_waits_for_a_pharmacist_and_is_countersigned_once(
    todo: tuple[PreparationView, ...],
    pharmacist: Delegation,
    colleague: Delegation,
    enter: Callable[[Delegation], Client],
    at: datetime,
) -> None:
    text = (PROTOCOLS / "nct02059759.toml").read_text().replace('version = "1"', 'version = "2"', 1)
    install_amendment(file=parse_protocol(f'{text}\n[signatures]\ncountersign = ["release"]\n'), at=at)
    one = {"preparation": todo[0].id, "at": at}
    mark_prepared(lot=todo[0].lots[0].id, by=pharmacist, **one)  # type: ignore[arg-type]
    mark_checked(by=colleague, **one)  # type: ignore[arg-type]
    release(by=colleague, hand=Hand(system="robot"), **one)  # type: ignore[arg-type]
    signed = signature_of(pharmacist)
    browser, row = enter(pharmacist), SealedSignature.objects.get()
    assert "to be countersigned" in browser.get("/signatures/").content.decode()
    assert todo[0].participant in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, signed | {"what": [str(row.pk)], "password": "guess"}).status_code == 403
    answers = [browser.post(PAGE, signed | {"what": [str(row.pk)]}).status_code for _time in range(2)]
    assert answers == [302, 422]
    mine = SealedSignature.objects.get(countersigns=row)
    entry = SealedAuditEntry.objects.get(action="act.countersigned")
    assert (mine.digest, mine.audit_hash, mine.by) == (row.digest, entry.hash, pharmacist)
    assert not Signature.objects.exists()  # the clinic's side learns nothing of it
    assert not [report.fault for report in sealed_signatures() if report.fault]
