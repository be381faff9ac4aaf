"""The record's terms in the words that a page shows."""

from __future__ import annotations

from trial.core.record.values import Allocation, DirectorRole, Masking, Model, Purpose, Sex
from trial.core.sentences import Sentence

ALLOCATIONS = {
    Allocation.RANDOMIZED: Sentence("by randomisation"),
    Allocation.NON_RANDOMIZED: Sentence("not by randomisation"),
}
MODELS = {
    Model.PARALLEL: Sentence("parallel groups"),
    Model.CROSSOVER: Sentence("crossover"),
    Model.FACTORIAL: Sentence("factorial"),
    Model.SEQUENTIAL: Sentence("sequential groups"),
    Model.SINGLE_GROUP: Sentence("one group"),
}
PURPOSES = {
    Purpose.TREATMENT: Sentence("treatment of a disease"),
    Purpose.PREVENTION: Sentence("prevention"),
    Purpose.DIAGNOSTIC: Sentence("diagnosis"),
    Purpose.SUPPORTIVE_CARE: Sentence("supportive care"),
    Purpose.SCREENING: Sentence("screening for a disease"),
    Purpose.HEALTH_SERVICES_RESEARCH: Sentence("health services research"),
    Purpose.BASIC_SCIENCE: Sentence("basic science"),
    Purpose.DEVICE_FEASIBILITY: Sentence("feasibility of a device"),
    Purpose.OTHER: Sentence("another purpose"),
}
MASKINGS = {
    Masking.NONE: Sentence("none (open)"),
    Masking.SINGLE: Sentence("single"),
    Masking.DOUBLE: Sentence("double"),
    Masking.TRIPLE: Sentence("triple"),
    Masking.QUADRUPLE: Sentence("quadruple"),
}
SEXES = {
    Sex.ALL: Sentence("women and men"),
    Sex.FEMALE: Sentence("women"),
    Sex.MALE: Sentence("men"),
}
DIRECTORS = {
    DirectorRole.STUDY_DIRECTOR: Sentence("Study director"),
    DirectorRole.PRINCIPAL_INVESTIGATOR: Sentence("Principal investigator"),
    DirectorRole.STUDY_CHAIR: Sentence("Study chair"),
}
MASKED_ROLES = {
    "participant": Sentence("participant"),
    "care_provider": Sentence("care provider"),
    "investigator": Sentence("investigator"),
    "outcomes_assessor": Sentence("outcomes assessor"),
}
"""Who is masked, by the words of a protocol file."""
