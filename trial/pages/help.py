"""Help at both doors: pages written as documents below `docs/help`, by duty, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from trial.core.french import french_spaces
from trial.pages.help_text import as_html, names_in, title_of
from trial.permissions import Role

FOLDER: Path = settings.BASE_DIR / "docs" / "help"
WORDS = "words"
"""The topic that is not of a door: the glossary."""

TOPICS: dict[str, dict[str, tuple[str, ...]]] = {
    "clinic": {
        Role.STUDY_NURSE: ("nurse",),
        Role.INVESTIGATOR: ("investigator", "nurse"),
        Role.MONITOR: ("monitor",),
        Role.TRIAL_MANAGER: ("monitor", "manager"),
        Role.ADMINISTRATOR: ("administrator",),
    },
    "pharmacy": {
        Role.PHARMACIST: ("pharmacist",),
        Role.UNBLINDED_STATISTICIAN: ("statistician",),
        Role.INVESTIGATOR: ("code-break",),
    },
}
"""Door -> role -> what to read, most important first. Another role's help at the same door is no secret."""


@dataclass(frozen=True)
class Topic:
    """One document in one language."""

    key: str
    text: str

    @property
    def title(self) -> str:
        """The heading of the document."""
        return title_of(self.text)

    @property
    def names(self) -> list[str]:
        """The pages that it speaks of, by the names of their addresses."""
        return names_in(self.text)

    @property
    def html(self) -> str:
        """The document as HTML; links lead to other topics of this door."""
        return as_html(self.text, _address)


def keys_of(door: str) -> list[str]:
    """Every topic of a door, each once, and the words of the trial last."""
    topics = [key for keys in TOPICS[door].values() for key in keys]
    return [*dict.fromkeys(topics), WORDS]


def topic(key: str) -> Topic:
    """A topic in the language of the page. Raises KeyError for one that this door does not have."""
    if key not in keys_of(settings.VELUM_DOOR):
        raise KeyError(key)
    return _read(key, "fr" if (get_language() or "").startswith("fr") else "en")


@cache
def _read(key: str, language: str) -> Topic:
    text = path_of(key, language).read_text(encoding="utf-8")
    return Topic(key, french_spaces(text) if language == "fr" else text)


def path_of(key: str, language: str) -> Path:
    """Where a topic is written."""
    return FOLDER / f"{key}.{language}.md"


def topics_for(role: str) -> list[Topic]:
    """What somebody in that role reads here, most important first, and the words."""
    own = TOPICS[settings.VELUM_DOOR].get(role, ())
    return [topic(key) for key in (*own, WORDS)]


def help_on(page: str | None, role: str) -> str:
    """Where the page of that name is explained to that role; the first page of help if nowhere."""
    for found in topics_for(role):
        if page in found.names:
            return f"{reverse('help_topic', args=[found.key])}#{page}"
    return reverse("help")


def _address(link: str) -> str:
    key = Path(link).name.partition(".")[0]
    return reverse("help_topic", args=[key]) if key in keys_of(settings.VELUM_DOOR) else ""
