"""Durations are read as ISO 8601 has them, exactly, and what is none is said to be none."""

from __future__ import annotations

import pytest

from trial.core.durations import NotADuration, days, parse_duration

READ = [
    ("P1W", 0, 7, ""),
    ("P2W", 0, 14, ""),
    ("P2M", 2, 0, ""),
    ("P1Y", 12, 0, ""),
    ("P1Y2M", 14, 0, ""),
    ("P0.5Y", 6, 0, ""),
    ("P0D", 0, 0, ""),
    ("PT0M", 0, 0, ""),
    ("PT0H", 0, 0, ""),
    ("P1M7D", 1, 7, ""),
    ("PT24H", 0, 1, ""),
    ("PT48H", 0, 2, ""),
    ("PT1440M", 0, 1, ""),
    ("PT86400S", 0, 1, ""),
    ("PT23H60M", 0, 1, ""),
    ("P1DT24H", 0, 2, ""),
    ("PT36H", 0, 1, "12 h"),
    ("P1DT12H", 0, 1, "12 h"),
    ("P1.5D", 0, 1, "12 h"),
    ("P1,5D", 0, 1, "12 h"),
    ("P1.5W", 0, 10, "12 h"),
    ("PT1.24H", 0, 0, "1 h 14 min 24 s"),
    ("PT1.5H", 0, 0, "1 h 30 min"),
    ("PT5M", 0, 0, "5 min"),
    ("PT0.5S", 0, 0, "0.5 s"),
    ("PT3599S", 0, 0, "59 min 59 s"),
    ("PT3600S", 0, 0, "1 h"),
    ("PT60S", 0, 0, "1 min"),
    ("-P2M", -2, 0, ""),
    ("-P7D", 0, -7, ""),
    ("-PT36H", 0, -1, "12 h"),
    ("+P1D", 0, 1, ""),
    (" P7D\n", 0, 7, ""),
]


@pytest.mark.parametrize(("text", "months", "whole_days", "rest"), READ)
def test_a_duration_has_months_and_whole_days_and_says_what_is_left(
    text: str, months: int, whole_days: int, rest: str
) -> None:
    found = parse_duration(text)
    assert (found.months, found.days, found.rest) == (months, whole_days, rest)


NONE = [
    "", " ", "P", "PT", "PTH", "PD", "PYM", "P1", "1D", "P1DT", "P-1D", "P.5D", "P1.D", "P1.5DT2H", "P1,5Y2M",
    "P1.5M", "PT1H1", "P1D2W", "P1H", "PT1D", "P2X", "p7d", "P7d", "pt24h", "2 weeks", "P 7D", "P7D ago",
    "P7D/P8D", "P0003-06-04T12:30:05", "--P1D", "P٣D", "P1e3D", "P99999999999D", "PINFD", "PT1:30H", "R3/P7D",
]  # fmt: skip


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_duration_is_said_to_be_none(text: str) -> None:
    with pytest.raises(NotADuration, match=f"“{text.replace('.', '[.]')}”"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "leads_back"),
    [("-P1M", True), ("-PT1S", True), ("-PT0.5S", True), ("P0D", False), ("PT1S", False)],
)
def test_a_duration_leads_back_by_any_length_and_its_length_does_not(text: str, leads_back: bool) -> None:
    found = parse_duration(text)
    assert (found.is_negative, abs(found).is_negative) == (leads_back, False)


def test_two_half_days_are_a_day_when_they_are_added_before_they_are_counted() -> None:
    half = parse_duration("PT12H")
    assert (half.days, (half + half).days, (half + half) == days(1)) == (0, 1, True)


def test_months_beside_days_are_mixed_and_neither_alone_is() -> None:
    assert [parse_duration(text).is_mixed for text in ("P1M1D", "P1M", "P1D", "P0M1D")] == [
        True, False, False, False,
    ]  # fmt: skip
