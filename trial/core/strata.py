"""Strata that the site fixes: the level follows from where somebody is screened, so nobody is asked."""

from __future__ import annotations

from collections.abc import Mapping

from trial.core.protocol import Protocol, StratumFactor
from trial.core.sentences import Sentence


def fixed_levels(protocol: Protocol, site: str) -> dict[str, str]:
    """The level of each factor that this site fixes, by the factor's code. Empty for an unknown site."""
    known = {row.number: dict(row.levels) for row in protocol.sites}.get(site, {})
    return {factor.code: known[factor.code] for factor in protocol.strata if factor.code in known}


def asked_factors(protocol: Protocol) -> tuple[StratumFactor, ...]:
    """The factors that somebody has to answer."""
    return tuple(factor for factor in protocol.strata if not factor.from_site)


def contradictions(protocol: Protocol, site: str, strata: Mapping[str, str]) -> dict[str, Sentence]:
    """What is wrong with levels that were given for factors which the site fixes, by the factor's code."""
    fixed = fixed_levels(protocol, site)
    errors = {
        code: _contradicts(protocol, site, code, strata[code])
        for code, level in fixed.items()
        if strata.get(code, level) != level
    }
    for factor in protocol.strata:
        if factor.from_site and factor.code not in fixed:
            errors[factor.code] = Sentence(
                "The protocol gives site %(site)s no level of “%(factor)s”. Call the trial manager.",
                site=site,
                factor=factor.label,
            )
    return errors


def contradicts_site(protocol: Protocol, site: str, stratum: str) -> Sentence | None:
    """Why a row of a list cannot be: its stratum, `FR/BULBAR`, has another level than its site fixes.

    None where they agree, and where the site fixes nothing or is not one of the protocol's.
    """
    codes = [factor.code for factor in protocol.strata]
    levels = dict(zip(codes, stratum.split("/"), strict=False))
    found = (
        _contradicts(protocol, site, code, levels[code])
        for code, level in fixed_levels(protocol, site).items()
        if levels.get(code, level) != level
    )
    return next(found, None)


def _contradicts(protocol: Protocol, site: str, code: str, given: str) -> Sentence:
    factor = next(factor for factor in protocol.strata if factor.code == code)
    labels = {level.code: level.label for level in factor.levels}
    return Sentence(
        "“%(factor)s” follows from the site: site %(site)s has %(fixed)s, not %(given)s. "
        "Leave it out, or choose the right site.",
        factor=factor.label,
        site=site,
        fixed=labels.get(fixed_levels(protocol, site)[code], ""),
        given=labels.get(given, given),
    )
