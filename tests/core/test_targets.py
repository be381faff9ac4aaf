"""A target is a limit: who counts where, what is said, and from which share on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from randomization.core.targets import first_reached, full_strata, left_in, notices, refusal, targets_of
from tests.core.planted_faults import IMODALS, MIROCALS
from trial.core.protocol import Protocol, Targets
from trial.protocol.files import UnreadableProtocol, parse_protocol


def protocol(text: str = MIROCALS, **targets: object) -> Protocol:
    return replace(parse_protocol(text).protocol, target=100, targets=Targets(**targets))  # type: ignore[arg-type]


DRAWS = {("01", "FR/BULBAR"): 8, ("01", "FR/LIMB"): 2, ("11", "UK/BULBAR"): 5}


def test_draws_are_counted_in_the_trial_at_their_site_and_in_their_stratum() -> None:
    found = targets_of(protocol(sites=(("01", 12),), strata=(("UK/BULBAR", 5),)), DRAWS)

    assert [(row.of, row.name, row.drawn, row.left) for row in found] == [
        ("trial", "", 15, 85),
        ("site", "01", 10, 2),
        ("stratum", "UK/BULBAR", 5, 0),
    ]


@pytest.mark.parametrize(
    ("site", "stratum", "reached"),
    [("11", "UK/BULBAR", True), ("11", "UK/LIMB", False), ("01", "FR/LIMB", False)],
)
def test_a_full_stratum_keeps_out_its_own_people_alone(site: str, stratum: str, reached: bool) -> None:
    found = targets_of(protocol(sites=(("01", 12),), strata=(("UK/BULBAR", 5),)), DRAWS)

    assert (first_reached(found, site, stratum) is not None) is reached
    assert full_strata(found, ["UK/BULBAR", "UK/LIMB"]) == ("UK/BULBAR",)


def test_more_than_the_target_leaves_nobody_rather_than_fewer_than_none() -> None:
    found = targets_of(protocol(sites=(("01", 9),)), DRAWS)

    assert [row.left for row in found] == [85, 0]
    assert str(refusal(found[1])).startswith("10 of 9 are randomised at site 01: its target is reached.")


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (28, []),
        (29, ["29 of 36 are randomised: 80 % of the trial’s target."]),
        (34, ["34 of 36 are randomised: 94 % of the trial’s target."]),
        (35, ["35 of 36 are randomised: 97 % of the trial’s target."]),
        (36, ["36 of 36 are randomised: 100 % of the trial’s target."]),
        (39, ["39 of 36 are randomised: beyond the trial’s target (108 %)."]),
    ],
)
def test_a_notice_begins_at_the_shares_that_the_protocol_chose_and_says_what_is_reached(
    drawn: int, said: list[str]
) -> None:
    imodals = parse_protocol(IMODALS).protocol
    found = targets_of(imodals, {("01", "all"): drawn})

    assert [str(one) for one in notices(found, imodals.targets.notices)] == said


def test_what_is_left_in_a_stratum_is_the_less_of_its_own_and_of_the_trials() -> None:
    few = replace(protocol(strata=(("FR/BULBAR", 50),)), target=16)

    assert left_in(targets_of(few, DRAWS), "FR/BULBAR") == 1
    assert left_in(targets_of(protocol(strata=(("FR/BULBAR", 9),)), DRAWS), "FR/BULBAR") == 1


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("sites = { 02 = 12 }", "names “02”, which this file does not have; it has 01."),
        ("sites = { 01 = 37 }", "must be 1 to 36, the target of the trial."),
        ("sites = { 01 = 0 }", "must be 1 to 36, the target of the trial."),
        ("sites = { 01 = 35 }", "add up to 35, so that the target of the trial, 36, is never reached."),
        ('strata = { "FR/BULBAR" = 3 }', "names “FR/BULBAR”, which this file does not have; it has all."),
        ("notices = [95, 80]", "must rise from share to share, as 80, 95, 100 do."),
        ("notices = [80, 101]", "101"),
        ("sites = { 01 = 3.5 }", "a whole number"),
    ],
)
def test_targets_that_cannot_be_are_faults_with_their_line(table: str, fault: str) -> None:
    with pytest.raises(UnreadableProtocol) as refused:
        parse_protocol(f"{IMODALS}\n[targets]\n{table}\n")

    assert fault in str(refused.value)


def test_targets_are_read() -> None:
    table = "\n[targets]\nnotices = [50, 100]\nsites = { 01 = 36 }\nstrata = { all = 36 }\n"

    assert parse_protocol(IMODALS + table).protocol.targets == Targets(
        (50, 100), (("01", 36),), (("all", 36),)
    )
