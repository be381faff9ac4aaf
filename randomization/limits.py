"""Who may still be randomised: targets are limits, a list has an end, a site closes. Nothing here writes.

A target is that of the newest protocol version, so only an amendment moves it. Draws are counted, not
places of a list: a list may be longer than the target, and nobody is drawn for that reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db.models import Count, IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from randomization.core.targets import (
    Target,
    first_reached,
    full_strata,
    left_in,
    lowered,
    notices,
    refusal,
    targets_of,
)
from randomization.models import Envelope, RandomizationList, Step, Stratum
from randomization.queries import current_step
from trial.core.protocol import Protocol
from trial.core.strata import contradicts_site
from trial.models import Delegation, Participant, ProtocolVersion, Site, Trial
from trial.models.prepared import Prepared
from trial.refusals import in_page_language, refuse_unconfirmed
from trial.screening.recruiting import ListExhausted, Recruitment, TargetReached

AT_ONCE = 128
"""More draws than can be under way at the same moment: as many database connections as a server has."""

FEW = 10
"""Free envelopes of a stratum below which the trial manager is told, while more are still to be drawn."""


def targets_now(trial: Trial) -> tuple[Target, ...]:
    """Every target of the trial's newest protocol, with how many were randomised."""
    return _targets(trial, _protocol(trial))


def check_target(participant: Participant, protocol: Protocol) -> None:
    """Raise TargetReached where nobody more of this site and stratum may be randomised."""
    targets = _targets(participant.trial, protocol)
    if reached := first_reached(targets, participant.site.number, participant.stratum):
        raise TargetReached(refusal(reached))


def place_of(participant: Participant) -> dict[str, Any]:
    """Where a draw for this participant counts, for `counts_at_draw`."""
    trial = participant.trial
    return {
        "trial": trial.pk,
        "environment": trial.environment,
        "site": participant.site_id,
        "key": participant.stratum,
    }


def counts_at_draw(*, trial: Any, environment: Any, site: Any, key: Any) -> dict[str, Combinable]:
    """What a draw is compared with, as expressions for the query that finds its envelope.

    So it costs no statement of its own: the text of the newest protocol, and how many were drawn. The place
    is that of a participant (`place_of`), or places of a prepared question.
    """
    versions = ProtocolVersion.objects.filter(trial=trial).order_by("-id")
    drawn, told = _drawn(trial, environment), ("text", "digest", "version")
    return {
        **{f"protocol_{name}": Subquery(versions.values(name)[:1]) for name in told},
        "everywhere": _count(drawn),
        "at_site": _count(drawn.filter(participant__site=site)),
        "in_stratum": _count(drawn.filter(stratum__key=key)),
    }


def protocol_at_draw(envelope: Any) -> Protocol:
    """The protocol of an envelope that was read with `counts_at_draw`. Raises ProtocolChanged."""
    text, digest, version = envelope.protocol_text, envelope.protocol_digest, envelope.protocol_version
    return ProtocolVersion(text=text, digest=digest, version=version).protocol


def check_target_at_draw(participant: Participant, envelope: Envelope) -> None:
    """The same for an envelope that was read with `counts_at_draw`, true until the transaction ends.

    The caller holds the lock of the participant's stratum. Near a target that several strata share, their
    draws wait for one another; elsewhere they do not.
    """
    protocol, targets = _of_this_draw(participant, envelope)
    shared = [row for row in targets if row.of != "stratum"]
    if len(protocol.stratum_keys()) > 1 and any(row.left <= AT_ONCE for row in shared):
        _wait_for_other_strata(participant.trial)
        again = Envelope.objects.annotate(**counts_at_draw(**place_of(participant))).get(pk=envelope.pk)
        _, targets = _of_this_draw(participant, again)
    if reached := first_reached(targets, participant.site.number, participant.stratum):
        raise TargetReached(refusal(reached))


def beyond_target(participant: Participant) -> str:
    """Which count and target a draw for this participant would go beyond, as `36 of 36`; empty where none."""
    reached = first_reached(targets_now(participant.trial), participant.site.number, participant.stratum)
    return f"{reached.drawn} of {reached.target}" if reached else ""


def check_can_recruit(site: Site) -> None:
    """Raise TargetReached or ListExhausted where nobody who is screened at this site could be randomised."""
    protocol = _protocol(site.trial)
    _refuse_full(site, protocol, _targets(site.trial, protocol), _free(site.trial))


def recruitment_notes(sites: Sequence[Site]) -> list[str]:
    """What to know before somebody is screened at one of these sites, in the page's language."""
    if not sites:
        return []
    trial, protocol = sites[0].trial, _protocol(sites[0].trial)
    targets, free = _targets(trial, protocol), _free(trial)
    notes: dict[str, None] = {}
    strata = {key for site in sites for key in _strata_at(protocol, site)}
    for site in sites:
        try:
            _refuse_full(site, protocol, targets, free)
        except (TargetReached, ListExhausted) as reason:
            notes[str(reason)] = None
    return list(notes) or _strata_notes(strata, targets, free)


def recruitment_at(sites: Sequence[Site]) -> dict[str, Recruitment]:
    """For each of these sites of one trial, by its number: why nobody could be randomised, and what to know.

    One reading of counts for all of them.
    """
    if not sites:
        return {}
    trial, protocol = sites[0].trial, _protocol(sites[0].trial)
    targets, free = _targets(trial, protocol), _free(trial)
    return {site.number: _recruitment(site, protocol, targets, free) for site in sites}


def _recruitment(
    site: Site, protocol: Protocol, targets: Sequence[Target], free: Mapping[str, int] | None
) -> Recruitment:
    try:
        _refuse_full(site, protocol, targets, free)
    except (TargetReached, ListExhausted) as reason:
        return Recruitment(reason, (str(reason),))
    return Recruitment(None, tuple(_strata_notes(_strata_at(protocol, site), targets, free)))


def target_notices(by: Delegation) -> list[str]:
    """A sentence for each target that comes near, at the shares that the protocol chose, in this reach.

    Whoever reaches one site is told of its own target, and of every other only once it is reached.
    """
    protocol = _protocol(by.trial)
    targets = _targets(by.trial, protocol)
    if by.site is not None and len(protocol.sites) > 1:
        targets = tuple(
            row for row in targets if not row.left or (row.of, row.name) == ("site", by.site.number)
        )
    return [in_page_language(sentence) for sentence in notices(targets, protocol.targets.notices)]


def confirmed_targets(version: ProtocolVersion, confirmed: Mapping[str, object]) -> dict[str, str]:
    """The targets of that version below what is randomised already, by field, as they were confirmed.

    Such an amendment ends recruitment at once. It can be meant; a misprint looks alike. Raises NotConfirmed.
    """
    doubts = tuple(lowered(_targets(version.trial, version.protocol)))
    return refuse_unconfirmed(doubts, confirmed, fields=[doubt.field for doubt in doubts])


def few_envelopes_left(trial: Trial) -> bool:
    """Whether some stratum has few free envelopes, its reserve included, and more people to come.

    Where the target is reached first, no more envelopes are needed. No arm plays a part.
    """
    free, targets = _free(trial), targets_now(trial)
    return any(count < min(FEW, left_in(targets, key)) for key, count in (free or {}).items())


def _protocol(trial: Trial) -> Protocol:
    return trial.protocol_version.protocol


def _of_this_draw(participant: Participant, envelope: Any) -> tuple[Protocol, tuple[Target, ...]]:
    """The newest protocol, and the targets in which this participant would count."""
    protocol = protocol_at_draw(envelope)
    site, key = participant.site.number, participant.stratum
    found = [Target("trial", "", protocol.target, envelope.everywhere)]
    found += [Target("site", site, n, envelope.at_site) for name, n in protocol.targets.sites if name == site]
    strata = protocol.targets.strata
    found += [Target("stratum", key, n, envelope.in_stratum) for name, n in strata if name == key]
    return protocol, tuple(found)


def _count(drawn: QuerySet[Envelope]) -> Coalesce:
    """How many there are, as an expression."""
    counted = drawn.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _drawn(trial: Any, environment: Any) -> QuerySet[Envelope]:
    return Envelope.objects.filter(
        stratum__list__trial=trial, stratum__list__environment=environment, participant__isnull=False
    )


def _counted_by_place(trial: Any, environment: Any) -> QuerySet[Any, Any]:
    by_place = _drawn(trial, environment).values_list("participant__site__number", "stratum__key")
    return by_place.annotate(n=Count("pk")).order_by()


_drawn_by_place: Prepared[tuple[str, str, int]] = Prepared(_counted_by_place)


def _targets(trial: Trial, protocol: Protocol) -> tuple[Target, ...]:
    rows = _drawn_by_place(trial=trial.pk, environment=trial.environment)
    return targets_of(protocol, {(site, stratum): n for site, stratum, n in rows})


def _free(trial: Trial) -> Mapping[str, int] | None:
    """Free envelopes by stratum, in lists that are or were in use; None where none ever was."""
    left: dict[str, int] = {}
    for key, free in _free_by_stratum(trial=trial.pk, environment=trial.environment):
        left[key] = left.get(key, 0) + free
    return left or None


def _counted_free(trial: Any, environment: Any) -> QuerySet[Any, Any]:
    lists = RandomizationList.objects.filter(trial=trial, environment=environment)
    usable = lists.annotate(step=current_step()).filter(step__in=[Step.ACTIVATED, Step.EXHAUSTED])
    count = Count("envelopes", filter=Q(envelopes__participant=None))
    return Stratum.objects.filter(list__in=usable).annotate(free=count).values_list("key", "free")


_free_by_stratum: Prepared[tuple[str, int]] = Prepared(_counted_free)


def _wait_for_other_strata(trial: Trial) -> None:
    """Lock one row of the trial: the first stratum of its first list, until the transaction ends.

    Whoever waits for it holds one other stratum at most, and whoever holds it waits for none.
    """
    strata = Stratum.objects.select_for_update(of=("self",)).order_by("list__sequence", "place")
    strata.filter(list__trial=trial, list__environment=trial.environment).first()


def _refuse_full(
    site: Site, protocol: Protocol, targets: Sequence[Target], free: Mapping[str, int] | None
) -> None:
    strata = _strata_at(protocol, site)
    if reached := first_reached(targets, site.number, ""):
        raise TargetReached(refusal(reached))
    open_strata = [key for key in strata if key not in full_strata(targets, strata)]
    if not open_strata:
        raise TargetReached(_("The target of every stratum is reached. Ask the trial manager."))
    if free is not None and not any(free.get(key) for key in open_strata):
        raise ListExhausted(
            _("No envelope is left in the list, so nobody can be randomised now. Ask the trial manager.")
        )


def _strata_at(protocol: Protocol, site: Site) -> tuple[str, ...]:
    """The strata in which somebody of this site can be, by what the site fixes."""
    return tuple(
        key for key in protocol.stratum_keys() if contradicts_site(protocol, site.number, key) is None
    )


def _strata_notes(
    strata: Collection[str], targets: Sequence[Target], free: Mapping[str, int] | None
) -> list[str]:
    full = full_strata(targets, strata)
    empty = [key for key in strata if free is not None and not free.get(key)]
    if not (named := sorted({*full, *empty})):
        return []
    text = _("Nobody can be randomised in stratum %(strata)s now. Think of it before you examine somebody.")
    return [text % {"strata": ", ".join(named)}]
