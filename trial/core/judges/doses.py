"""Judges every dose line: dose = volume x concentration, the same in both languages, in a real syringe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trial.core.doses.amounts import Amount, in_its_volume, read_amounts, read_concentration
from trial.core.doses.spelled import bare_numbers
from trial.core.doses.units import Kind, Unit
from trial.core.faults import Place
from trial.core.french import french_amount
from trial.core.protocol import Protocol, Text

LARGEST_ML = Decimal(20)
"""The largest syringe from which an injection is given by hand."""
SMALLEST_ML = Decimal("0.01")
"""The finest mark of a syringe for one millilitre."""
LANGUAGES = ("en", "fr")
_DIGITS = 12


@dataclass(frozen=True)
class DoseLine:
    """What one `[[arms.preparations]]` row says, read. `doses` holds what each language names."""

    doses: dict[str, tuple[Amount, ...]]
    volume: Fraction
    concentration: Amount | None

    @property
    def active(self) -> bool:
        """Whether it holds anything but vehicle, as far as its dose or its concentration says."""
        given = any(dose.worth for doses in self.doses.values() for dose in doses if dose.is_dose)
        return given or (self.concentration is not None and self.concentration.unit.spelling != "%")

    @property
    def product(self) -> Fraction | None:
        """Volume times concentration, in base units."""
        return self.volume * self.concentration.worth if self.concentration else None


def read_line(row: Place) -> DoseLine:
    """The dose line of a preparation, as far as it can be read."""
    concentration = read_concentration(row.get("concentration", ""))
    own = (concentration.unit,) if concentration and concentration.unit.kind is Kind.OTHER else ()
    doses = {
        language: _apart(read_amounts(row.get("dose")[language], language, own)) for language in LANGUAGES
    }
    return DoseLine(doses, _volume(Decimal(row.get("volume_ml"))), concentration)


def _apart(amounts: tuple[Amount, ...]) -> tuple[Amount, ...]:
    """The amounts; where none is a dose, `1 MIU/0.5 mL` is one, and the volume that it is in."""
    if any(amount.is_dose for amount in amounts):
        return amounts
    return tuple(part for amount in amounts for part in in_its_volume(amount) or (amount,))


def _volume(volume: Decimal) -> Fraction:
    """The volume exactly; nothing where no syringe comes near it, such as 1E+99999999."""
    return Fraction(volume) if abs(volume.adjusted()) < _DIGITS else Fraction(0)


def judge_doses(root: Place, protocol: Protocol) -> None:
    """Every dose line of every arm."""
    for arm in root.rows("arms"):
        for row in arm.rows("preparations"):
            line = read_line(row)
            _judge_volume(row)
            _judge_concentration(row, line)
            _judge_languages(row, line)
            _judge_told(row, line)
            _judge_arithmetic(row, line, _at_odds(arm, line))


def _judge_volume(row: Place) -> None:
    volume = Decimal(row.get("volume_ml"))
    if volume > LARGEST_ML:
        row.fault(
            "%(volume)s mL is more than a syringe for injection holds, %(most)s mL.",
            "volume_ml",
            volume=_words(row.get("volume_ml")),
            most=str(LARGEST_ML),
        )
    elif volume < SMALLEST_ML:
        row.fault(
            "%(volume)s mL is less than a syringe can measure, %(least)s mL.",
            "volume_ml",
            volume=_words(row.get("volume_ml")),
            least=_words(str(SMALLEST_ML)),
        )


def _judge_concentration(row: Place, line: DoseLine) -> None:
    given = row.get("concentration", "")
    named = [dose for doses in line.doses.values() for dose in doses if dose.is_dose]
    if given.strip() and line.concentration is None:
        row.fault(
            "“%(given)s” cannot be read as a concentration; write it as 10 mg/mL or 5 %%.",
            "concentration",
            given=given,
        )
    elif line.active and not given.strip():
        row.fault("needs a `concentration`: a dose is a volume times a concentration.", "dose")
    elif line.active and not any(dose.worth and re.search(r"\d", dose.words) for dose in named):
        row.fault(
            "has a concentration, but the dose names no amount in digits with a unit; give the dose, or "
            "take the concentration out where nothing active is given.",
            "concentration",
        )


def _judge_languages(row: Place, line: DoseLine) -> None:
    """Each language names one dose, the same in both; what has digits has a unit."""
    for language, amounts in line.doses.items():
        if re.search(r"\d", row.get("dose")[language]) and not amounts:
            row.fault(
                "“%(words)s” has a number without a unit that can be read; write it as 2 MIU or 0.5 mg.",
                "dose",
                language,
                words=row.get("dose")[language],
            )
        doses = [amount for amount in amounts if amount.is_dose]
        _judge_one(row, language, doses)
        _judge_bare(row, language, doses)
    english, french = (_worths(line.doses[language]) for language in LANGUAGES)
    if english != french:
        row.fault(
            "English says “%(english)s”, French “%(french)s”; give one number in both.",
            "dose",
            _odd_language(line),
            english=row.get("dose")["en"],
            french=row.get("dose")["fr"],
        )


_TELLS = re.compile(r"\b(?:doses?|dosages?|posologies?|strengths?|millions?|thousand|mille)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"\b(?:no|without|none|nothing|zero|sans|aucune?|rien|pas|placebos?|vehicles?|v[ée]hicules?|inactive?|inactif"
    r"|dummy|sham|factice)\b",
    re.IGNORECASE,
)


def _judge_told(row: Place, line: DoseLine) -> None:
    """`Low dose` is no dose: what is not said to be nothing has an amount."""
    texts = [*row.get("dose").values(), row.get("product"), *row.get("label", {}).values()]
    if line.active or row.get("concentration", "").strip() or any(_NOTHING.search(text) for text in texts):
        return
    for language in LANGUAGES:
        words = row.get("dose")[language]
        if not line.doses[language] and not re.search(r"\d", words) and _TELLS.search(words):
            row.fault(
                "“%(words)s” says no amount; write it as 2 MIU or 0.5 mg.", "dose", language, words=words
            )


def _judge_one(row: Place, language: str, doses: Sequence[Amount]) -> None:
    """Two amounts of one measure are the same; 30 MIU is not compared with the 300 µg that it weighs."""
    first: dict[object, Amount] = {}
    for dose in doses:
        earlier = first.setdefault(dose.measures, dose)
        if dose.worth != earlier.worth:
            row.fault(
                "names both %(first)s and %(second)s; one syringe holds one dose.",
                "dose",
                language,
                first=earlier.words,
                second=dose.words,
            )


def _judge_bare(row: Place, language: str, doses: Sequence[Amount]) -> None:
    """A number in words beside the dose, such as `2 MIU (two million)`, says the same."""
    same = {number for dose in doses for number in (dose.number, dose.worth)}
    for number, words in bare_numbers(row.get("dose")[language], language) if doses else ():
        if number not in same:
            row.fault(
                "names both %(first)s and %(second)s; one syringe holds one dose.",
                "dose",
                language,
                first=doses[0].words,
                second=words,
            )


def _judge_arithmetic(row: Place, line: DoseLine, odd: str) -> None:
    """The dose is volume times concentration; what else the dose text says of either is so as well."""
    for language, amounts in line.doses.items():
        for amount in amounts:
            if amount.by_body and amount.per is not None:
                row.fault(
                    "%(dose)s goes by each person's body; one volume for everybody cannot hold it. Write "
                    "what the volume holds.",
                    "dose",
                    language,
                    dose=amount.words,
                )
            elif amount.is_volume and amount.worth != line.volume:
                _contradiction(row, language, amount, f"{row.get('volume_ml')} mL")
            elif (
                amount.is_concentration
                and line.concentration
                and _comparable(amount) != _comparable(line.concentration)
            ):
                _contradiction(row, language, amount, line.concentration.words)
    if dose := _counted_as(line):
        _judge_product(row, line, dose, odd)


def _counted_as(line: DoseLine) -> Amount | None:
    """The dose that is counted as the concentration is; the first of all where none is."""
    doses = [dose for dose in line.doses["en"] if dose.is_dose and dose.worth]
    measures = line.concentration.measures if line.concentration else None
    return next((dose for dose in doses if dose.measures == measures), doses[0] if doses else None)


def _contradiction(row: Place, language: str, amount: Amount, given: str) -> None:
    row.fault(
        "speaks of %(said)s, and this preparation has %(given)s; correct one of them.",
        "dose",
        language,
        said=amount.words,
        given=_words(given),
    )


def _judge_product(row: Place, line: DoseLine, dose: Amount, odd: str) -> None:
    if line.concentration is None or not line.product:
        return
    if dose.measures != line.concentration.measures:
        row.fault(
            "%(dose)s and %(concentration)s are counted in units that cannot be compared.",
            odd,
            dose=_words(dose.words),
            concentration=_words(line.concentration.words),
        )
    elif dose.worth != line.product:
        row.fault(
            "%(volume)s mL of %(concentration)s is %(product)s, not %(dose)s; correct one of the three.",
            odd,
            volume=_words(row.get("volume_ml")),
            concentration=_words(line.concentration.words),
            product=_words(in_unit(line.product, dose.unit)),
            dose=_words(dose.words),
        )


def _at_odds(arm: Place, line: DoseLine) -> str:
    """Which field the sentence stands at: the dose, where the arm's label agrees with the other two."""
    labelled = {amount.worth for amount in read_amounts(arm.get("label")["en"], "en") if amount.is_dose}
    return "dose" if line.product in labelled else "concentration"


def _odd_language(line: DoseLine) -> str:
    """The language whose dose the arithmetic does not bear out; French where it bears out neither or both."""
    borne_out = [
        language
        for language in LANGUAGES
        if any(dose.worth == line.product for dose in line.doses[language] if dose.is_dose)
    ]
    return "en" if borne_out == ["fr"] else "fr"


def _worths(amounts: Sequence[Amount]) -> set[object]:
    """What amounts come to; nothing and no amount at all are the same."""
    return {_comparable(amount) for amount in amounts if amount.worth}


def _comparable(amount: Amount) -> tuple[object, ...]:
    per = amount.per.kind if amount.per else None
    return (amount.measures, None if per is Kind.TIME else per, amount.worth)


def in_unit(worth: Fraction, unit: Unit) -> str:
    """So many of a unit, as a decimal where it ends within nine places, else rounded to four digits."""
    number = worth / unit.worth
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    short = exact if Fraction(exact) == number else Decimal(f"{exact:.4g}")
    return f"{short.normalize():f} {unit.spelling}"


def _words(english: str) -> Text:
    """An amount of the file in both languages."""
    return Text(english, french_amount(english))
