"""No password with words of the trial or of one's own name: whoever guesses tries them first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from trial.models import ProtocolVersion, Site, Trial, User

LONG = 5
"""From this length a word is found anywhere in a password; a shorter one only where it stands alone."""
SHORTEST, SHORTEST_NUMBER = 3, 6

SIGNS = (str.maketrans("013457@$!", "oleastasi"), str.maketrans("013457@$!", "oieastasl"))
"""Signs that stand for letters in passwords: `V3lum`, `p1acebo`, `s1te`."""

_COMMON = (
    "and are between day days dose each every for from half high into low more not once one out over "
    "per phase than that the their this three time times two versus week weeks who with year years "
    "aux avec centre chaque chez dans des deux dont elle entre est faible fois forte jour jours les "
    "leur mois mise non ont par pas peu plus pour puis qui sans selon ses son sous sur toutes tous "
    "trois une vers hopital hospital hospitalier university universitaire clinic clinique"
)
COMMON = frozenset(_COMMON.split())
"""Words that say nothing of the trial. A hospital's own name is refused, the word hospital is not."""


class BothLanguages(Protocol):
    """A text in English and French."""

    @property
    def en(self) -> str:
        """The English one."""

    @property
    def fr(self) -> str:
        """The French one."""


class NoWordsOfTheTrial:
    """A validator of passwords, as Django asks them when a password is set."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse a password with such a word, naming it. Raises ValidationError."""
        if found := _first_in(password, own_words(user)):
            raise ValidationError(_said(_("“%(word)s” is part of your own name"), found), "own_name")
        if found := _first_in(password, trial_words()):
            raise ValidationError(_said(_("“%(word)s” is a word of a trial here"), found), "trial_word")

    def get_help_text(self) -> str:
        """What to avoid."""
        return _("No word of the trial: not its code, disease, drug, sponsor or hospital, nor your own name.")


def _said(what: str, word: str) -> str:
    return what % {"word": word} + _(", and such words are guessed first. Choose others.")


def own_words(user: User | None) -> set[str]:
    """The words of a person's name and user name."""
    names = (user.first_name, user.last_name, user.username, user.email.partition("@")[0]) if user else ()
    return {word for name in names for word in words_in(name)}


def trial_words() -> set[str]:
    """The words of every trial that is installed here, and of Velum itself."""
    words = {"velum"}
    for trial in Trial.objects.all():
        words |= {word for text in _texts(trial.protocol_version) for word in words_in(text)}
    for name, city in Site.objects.values_list("name", "city"):
        words |= {*words_in(name), *words_in(city)}
    return words - COMMON


def _texts(version: ProtocolVersion) -> Iterator[str]:
    """What a stranger would try, in both languages: codes, title, disease, drugs, sponsor, sites."""
    protocol = version.protocol
    numbers = protocol.identifiers
    yield from (protocol.key, protocol.acronym, protocol.sponsor)
    yield from (numbers.nct, numbers.eudract, numbers.sponsor)
    yield from _both(protocol.title)
    yield from _both(protocol.record.condition)
    for drug in protocol.drugs:
        yield from (drug.code, *_both(drug.label))
    for arm in protocol.arms:
        yield from (arm.code, *_both(arm.label), *(row.product for row in arm.preparations))
    for site in protocol.sites:
        yield from (site.name, site.city)


def _both(text: BothLanguages | None) -> tuple[str, ...]:
    return (text.en, text.fr) if text else ()


def words_in(text: str) -> set[str]:
    """The words of a text, plain; of a code the whole, and its letters and digits."""
    parts = [*_parts(text), *_runs(_plain(text))]
    joined = {"".join(_parts(code)) for code in text.split() if re.search(r"\d", code)}
    return {
        word for word in {*parts, *joined} if len(word) >= SHORTEST and not (word.isdigit() and len(word) < 6)
    }


def _parts(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", _plain(text))


def _runs(text: str) -> list[str]:
    return re.findall(r"[a-z]+|[0-9]+", text)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


def _first_in(password: str, words: Iterable[str]) -> str:
    """The longest of the words that stands in the password, however it is written; empty for none."""
    plain = _plain(password)
    ways = {plain, *(plain.translate(signs) for signs in SIGNS)}
    alone = {part for way in ways for part in _runs(way)}
    run = {re.sub(r"[^a-z0-9]", "", way) for way in ways}
    found = [
        word for word in words if word in alone or (len(word) >= LONG and any(word in way for way in run))
    ]
    return max(found, key=lambda word: (len(word), word), default="")
