"""Answers that let a participant in, taken from the protocol itself."""

from __future__ import annotations

from trial.core.protocol import Criterion, CriterionKind
from trial.protocol.files import PROTOCOLS, load_protocol


def _good(question: Criterion) -> object:
    if question.kind is CriterionKind.YES_NO:
        return question.required_answer
    if question.kind is CriterionKind.SINCE:
        return "2013-06-01"
    return 90 if question.below is None else 1


GOOD_ANSWERS = {
    question.id: _good(question)
    for question in load_protocol(PROTOCOLS / "nct02059759.toml").protocol.questions()
    if question.kind is not CriterionKind.AGE
}
