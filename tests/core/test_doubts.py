"""Unlikely values: which are asked about, how a confirmation spells them, and when it counts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tests.faulty_files import faulty
from trial.core.doubts import outside, spelled, unconfirmed
from trial.core.eligibility import implausible
from trial.core.protocol import Protocol
from trial.protocol.files import PROTOCOLS, load_protocol, parse_protocol

DAY = date(2015, 10, 5)
SAME = [
    (("69,5", "69.5", "69.50", Decimal("69.5"), 69.5), "69.5"),
    (("695", 695, "695.0", " 695 ", Decimal("6.95E+2")), "695"),
    (("0", "-0", 0, "0.00"), "0"),
    (("1 234,5", "1234.5", "1\u202f234,50"), "1234.5"),
    ((date(2015, 3, 1), "2015-03-01"), "2015-03-01"),
    (("-2,5", Decimal("-2.5")), "-2.5"),
]


@pytest.mark.parametrize(("values", "spelling"), SAME)
def test_a_value_has_one_spelling_however_it_was_typed(values: tuple[object, ...], spelling: str) -> None:
    assert {spelled(value) for value in values} == {spelling}


@pytest.mark.parametrize("text", ["1e999999999", "NaN", "Infinity", "70 or so", ""])
def test_what_is_no_number_stays_as_it_is(text: str) -> None:
    assert spelled(text) == text


@pytest.mark.parametrize("value", [5, 160, 70, Decimal("159.9"), Decimal("5.0")])
def test_both_ends_of_a_range_belong_to_it(value: int | Decimal) -> None:
    assert outside("I7", value, 5, 160, "%") == ()


@pytest.mark.parametrize("value", [Decimal("4.9"), Decimal("160.1"), 695, -70, 0])
def test_what_lies_outside_is_asked_about(value: int | Decimal) -> None:
    (doubt,) = outside("I7", value, 5, 160, "%")
    assert str(doubt.asks) == f"{value} % is outside 5 to 160. Is it right?"
    assert str(doubt.keeps) == f"Yes, {value} % is right."


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({"I7": "695"}, True),
        ({"I7": 695}, True),
        ({"I7": "695.0"}, True),
        ({}, False),
        ({"I7": "69.5"}, False),
        ({"I7": "6950"}, False),
        ({"I7": True}, False),
        ({"I7": ""}, False),
        ({"I8": "695"}, False),
    ],
)
def test_only_the_very_value_confirms(said: dict[str, object], counts: bool) -> None:
    doubts = outside("I7", 695, 5, 160, "%")
    assert unconfirmed(doubts, said) == (() if counts else doubts)


def _protocol(key: str) -> Protocol:
    return load_protocol(PROTOCOLS / f"{key}.toml").protocol


LOST_COMMAS = [
    ("nct02059759", "I7", "69,5", "695"),
    ("nct02059759", "I7", "82,3", "823"),
    ("nct02059759", "I7", "101,2", "1012"),
    ("nct02059759", "I7", "70,05", "7005"),
    ("nct03039673", "I4", "69,5", "695"),
    ("nct03039673", "I4", "55,5", "555"),
    ("nct01575834", "I3", "-2,5", "-25"),
    ("nct01575834", "I3", "-3,4", "-34"),
    ("nct01575834", "E3", "20,5", "205"),
    ("nct01575834", "E3", "31,2", "312"),
]


@pytest.mark.parametrize(("key", "name", "meant", "sent"), LOST_COMMAS)
def test_a_lost_decimal_comma_is_asked_about_and_the_number_that_was_meant_is_not(
    key: str, name: str, meant: str, sent: str
) -> None:
    criteria = [row for row in _protocol(key).criteria if row.id == name]
    said = {"consent_on": DAY, "birth": date(1960, 5, 1)}
    assert implausible(criteria, {name: meant}, **said) == ()
    assert [(row.field, row.value) for row in implausible(criteria, {name: sent}, **said)] == [(name, sent)]


def test_a_criterion_without_a_range_asks_nothing() -> None:
    older = parse_protocol(faulty("no plausible range")).protocol
    criteria = [row for row in older.criteria if row.id == "I7"]
    assert implausible(criteria, {"I7": "695"}, consent_on=DAY, birth=date(1960, 5, 1)) == ()
