"""Sentences as values: what is to be said, and what stands in its places.

Whatever has no Django says what it found as a `Sentence`. Its English words stand where it is made, and are
its name in gettext's catalogue, which holds the other languages. Words are chosen where somebody reads them:
`str()` is the English of a terminal, `trial.wording.words` the language of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import reduce
from typing import Any, TypeAlias, Union

from trial.core.protocol import Text

Words: TypeAlias = "Sentence | Text | str"
"""A sentence, a protocol's own words in both languages, or words that stay as they are: a name, say."""
Place: TypeAlias = Union["Sentence", Text, str, int, Decimal]


@dataclass(frozen=True)
class Language:
    """A language's tag, and gettext's two functions for it."""

    tag: str
    gettext: Callable[[str], str]
    ngettext: Callable[[str, str, int], str]


ENGLISH = Language("en", str, lambda one, many, count: one if count == 1 else many)


@dataclass(frozen=True, init=False)
class Sentence:
    """`Sentence("%(count)s of %(all)s are sealed.", count=1, all=3)`.

    `code` is the English form, with a place such as `%(count)s` for whatever differs. What `counted` makes
    has its plural in `many`. A place may hold a sentence itself.
    """

    code: str
    places: Mapping[str, Place]
    many: str = ""

    def __init__(self, code: str, many: str = "", /, **places: Place) -> None:
        for name, value in (("code", code), ("places", places), ("many", many)):
            object.__setattr__(self, name, value)

    def __str__(self) -> str:
        return said(self, ENGLISH)

    def __hash__(self) -> int:
        return hash((self.code, tuple(self.places.items())))

    def having(self, **places: Place) -> Sentence:
        """The same sentence with these places filled as well."""
        return Sentence(self.code, self.many, **{**self.places, **places})


class Saying(Exception):
    """An exception whose sentence, or its code and places, says what is wrong and what to do next."""

    def __init__(self, sentence: Sentence | str, /, **places: Place) -> None:
        self.sentence = sentence if isinstance(sentence, Sentence) else Sentence(sentence, **places)
        super().__init__(self.sentence)


LIST = Sentence("%(first)s, %(rest)s")


def counted(one: str, many: str, *, count: int, **places: Place) -> Sentence:
    """A sentence that goes by its place `count`: `counted("%(count)s day", "%(count)s days", count=2)`."""
    return Sentence(one, many, count=count, **places)


def joined(parts: Iterable[Words], form: Sentence) -> Words:
    """All parts as one; `form` says with its places `first` and `rest` what stands between two."""
    return reduce(lambda first, rest: form.having(first=first, rest=rest), parts)


def said(words: object, language: Language) -> str:
    """The words in a language; what is in none of its own stays as it is."""
    if isinstance(words, Text):
        return words.in_language(language.tag)
    if isinstance(words, Decimal) and language.tag.startswith("fr"):
        return str(words).replace(".", ",")
    if not isinstance(words, Sentence):
        return str(words)
    form = language.gettext(words.code)
    if words.many:
        form = language.ngettext(words.code, words.many, _number(words.places["count"]))
    return (
        form % {name: said(value, language) for name, value in words.places.items()} if words.places else form
    )


def _number(count: Place) -> int:
    """The whole number whose plural a count has; a part of one counts as several."""
    value = Decimal(str(count))
    return int(value) if value == int(value) else 2


def as_json(words: Words) -> Any:
    """Words as JSON can keep them: code and places, not the words of a language."""
    return str(words) if isinstance(words, str) else asdict(words)


def from_json(data: Any) -> Words:
    """What `as_json` kept; plain words, as older answers have them, stay as they are."""
    if not isinstance(data, dict):
        return str(data)
    if "code" not in data:
        return Text(data["en"], data["fr"])
    kept = {
        name: place if isinstance(place, int) else from_json(place) for name, place in data["places"].items()
    }
    return Sentence(data["code"], data["many"], **kept)
