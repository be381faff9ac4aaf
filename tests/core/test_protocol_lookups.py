"""What a protocol is asked for by code, and what it says where there is no such thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.protocols import course, protocol, words
from trial.core.protocol import Arm, ArmPreparation, Text


def preparation(product: str, label: Text | None) -> ArmPreparation:
    return ArmPreparation("study-drug", product, words("1 MIU"), "0.5", "2 MIU/mL", label=label)


ARMS = (
    Arm("a", words("Arm A"), 1, (preparation("drug", None), preparation("vehicle", words("vehicle alone")))),
    Arm("b", words("Arm B"), 1, (preparation("drug", words("the drug")),)),
)


def test_site_arm_drug_and_course_are_found_by_their_codes() -> None:
    trial = protocol((course(),), arms=ARMS)
    assert (trial.site("01"), trial.arm("b")) == (trial.sites[0], ARMS[1])
    assert (trial.drug("study-drug"), trial.course("IL2")) == (trial.drugs[0], trial.courses[0])


@pytest.mark.parametrize("kind", ["site", "arm", "drug", "course"])
def test_what_is_not_there_raises_its_code(kind: str) -> None:
    with pytest.raises(KeyError, match="nothing"):
        getattr(protocol((course(),), arms=ARMS), kind)("nothing")


def test_people_read_the_first_label_of_a_product_or_the_product_itself() -> None:
    trial = protocol(arms=ARMS)
    assert trial.product_label("drug") == words("the drug")
    assert trial.product_label("vehicle") == words("vehicle alone")
    assert trial.product_label("water") == Text("water", "water")


def test_a_trial_is_blinded_where_somebody_is_masked() -> None:
    assert protocol().blinded is True
    assert replace(protocol(), masked=()).blinded is False
