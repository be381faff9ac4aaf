"""Strata that the site fixes: the level follows from where somebody is screened, so nobody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trial.core.protocol import Protocol, StratumFactor, Text
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
    levels = _levels_of(protocol, stratum)
    found = (
        _contradicts(protocol, site, code, levels[code])
        for code, level in fixed_levels(protocol, site).items()
        if levels.get(code, level) != level
    )
    return next(found, None)


def checked_otherwise(protocol: Protocol, site: str, stratum: str, number: str) -> Sentence | None:
    """Why nothing is drawn for a participant: the check found another level than the site fixes now.

    It was made before an amendment. None where they agree, and where the site fixes nothing.
    """
    for code, level in _levels_of(protocol, stratum).items():
        fixed = fixed_levels(protocol, site).get(code, level)
        if fixed != level:
            return Sentence(
                "“%(factor)s” follows from the site since an amendment: site %(site)s has %(fixed)s, and the "
                "eligibility check of %(number)s says %(given)s. Check eligibility again.",
                factor=_factor(protocol, code).label,
                site=site,
                fixed=_label(protocol, code, fixed),
                number=number,
                given=_label(protocol, code, level),
            )
    return None


def turned_over(protocol: Protocol, before: Protocol) -> Sentence | None:
    """Which site would get another level than an earlier version fixed for it; None where none would."""
    now = protocol.site_levels()
    for (site, code), level in before.site_levels().items():
        if now.get((site, code), level) != level:
            return Sentence(
                "A site has another level of a stratum that it fixes: version %(version)s gave site %(site)s "
                "%(before)s. Keep it; a new site may have another.",
                version=before.version,
                site=site,
                before=_label(before, code, level),
            )
    return None


def drawn_otherwise(
    protocol: Protocol, before: Protocol, draws: Iterable[tuple[str, str, str]]
) -> Sentence | None:
    """Who was drawn at a site and stands in another level than the file would newly fix there.

    `draws` are number, site and stratum of whoever was drawn. None where nobody stands so.
    """
    newly = protocol.site_levels().keys() - before.site_levels().keys()
    for number, site, stratum in draws:
        for code, level in _levels_of(protocol, stratum).items():
            if (site, code) in newly and fixed_levels(protocol, site)[code] != level:
                return Sentence(
                    "Site %(site)s would have %(fixed)s, and %(number)s was drawn there as %(given)s. "
                    "Compare the file; if it is right, have the true stratum of %(number)s recorded first.",
                    site=site,
                    fixed=_label(protocol, code, fixed_levels(protocol, site)[code]),
                    number=number,
                    given=_label(protocol, code, level),
                )
    return None


def _levels_of(protocol: Protocol, stratum: str) -> dict[str, str]:
    """The level of each factor in a stratum, `FR/BULBAR`."""
    codes = [factor.code for factor in protocol.strata]
    return dict(zip(codes, stratum.split("/"), strict=False))


def _factor(protocol: Protocol, code: str) -> StratumFactor:
    return next(factor for factor in protocol.strata if factor.code == code)


def _label(protocol: Protocol, code: str, level: str) -> Text | str:
    labels = {row.code: row.label for row in _factor(protocol, code).levels}
    return labels.get(level, level)


def _contradicts(protocol: Protocol, site: str, code: str, given: str) -> Sentence:
    return Sentence(
        "“%(factor)s” follows from the site: site %(site)s has %(fixed)s, not %(given)s. "
        "Leave it out, or choose the right site.",
        factor=_factor(protocol, code).label,
        site=site,
        fixed=_label(protocol, code, fixed_levels(protocol, site)[code]),
        given=_label(protocol, code, given),
    )
