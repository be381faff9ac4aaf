"""The eligibility checklist as somebody answers it on the page, from the questions of the protocol."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from trial.core.protocol import Criterion, CriterionKind
from trial.protocol.files import PROTOCOLS, load_protocol

PROTOCOL = load_protocol(PROTOCOLS / "nct02059759.toml").protocol
ARM_WORDS = (
    "placebo",
    "interleu",
    "aldesleu",
    "il-2",
    "il2",
    "miu",
    "mui",
    "vehicle",
    "scleros",
    "scléros",
)
"""What a blinded page or message about a participant never says."""


COUNT = count()


def today() -> date:
    """The day at the site."""
    return datetime.now(ZoneInfo("Europe/Paris")).date()


def answers(**other: object) -> dict[str, str]:
    """Each question's field and an answer that lets in, but for those given."""
    asked = [one for one in PROTOCOL.questions() if one.kind is not CriterionKind.AGE]
    good = {one.id: _good(one) for one in asked}
    birth = f"{1961 + next(COUNT) % 25}-05-17"  # each a person of their own, in one demonstration
    return {"birth_date": birth, **{name: str(value) for name, value in (good | other).items()}}


def _good(question: Criterion) -> object:
    if question.kind is CriterionKind.YES_NO:
        return "yes" if question.required_answer else "no"
    if question.kind is CriterionKind.SINCE:
        return today() - timedelta(days=500)
    return 90 if question.below is None else 1
