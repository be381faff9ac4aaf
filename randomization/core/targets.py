"""How near a trial, its sites and its strata are to their targets. A target is a limit.

Everything here is counted from draws; no arm and no list plays a part, so that everybody may know it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from trial.core.doubts import Doubt
from trial.core.protocol import Protocol
from trial.core.sentences import Sentence

Of: TypeAlias = Literal["trial", "site", "stratum"]
Draws: TypeAlias = Mapping[tuple[str, str], int]
"""How many were randomised, by the number of the site and the stratum of the draw."""


@dataclass(frozen=True)
class Target:
    """What a target is of, by name, how many it lets in, and how many were randomised."""

    of: Of
    name: str
    target: int
    drawn: int

    @property
    def left(self) -> int:
        """How many may still be randomised; none where more were than the target says."""
        return max(self.target - self.drawn, 0)

    def share(self, notices: Collection[int]) -> int | None:
        """The greatest of these percentages that is reached; None below the first."""
        reached = [share for share in notices if self.drawn * 100 >= share * self.target]
        return max(reached, default=None)

    def concerns(self, site: str, strata: Collection[str]) -> bool:
        """Whether somebody of this site and one of these strata would count here."""
        match self.of:
            case "trial":
                return True
            case "site":
                return self.name == site
            case "stratum":
                return self.name in strata
        assert_never(self.of)


def targets_of(protocol: Protocol, draws: Draws) -> tuple[Target, ...]:
    """Every target that the protocol states: the trial's, then those of sites and strata."""
    sites = [
        Target("site", name, most, sum(n for (site, _), n in draws.items() if site == name))
        for name, most in protocol.targets.sites
    ]
    strata = [
        Target("stratum", name, most, sum(n for (_, stratum), n in draws.items() if stratum == name))
        for name, most in protocol.targets.strata
    ]
    return (Target("trial", "", protocol.target, sum(draws.values())), *sites, *strata)


def first_reached(targets: Collection[Target], site: str, stratum: str) -> Target | None:
    """The first target that keeps somebody of this site and stratum from being randomised."""
    return next((row for row in targets if not row.left and row.concerns(site, (stratum,))), None)


def full_strata(targets: Collection[Target], strata: Collection[str]) -> tuple[str, ...]:
    """The strata, of these, whose own target is reached."""
    full = {row.name for row in targets if row.of == "stratum" and not row.left}
    return tuple(key for key in strata if key in full)


def left_in(targets: Collection[Target], stratum: str) -> int:
    """How many more may be randomised in a stratum, by its own target and the trial's."""
    return min(row.left for row in targets if row.of == "trial" or row.concerns("", (stratum,)))


def refusal(row: Target) -> Sentence:
    """Why nobody more is randomised where this target is reached."""
    match row.of:
        case "trial":
            return Sentence(
                "%(drawn)s of %(target)s are randomised: the target of the trial is reached. Nobody more is "
                "randomised without an amendment of the protocol. Ask the trial manager.",
                drawn=row.drawn,
                target=row.target,
            )
        case "site":
            return Sentence(
                "%(drawn)s of %(target)s are randomised at site %(name)s: its target is reached. Nobody more "
                "is randomised there without an amendment of the protocol. Ask the trial manager.",
                drawn=row.drawn,
                target=row.target,
                name=row.name,
            )
        case "stratum":
            return Sentence(
                "%(drawn)s of %(target)s are randomised in stratum %(name)s: its target is reached. Nobody "
                "more is randomised in it without an amendment of the protocol. Ask the trial manager.",
                drawn=row.drawn,
                target=row.target,
                name=row.name,
            )
    assert_never(row.of)


def notices(targets: Collection[Target], shares: Collection[int]) -> Iterator[Sentence]:
    """A sentence for each target that comes near or is reached."""
    for row in targets:
        if row.share(shares) is not None:
            yield _notice(row)


def _notice(row: Target) -> Sentence:
    """How many of how many, and which share that really is; beyond the target, that it is beyond."""
    places = {"drawn": row.drawn, "target": row.target, "share": row.drawn * 100 // row.target}
    beyond = row.drawn > row.target
    match row.of:
        case "trial":
            within = Sentence("%(drawn)s of %(target)s are randomised: %(share)s %% of the trial’s target.")
            passed = Sentence(
                "%(drawn)s of %(target)s are randomised: beyond the trial’s target (%(share)s %%)."
            )
            return (passed if beyond else within).having(**places)
        case "site":
            within = Sentence(
                "Site %(name)s: %(drawn)s of %(target)s are randomised, %(share)s %% of its target."
            )
            passed = Sentence(
                "Site %(name)s: %(drawn)s of %(target)s are randomised, beyond its target (%(share)s %%)."
            )
            return (passed if beyond else within).having(name=row.name, **places)
        case "stratum":
            within = Sentence(
                "Stratum %(name)s: %(drawn)s of %(target)s are randomised, %(share)s %% of its target."
            )
            passed = Sentence(
                "Stratum %(name)s: %(drawn)s of %(target)s are randomised, beyond its target (%(share)s %%)."
            )
            return (passed if beyond else within).having(name=row.name, **places)
    assert_never(row.of)


def lowered(targets: Collection[Target]) -> Iterator[Doubt]:
    """A doubt for each target below what is randomised already: it would be passed from its first day on."""
    for row in targets:
        if row.drawn > row.target:
            yield Doubt(_field(row), str(row.target), _asks(row), _KEEPS.having(target=row.target))


def _field(row: Target) -> str:
    """Where the target stands in a protocol file."""
    match row.of:
        case "trial":
            return "trial.target"
        case "site":
            return f"targets.sites.{row.name}"
        case "stratum":
            return f"targets.strata.{row.name}"
    assert_never(row.of)


def _asks(row: Target) -> Sentence:
    return Sentence(
        "%(field)s is %(target)s, but %(drawn)s are randomised already. Nobody more would be, and *Progress* "
        "would say that the target is passed. Is it right?",
        field=_field(row),
        target=row.target,
        drawn=row.drawn,
    )


_KEEPS = Sentence("Yes, %(target)s is right.")
