"""Seen from the pharmacy door, which loads everything: no code is unlisted, and none is only listed."""

from __future__ import annotations

from tests.closed_list import for_door, listed, promised, raised
from trial.rest.problems import GENERAL


def test_the_list_is_complete_and_nothing_in_it_is_unused() -> None:
    assert raised(without=("trial.urls",)) == {code: row[0] for code, row in listed().items()}


def test_the_document_promises_what_the_list_gives_to_this_door() -> None:
    general = {code for code, _sentence in GENERAL.values()}
    assert promised() | general == for_door("pharmacy")
