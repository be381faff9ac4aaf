"""Reads amounts from text: `2 MIU`, `1 million d’UI`, `10 mg/2 mL`, `1 000 000 UI`, `0,5 %`.

English writes 0.5 and 1,000; French writes 0,5 and 1 000. A number is read by the rules of its language and,
where it breaks them, as it can only be meant; that it breaks them is said by `trial.core.doses.writing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache

from trial.core.doses.spelled import written_out
from trial.core.doses.units import BODY, TIMES, UNITS, VOLUMES, Kind, Unit

SPACE = r"[ \t\u00a0\u2009\u202f]"
_WHOLE = (
    rf"\d{{1,3}}(?:{SPACE}\d{{3}})+(?!\d)|\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d{{1,3}}(?:\.\d{{3}}){{2,}}(?!\d)|\d+"
)
NUMBER = rf"(?:(?:{_WHOLE})(?:[.,]\d+)?|[.,]\d+)"
_MULTIPLES = {
    "thousand": 10**3,
    "mille": 10**3,
    "million": 10**6,
    "millions": 10**6,
    "mio": 10**6,
    "billion": 10**9,
    "milliard": 10**9,
    "milliards": 10**9,
}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_FEW = {
    **{
        word: Fraction(number)
        for number, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)
    },
    **{word: Fraction(number) for number, word in enumerate(("une", "deux", "trois", "quatre", "cinq"), 1)},
}
_ADDED = re.compile(rf"{SPACE}*(?:\+|\bplus\b){SPACE}*")
_COUNTED = rf"(?:{NUMBER}|(?i:{'|'.join(_FEW)}))"
_PIECES = (
    "syringes?|seringues?|injections?|vials?|flacons?|ampoules?|doses?|tablets?|comprim[ée]s?|capsules?"
    "|g[ée]lules?|sachets?|patch(?:es)?|pens?|stylos?|bolus(?:es)?|cartridges?|cartouches?|infusions?|perfusions?"
)
_BEFORE = rf"""
        (?:
          (?P<times>{_COUNTED}){SPACE}*(?:[xX×*·]|(?i:times|fois)(?!\w)){SPACE}*(?:(?:de|of){SPACE}+|d['’])?
          |(?P<pieces>{_COUNTED}){SPACE}+(?i:pre-?filled{SPACE}+)?(?i:{_PIECES})(?i:{SPACE}+pr[ée]-?remplie?s?)?
            {SPACE}+(?:(?:of|de|à|at|with){SPACE}+|d['’])
          |(?P<twice>(?i:twice)){SPACE}+
        )?"""
_OFTEN = (
    rf"(?!{SPACE}*(?:/|(?i:per|par|a|an|daily|each|every|chaque|[dj]|days?|jours?|weeks?|semaines?"
    r"|months?|mois)(?!\w)))"
)
_BEHIND = rf"""
        (?:{SPACE}*\(?{SPACE}*(?:
          [xX×]{SPACE}*(?P<after>\d{{1,3}})(?![\w.,^]){_OFTEN}
          |(?P<over>\d{{1,3}}){SPACE}*[xX×](?!\w|{SPACE}*\d){_OFTEN}
        ))?"""
"""How many times an amount is given. `1 MIU x 5 days` and `1 MIU x2 daily` say how often, not how much."""
_SHARE = Unit("%", Kind.MASS, Fraction(1, 100))
_MILLILITRE = Unit("mL", Kind.VOLUME, Fraction(1))


@dataclass(frozen=True)
class Amount:
    """So much of a unit, in all or per something; `words` is what stood in the text.

    One per cent is a gram in 100 mL, as solutions are labelled. What is given `times` over, as in
    `2 x 1 MIU`, is counted in all. `share` is the number that stood before the volume, as in `1 MIU/0.5 mL`.
    """

    number: Fraction
    unit: Unit
    words: str
    per: Unit | None = None
    times: Fraction = Fraction(1)
    share: Fraction | None = None

    @property
    def worth(self) -> Fraction:
        """The amount in base units: grams, international units, millilitres, or such per millilitre."""
        return self.number * self.unit.worth / (self.per.worth if self.per else 1)

    @property
    def single(self) -> Fraction:
        """What one of several is worth: 1 MIU of `2 x 1 MIU`."""
        return self.worth / (self.times or 1)

    @property
    def measures(self) -> tuple[Kind, str]:
        """What is measured; a unit of the trial's own is comparable with itself alone."""
        return (self.unit.kind, self.unit.spelling if self.unit.kind is Kind.OTHER else "")

    @property
    def is_volume(self) -> bool:
        """Whether it is a volume and nothing else."""
        return self.unit.kind is Kind.VOLUME and self.per is None

    @property
    def is_concentration(self) -> bool:
        """Whether it is so much of something in a volume."""
        return self.per is not None and self.per.kind is Kind.VOLUME

    @property
    def by_body(self) -> bool:
        """Whether it goes by a person's weight or surface."""
        return self.per is not None and self.per.kind in (Kind.BODY_WEIGHT, Kind.BODY_SURFACE)

    @property
    def is_dose(self) -> bool:
        """Whether it says how much of something is given at once."""
        timed = self.per is None or self.per.kind is Kind.TIME
        return timed and self.unit.kind is not Kind.VOLUME


def read_amounts(text: str, language: str, own: Iterable[Unit] = ()) -> tuple[Amount, ...]:
    """Every amount that the text names, in its order; `own` are units that nothing else is known of.

    Of a range both ends are named. A number that is spelled (`two million IU`) is read as well.
    """
    found: list[Amount] = []
    written, end = written_out(text, language, _units(tuple(own))), 0
    for match in _pattern(tuple(own)).finditer(written.text):
        low = match["low"]
        times = _times(match, language)
        amount = replace(_amount(match, language, own), words=written.original(*match.span("amount")))
        if low is not None:
            first = Amount(_number(low, language), amount.unit, low, amount.per)
            found.append(_given(first, times))
        if times != 1:
            amount = replace(amount, words=written.original(*match.span()))
        amount, between = _given(amount, times), written.text[end : match.start()]
        if found and low is None and _can_be_added(found[-1], amount) and _ADDED.fullmatch(between):
            amount = _added(found.pop(), amount, between)
        found.append(amount)
        end = match.end()
    return tuple(found)


def _can_be_added(one: Amount, other: Amount) -> bool:
    return one.measures == other.measures and one.per == other.per and not one.is_concentration


def _added(one: Amount, other: Amount, between: str) -> Amount:
    """`1 MIU + 1 MIU` is 2 MIU."""
    number = one.number + other.number * other.unit.worth / one.unit.worth
    return Amount(number, one.unit, one.words + between + other.words, one.per)


def _times(match: re.Match[str], language: str) -> Fraction:
    """How many times the amount is given, before it (`2 x`, `two syringes of`) and behind it (`x2`)."""
    times = Fraction(1)
    for name in ("times", "pieces", "after", "over"):
        if words := match[name]:
            times *= _FEW.get(words.lower()) or _number(words, language)
    return times * 2 if match["twice"] else times


def _given(amount: Amount, times: Fraction) -> Amount:
    """The amount so many times; a concentration stays what it is."""
    if amount.is_concentration:
        return replace(amount, times=times)
    return replace(amount, number=amount.number * times, times=times)


def in_its_volume(amount: Amount) -> tuple[Amount, ...]:
    """`1 MIU/0.5 mL` as a dose and the volume that holds it; nothing where it says no such volume."""
    if not amount.is_concentration or amount.share is None or amount.per is None:
        return ()
    volume = amount.share * amount.times
    dose = replace(amount, number=amount.number * volume, per=None, share=None)
    return (dose, Amount(volume, amount.per, amount.words, times=amount.times))


def read_concentration(text: str, language: str = "en") -> Amount | None:
    """The one concentration that the whole text is; with a unit of the trial's own where none is known."""
    match = _OWN_CONCENTRATION.fullmatch(text.strip())
    own = (Unit(match[1], Kind.OTHER, Fraction(1)),) if match and match[1] not in _KNOWN else ()
    found = read_amounts(text, language, own)
    whole = len(found) == 1 and found[0].words == text.strip() and found[0].is_concentration
    return found[0] if whole else None


def _amount(match: re.Match[str], language: str, own: Iterable[Unit]) -> Amount:
    number = _number(match["number"], language)
    if power := match["power"] or match["raised"]:
        number *= 10 ** int(power.translate(_RAISED))
    if match["multiple"]:
        number *= _MULTIPLES[match["multiple"].lower()]
    words = match["amount"]
    if match["unit"] == "%":
        return Amount(number, _SHARE, words, _MILLILITRE)
    unit = _unit(match["unit"], (*UNITS, *own))
    if not match["per"]:
        return Amount(number, unit, words)
    share = _number(match["share"], language) if match["share"] else Fraction(1)
    per = _unit(match["per"], (*BODY, *TIMES, *VOLUMES))
    written = share if match["share"] else None
    return Amount(number / share if share else number, unit, words, per, share=written)


def _number(words: str, language: str) -> Fraction:
    """The number as its language writes it: grouping out, the decimal sign to a point."""
    plain = re.sub(SPACE, "", words)
    if language == "en" and re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"\d{1,3}((\.\d{3}){2,}|(,\d{3}){2,})", plain):
        plain = re.sub("[.,]", "", plain)
    plain = plain.replace(",", ".")
    whole, _, part = plain.rpartition(".") if plain.count(".") > 1 else (plain, "", "")
    return Fraction("0" + (f"{whole.replace('.', '')}.{part}" if part else plain))


def _unit(spelling: str, units: Iterable[Unit]) -> Unit:
    plain = re.sub(SPACE, " ", spelling)
    return next(unit for unit in units if unit.spelling == plain)


def _alternatives(units: Iterable[Unit]) -> str:
    spellings = sorted({unit.spelling for unit in units}, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", SPACE) for word in spellings)


_KNOWN = frozenset(unit.spelling for unit in UNITS)
_OWN_CONCENTRATION = re.compile(rf"{NUMBER}{SPACE}*([^\W\d_]+){SPACE}*(?:/|per|par).*", re.DOTALL)


@lru_cache(maxsize=64)
def _units(own: tuple[Unit, ...]) -> str:
    return _alternatives((*UNITS, *own))


@lru_cache(maxsize=64)
def _pattern(own: tuple[Unit, ...]) -> re.Pattern[str]:
    units, pers = _alternatives((*UNITS, *own)), _alternatives((*BODY, *TIMES, *VOLUMES))
    multiples = "|".join(sorted(_MULTIPLES, key=len, reverse=True))
    return re.compile(
        rf"""
        (?<![\w.,/^\-–—−])
        {_BEFORE}
        (?:(?P<low>{NUMBER}){SPACE}*(?:-|–|—|\bto\b|\bà\b){SPACE}*)?
        (?P<amount>
          (?P<number>{NUMBER})
          (?:{SPACE}*[x×·*]{SPACE}*10{SPACE}*(?:\^{SPACE}*(?P<power>\d{{1,2}}(?!\d))|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}})))?
          (?:{SPACE}*(?P<multiple>(?i:{multiples})))?
          (?:{SPACE}+(?:de|of){SPACE}+|{SPACE}*d['’]|{SPACE}*)
          (?P<unit>%|(?:{units})(?!\w))
          (?:(?:{SPACE}*/{SPACE}*|{SPACE}+(?:per|par){SPACE}+)
             (?:(?P<share>{NUMBER}){SPACE}*)?(?P<per>{pers})(?!\w))?
        )
        {_BEHIND}
        """,
        re.VERBOSE,
    )
