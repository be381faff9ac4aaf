"""The trial as data: what a protocol fixes in advance, as values.

Everything here is frozen and knows neither Django nor files. `trial.protocol.files` reads a
TOML protocol file, checks it and builds a `Protocol`; the calendar, the eligibility check, the
list and the pages read it from here.

Trial days follow CDISC SDTM 4.4.4: day 1 is the anchor day itself, the day before it is day -1,
and there is no day 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from trial.core.record.values import NO_RECORD, Record
from trial.core.zones import known_zones, place_instead_of

Row = TypeVar("Row")


@dataclass(frozen=True)
class Text:
    """A sentence in British English and in French."""

    en: str
    fr: str

    def in_language(self, language: str) -> str:
        """The French words for any `fr` tag, the English ones otherwise."""
        return self.fr if language.lower().startswith("fr") else self.en


class Unit(StrEnum):
    """Units of an interval. A month is a calendar month, never thirty days."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Interval:
    """A length of calendar time; `value` may be negative, for time before an anchor."""

    value: int
    unit: Unit = Unit.DAY


class AnchorKind(StrEnum):
    """What a course or a visit is counted from.

    The first injection is day 1: the first dose of the course that is anchored on it at offset 0.
    """

    FIRST_INJECTION = "first_injection"
    RANDOMIZATION = "randomization"
    COURSE = "course"  # the first day of an earlier course, as planned or as it really was


@dataclass(frozen=True)
class Anchor:
    """The event that an offset is counted from.

    `course` and `repeat` (from 1) name the earlier course when `kind` is COURSE. With `actual`
    the course's real first injection counts once it has happened; otherwise its planned day.
    """

    kind: AnchorKind
    course: str = ""
    repeat: int = 1
    actual: bool = False


@dataclass(frozen=True)
class Window:
    """How many calendar days before and after the target still count. Both ends belong to it."""

    before: int = 0
    after: int = 0


@dataclass(frozen=True)
class Arm:
    """One treatment arm. `code` is what an envelope holds; `preparation` is for the pharmacy."""

    code: str
    label: Text
    ratio: int
    preparations: tuple[ArmPreparation, ...] = ()


@dataclass(frozen=True)
class ArmPreparation:
    """What the pharmacy makes of one drug for one arm.

    `volume_ml` is the same in every arm of a blinded trial; `concentration` is a display string
    with its unit (empty where there is no active substance). `product` is what lots are compared by;
    people read `label`, where there is one.
    """

    drug: str
    product: str
    dose: Text
    volume_ml: str
    concentration: str = ""
    label: Text | None = None


@dataclass(frozen=True)
class HolidayCalendar:
    """ISO 3166 country and, where it matters, subdivision, as the `holidays` package names them.

    `categories` are kinds of days that the site keeps beside the public ones: `catholic`, `government` …
    """

    country: str
    subdivision: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProtocolSite:
    """A hospital named in the protocol. `number` has as many digits as the number format asks.

    `levels` are those of the stratification factors that the site fixes, as pairs of factor and level. The
    telephones, of the team and for day and night, go on paper; empty where they are written by hand.
    """

    number: str
    name: str
    city: str
    zone: str
    holidays: HolidayCalendar
    levels: tuple[tuple[str, str], ...] = ()
    telephone: str = ""
    telephone_24h: str = ""

    def may_move_to(self, zone: str | None) -> bool:
        """Whether an amendment may give this zone: the same, or a place where the name was none.

        An older name of a place may become that place, and no other.
        """
        mended = self.zone not in known_zones() and zone in known_zones()
        return zone == self.zone or (mended and place_instead_of(self.zone) in ("", zone))


@dataclass(frozen=True)
class StratumLevel:
    """One value of a factor; `code` is what a stratum key holds."""

    code: str
    label: Text


@dataclass(frozen=True)
class StratumFactor:
    """A stratification factor with its levels, in the order in which a stratum key lists them.

    `from_site` says that each site fixes the level, so that nobody is asked.
    """

    code: str
    label: Text
    levels: tuple[StratumLevel, ...]
    from_site: bool = False


@dataclass(frozen=True)
class Plausible:
    """The values that an answer usually has; both ends belong to it. Any other is asked about."""

    low: Decimal
    high: Decimal


class CriterionKind(StrEnum):
    """How a criterion is answered."""

    YES_NO = "yes_no"  # asked; `required_answer` lets the participant in
    AGE = "age"  # computed in whole years from the birth date on the day of consent
    SINCE = "since"  # computed from a start date to the day of consent, in calendar months
    NUMBER = "number"  # computed from a number that is typed in


class Before(StrEnum):
    """The day back from which a criterion counts."""

    CONSENT = "consent"
    FIRST_INJECTION = "first_injection"


@dataclass(frozen=True)
class Within:
    """How long something that happened keeps out: `time` from it to the consent, or to day 1.

    It lets in again on the day after that time has passed.
    """

    time: Interval
    before: Before = Before.CONSENT


class Group(StrEnum):
    """Whether a criterion lets participants in or keeps them out."""

    INCLUSION = "inclusion"
    EXCLUSION = "exclusion"


@dataclass(frozen=True)
class Criterion:
    """One eligibility criterion of the protocol, numbered as there (I1, I2, ..., E1, ...).

    Each bound says whether the bound itself is let in: `minimum`/`maximum` include it,
    `above`/`below` do not. They count years for AGE; for SINCE what `unit` says (days, weeks,
    months or years of the calendar); for NUMBER `unit` is what is printed behind the number.
    `question` is what the page asks for; where it is None the criterion's text is the question. A NUMBER
    outside `plausible` is asked about before it is judged.
    A YES_NO criterion with `within` is answered no, or by the day on which it last was so.
    A criterion that asks several things has `parts` (I5a, I5b), which must all be met; then
    only the parts have a kind, bounds and a question of their own. Who may see the answer to a `sensitive`
    one: `trial.policies.hidden_answers`.
    """

    id: str
    group: Group
    text: Text
    kind: CriterionKind = CriterionKind.YES_NO
    required_answer: bool = True
    question: Text | None = None
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    above: int | Decimal | None = None
    below: int | Decimal | None = None
    unit: str = ""
    parts: tuple[Criterion, ...] = ()
    plausible: Plausible | None = None
    within: Within | None = None
    sensitive: bool = False

    def questions(self) -> tuple[Criterion, ...]:
        """What is really answered: the parts, or the criterion itself where it has none."""
        return self.parts or (self,)


@dataclass(frozen=True)
class Drug:
    """Something that is given. `label` is blinded: it names no active substance to the clinic."""

    code: str
    label: Text
    route: Text


@dataclass(frozen=True)
class Course:
    """Days of dosing that belong together, repeated.

    The first repeat starts at `anchor` + `offset`; repeat k starts (k - 1) * `every` after it.
    `days` are offsets within the course in calendar days, from 0: (0, 1, 2, 3, 4) is five days
    in a row. `window` judges when a dose was given, it does not plan it.

    A repeat that has not begun may start up to `max_shift_days` later than planned, as a whole; 0
    means that it keeps its days or is not given. With `follows_actual` a repeat counts from where the
    latest one before it really began, if that was another day than planned; else all count from the first.
    """

    code: str
    label: Text
    drug: str
    anchor: Anchor
    offset: Interval
    days: tuple[int, ...]
    repeats: int = 1
    every: Interval | None = None
    window: Window = Window()
    max_shift_days: int = 0
    follows_actual: bool = False

    @property
    def injections(self) -> int:
        """How many doses all repeats give together."""
        return len(self.days) * self.repeats


@dataclass(frozen=True)
class Visit:
    """A planned visit: target = anchor + offset, with an unequal window around it.

    `stands` says whether it still takes place after treatment was ended early.
    """

    code: str
    label: Text
    anchor: Anchor
    offset: Interval
    window: Window
    procedures: tuple[Text, ...] = ()
    stands: bool = True


@dataclass(frozen=True)
class EarlyVisit:
    """A visit that exists only after treatment was ended early, counted from the day of that end."""

    code: str
    label: Text
    offset: Interval
    window: Window
    procedures: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Screening:
    """The screening period, in trial days before day 1 (both ends belong to it)."""

    code: str
    label: Text
    earliest_day: int
    latest_day: int


class ReminderFor(StrEnum):
    """Who gets a message."""

    PARTICIPANT = "participant"
    SITE = "site"


class ReminderEvent(StrEnum):
    """What a message announces."""

    INJECTION = "injection"
    COURSE = "course"  # the first injection of each course
    VISIT = "visit"


@dataclass(frozen=True)
class ReminderRule:
    """Send a message `days_before` the event at `local_time` ("18:00") of the site's zone."""

    code: str
    to: ReminderFor
    event: ReminderEvent
    days_before: int
    local_time: str


@dataclass(frozen=True)
class NumberFormat:
    """How participant numbers look: `IM-0122-7` is prefix IM, site 01, serial 22, check digit 7.

    A site that screens more people than `serial_digits` can count gets longer serials.
    """

    prefix: str
    site_digits: int = 2
    serial_digits: int = 2


@dataclass(frozen=True)
class Limits:
    """Bounds that the services enforce. `max_days_to_first_injection` counts from randomisation."""

    max_days_to_first_injection: int
    max_hold_days: int | None = None


@dataclass(frozen=True)
class Targets:
    """How many are randomised at most at a site and in a stratum, where the protocol says so.

    The trial's own target is `Protocol.target`. `notices` are the shares in percent, rising, from which
    it is said that a target comes near. What is in no table here has no target of its own.
    """

    notices: tuple[int, ...] = (80, 95, 100)
    sites: tuple[tuple[str, int], ...] = ()
    strata: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Assumption:
    """A value that no public source fixes: where it stands in the file, and why it was chosen.

    `field` is written as faults name it: `limits.max_hold_days`, `visits[V2].window`. An `open` one was
    made by an import; nobody has compared it with the protocol yet. `reason_fr` is empty where the file
    gives its reason in English alone.
    """

    field: str
    reason: str
    open: bool = False
    reason_fr: str = ""

    def touches(self, field: str) -> bool:
        """Whether it speaks of that field, of a table around it, or of something in it."""
        return any(
            one == other or one.startswith((f"{other}.", f"{other}["))
            for one, other in ((self.field, field), (field, self.field))
        )


class Countersigned(StrEnum):
    """An act under which a person has to sign when a system did it by token."""

    RANDOMIZATION = "randomization"
    WITHDRAWAL = "withdrawal"
    DEVIATION = "deviation"
    RELEASE = "release"


@dataclass(frozen=True)
class Identifiers:
    """The trial's numbers in registries and at its sponsor; empty where there is none."""

    nct: str
    eudract: str = ""
    sponsor: str = ""


@dataclass(frozen=True)
class Protocol:
    """One version of one trial's protocol."""

    key: str  # lower case NCT number: the {trial} of the API's addresses
    acronym: str
    title: Text
    version: str
    identifiers: Identifiers
    sponsor: str
    phase: str
    target: int
    masked: tuple[str, ...]
    arms: tuple[Arm, ...]
    sites: tuple[ProtocolSite, ...]
    criteria: tuple[Criterion, ...]
    drugs: tuple[Drug, ...]
    courses: tuple[Course, ...]
    visits: tuple[Visit, ...]
    screening: Screening
    reminders: tuple[ReminderRule, ...]
    number_format: NumberFormat
    limits: Limits
    strata: tuple[StratumFactor, ...] = ()
    targets: Targets = Targets()
    recruitment_months: int | None = None  # planned, from the opening of the first site; None: no plan
    assumptions: tuple[Assumption, ...] = ()
    record: Record = NO_RECORD
    countersign: tuple[Countersigned, ...] = ()
    early_visits: tuple[EarlyVisit, ...] = ()
    confirm_eligibility: bool = False  # an investigator confirms each check before a draw

    @property
    def every_visit(self) -> tuple[Visit | EarlyVisit, ...]:
        """The visits in file order, and behind them those that exist only after an early end of treatment."""
        return (*self.visits, *self.early_visits)

    @property
    def standing_codes(self) -> frozenset[str]:
        """The codes of the visits that take place also after treatment was ended early."""
        stand = {visit.code for visit in self.visits if visit.stands}
        return frozenset(stand | {visit.code for visit in self.early_visits})

    def site(self, number: str) -> ProtocolSite:
        """The site with that number. Raises KeyError."""
        return _by(self.sites, "number", number)

    def arm(self, code: str) -> Arm:
        """The arm with that code. Raises KeyError."""
        return _by(self.arms, "code", code)

    def product_label(self, product: str) -> Text:
        """What people read of a product: its label, or the product itself where it has none."""
        rows = (row for arm in self.arms for row in arm.preparations if row.product == product)
        return next((row.label for row in rows if row.label), Text(product, product))

    def drug(self, code: str) -> Drug:
        """The drug with that code. Raises KeyError."""
        return _by(self.drugs, "code", code)

    def course(self, code: str) -> Course:
        """The course with that code. Raises KeyError."""
        return _by(self.courses, "code", code)

    @property
    def blinded(self) -> bool:
        """Whether anybody is kept from knowing the arm."""
        return bool(self.masked)

    @property
    def injections(self) -> int:
        """How many doses one participant is planned to have, all courses together."""
        return sum(course.injections for course in self.courses)

    def questions(self) -> tuple[Criterion, ...]:
        """Every question of the eligibility check, in protocol order; parts one by one."""
        return tuple(part for criterion in self.criteria for part in criterion.questions())

    def sensitive_answers(self) -> frozenset[str]:
        """The names of questions whose answers are shown to few, and of the criteria that they belong to."""
        asked = {one.id for row in self.criteria for one in row.questions() if one.sensitive}
        return frozenset(asked | {row.id for row in self.criteria if row.sensitive})

    def site_levels(self) -> dict[tuple[str, str], str]:
        """Each level that a site fixes, by the site's number and the factor's code."""
        return {(site.number, factor): level for site in self.sites for factor, level in site.levels}

    def stratum_keys(self) -> tuple[str, ...]:
        """Every stratum as `level/level`, in file order; one `all` where there are no factors."""
        keys = [""]
        for factor in self.strata:
            keys = [f"{key}/{level.code}" if key else level.code for key in keys for level in factor.levels]
        return tuple(key or "all" for key in keys)


def _by(rows: tuple[Row, ...], name: str, value: str) -> Row:
    for row in rows:
        if getattr(row, name) == value:
            return row
    raise KeyError(value)
