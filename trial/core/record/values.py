"""The registry record as values: what it says of the trial, in its own terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a protocol holds a record, and knows how words are kept
    from trial.core.protocol import Text


class Allocation(StrEnum):
    """How participants come to their arms."""

    RANDOMIZED = "randomized"
    NON_RANDOMIZED = "non_randomized"


class Model(StrEnum):
    """The record's intervention model."""

    PARALLEL = "parallel"
    CROSSOVER = "crossover"
    FACTORIAL = "factorial"
    SEQUENTIAL = "sequential"
    SINGLE_GROUP = "single_group"


class Purpose(StrEnum):
    """What the interventions are for."""

    TREATMENT = "treatment"
    PREVENTION = "prevention"
    DIAGNOSTIC = "diagnostic"
    SUPPORTIVE_CARE = "supportive_care"
    SCREENING = "screening"
    HEALTH_SERVICES_RESEARCH = "health_services_research"
    BASIC_SCIENCE = "basic_science"
    DEVICE_FEASIBILITY = "device_feasibility"
    OTHER = "other"


class Masking(StrEnum):
    """How many roles are masked, in the record's word; which ones, `Protocol.masked` says."""

    NONE = "none"
    SINGLE = "single"
    DOUBLE = "double"
    TRIPLE = "triple"
    QUADRUPLE = "quadruple"

    @property
    def roles(self) -> int:
        """How many roles the word means."""
        return list(Masking).index(self)


class Sex(StrEnum):
    """Who may take part by sex."""

    ALL = "all"
    FEMALE = "female"
    MALE = "male"


class DirectorRole(StrEnum):
    """What the record calls the person who leads the trial."""

    STUDY_DIRECTOR = "study_director"
    PRINCIPAL_INVESTIGATOR = "principal_investigator"
    STUDY_CHAIR = "study_chair"


@dataclass(frozen=True)
class Director:
    """Who leads the trial, as the record names them."""

    name: str
    role: DirectorRole = DirectorRole.STUDY_DIRECTOR
    affiliation: str = ""


@dataclass(frozen=True)
class Publication:
    """Where the results were published; `doi` is empty where there is none."""

    citation: str
    doi: str = ""


@dataclass(frozen=True)
class Objective:
    """One secondary objective, lettered as in the record."""

    id: str
    text: Text


@dataclass(frozen=True)
class Record:
    """What the registry record says. Everything may be missing: an older file has none of it."""

    condition: Text | None = None
    allocation: Allocation | None = None
    intervention_model: Model | None = None
    purpose: Purpose | None = None
    masking: Masking | None = None
    sex: Sex | None = None
    healthy_volunteers: bool | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    started_on: date | None = None
    completed_on: date | None = None
    director: Director | None = None
    publication: Publication | None = None
    objectives: tuple[Objective, ...] = ()


NO_RECORD = Record()
"""Of a file that carries none."""
