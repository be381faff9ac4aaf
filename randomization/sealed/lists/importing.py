"""Importing a statistician's list: read in memory, checked as a whole, sealed at once or not at all.

The file's rows never touch the server's disk: they come from a stream, and what is written is what
`make_list` writes, sealed boxes and commitments.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from randomization.core.brought.list_csv import (
    Expected,
    ImportedList,
    list_of,
    no_such_stratum,
    strata_said,
)
from randomization.core.brought.list_words import level_words
from randomization.core.brought.table_file import Fault, FileFaults
from randomization.core.design import ArmShare, Design, DesignFault
from randomization.core.imported import OURS, THEIRS, filled
from randomization.core.methods import allocations
from randomization.core.number_leaks import Lint
from randomization.core.order.places import strata_of
from randomization.core.order.verdict import Verdict, verdict_on
from randomization.core.sealed_record import RecordFault
from randomization.models import Envelope, RandomizationList, Step
from randomization.sealed.lists.earlier import earlier_lists
from randomization.sealed.lists.files import grid_of
from randomization.sealed.lists.making import next_list, refuse_empty_strata, write_list
from randomization.sealed.lists.opened_orders import orders_of
from randomization.sealed.lists.order import refuse_rare, settle_order
from randomization.sealed.lists.remedies import COMMAND, PAGE, folded
from randomization.sealed.lists.seeds import fresh_secret, lint_of
from randomization.sealed.lists.sizes import refuse_doubtful_file
from randomization.sealed.lists.steps import checked_contents
from randomization.sealed.lists.writing import silent
from randomization.sealed.vault.envelope_contents import Secret, open_secret
from randomization.sealed.vault.keys import pharmacy_key
from randomization.sealed.vault.signing import deed_of_draft, sign_sealed
from randomization.sealed.vault.trail import record_sealed
from randomization.services import take_step
from trial.core.sentences import LIST, Sentence, Words, joined
from trial.core.strata import contradicts_site
from trial.models import Delegation, SignedAct, Trial
from trial.people.signing import Hand
from trial.permissions import Permission
from trial.policies import require
from trial.refusals import NOTHING, Refusal, in_page_language


class ListRefused(Refusal):
    """The file has faults; nothing of it was taken. `faults` are the first of them, without contents.

    Read on a page, it says what to do there; `for_command` says it of the command. `asked` are the
    headings of the columns whose meaning somebody has to say.
    """

    code = "list_refused"
    status = 422

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self._said(PAGE))

    @property
    def asked(self) -> tuple[str, ...]:
        """The headings that are asked about, each once."""
        return tuple(dict.fromkeys(fault.about for fault in self.faults if fault.about))

    @property
    def for_command(self) -> str:
        """The refusal in the words of the command."""
        return self._said(COMMAND)

    def _said(self, door: str) -> str:
        said = " ".join(f"[{in_page_language(sentence)}]" for sentence in folded(self.faults, door))
        return _("The list was not imported.") + " " + said


class ImportedBefore(Refusal):
    """The same list was imported before, in this trial."""

    code = "imported_before"


def expected_of(
    trial: Trial,
    environment: str,
    *,
    arm_names: Mapping[str, str] | None = None,
    stratum_names: Mapping[str, str] | None = None,
    sizes: Mapping[str, int] | None = None,
    numbers: str = OURS,
    uneven: bool = False,
    first_number: int | None = None,
    columns: Mapping[str, str] | None = None,
    encoding: str = "",
    sheet: str = "",
) -> Expected:
    """What a file must agree with in this trial: the protocol's arms, ratio, strata and target.

    `sizes` are needed for each stratum of a trial that has several, and change the only one's target.
    Raises ListRefused.
    """
    protocol, given = trial.protocol_version.protocol, dict(sizes or {})
    keys = protocol.stratum_keys()
    if unknown := sorted(given.keys() - set(keys)):
        known = strata_said(keys, [factor.code for factor in protocol.strata])
        raise ListRefused([Fault(0, "stratum", no_such_stratum(unknown[0], known))])
    if len(keys) == 1:
        given.setdefault(keys[0], protocol.target)
    if missing := [key for key in keys if key not in given]:
        sentence = Sentence("It is not said how many envelopes stratum %(stratum)s has.", stratum=missing[0])
        raise ListRefused([Fault(0, "count", sentence, "size")])
    return Expected(
        arms=tuple(ArmShare(arm.code, arm.ratio) for arm in protocol.arms),
        sizes={key: given[key] for key in keys},
        environment=environment,
        arm_names=arm_names or {},
        stratum_names=stratum_names or {},
        factors=tuple(factor.code for factor in protocol.strata),
        factor_names={name: factor.code for factor in protocol.strata for name in _both(factor)},
        levels=tuple(
            level_words(
                [(word, level.code) for level in factor.levels for word in (level.code, *_both(level))]
            )
            for factor in protocol.strata
        ),
        arm_labels={word: arm.code for arm in protocol.arms for word in _both(arm)},
        sites=frozenset(trial.sites.values_list("number", flat=True)),
        drawn_at={
            site.number: frozenset(key for key in keys if not contradicts_site(protocol, site.number, key))
            for site in protocol.sites
        },
        columns=columns or {},
        encoding=encoding,
        sheet=sheet,
        numbers=numbers,
        uneven=uneven,
        first_number=first_number,
    )


def _both(named: Any) -> tuple[str, str]:
    """The protocol's words for an arm, a factor or a level, in both languages."""
    return named.label.en, named.label.fr


def unheard(notes: tuple[Words, ...]) -> None:
    """Take what was passed over in a file and show nothing: for callers that are not people."""


def import_list(
    *,
    trial: Trial,
    data: bytes,
    expected: Expected,
    by: Delegation,
    at: datetime,
    name: str = "",
    reserve_of: RandomizationList | None = None,
    reason: str = "",
    progress: Callable[[int], None] = silent,
    tell: Callable[[tuple[Words, ...]], None] = unheard,
    confirmed: Mapping[str, object] = NOTHING,
    hand: Hand | None = None,
) -> RandomizationList:
    """Take the list in this file and seal it; it is then a draft, as one that was made here.

    A fresh seed, sealed with the list, gives the salts and (unless the file's are wanted) the numbers.
    The numbers are linted against the arms, and the order is judged: a rare one is taken with a `reason`
    alone. The list is signed by the `hand` of whoever brings it, and so is the reason. `progress` is told
    now and then how many envelopes are sealed; `tell` is given what was passed over in the file, in its own
    words, which are kept nowhere.
    Unlikely sizes are taken only if `confirmed` has those very sizes (`randomization.core.list_sizes`).
    Raises NotPermitted, NotConfirmed, InvalidInput, ListRefused with rows and rules, ImportedBefore,
    OrderRefused, OrderNeedsReason, BadReserve, SealDamaged, ListDamaged or KeyFault; then nothing is written.
    """
    require(by, Permission.MANAGE_LISTS, trial=trial)
    kept = refuse_doubtful_file(trial, expected, confirmed)
    try:
        brought = list_of(grid_of(data, expected), expected)
    except FileFaults as found:
        raise ListRefused(found.faults) from found
    _refuse_empty(brought.design, reserve_of)
    with transaction.atomic():
        list_ = next_list(trial, expected.environment, name, by, at, reserve_of)
        _refuse_again(trial, brought)
        verdict = _judged(trial, brought)
        refuse_rare(list_, verdict, reason)
        secret, passed_over = fresh_secret(list_, brought.design, brought.contents)
        _write(list_, secret, brought, progress)
        deed = deed_of_draft(list_, SignedAct.LIST_BROUGHT, hand)
        entry = record_sealed(
            action="list.imported",
            subject=list_.name,
            by=by,
            at=at,
            trial=trial,
            body={
                "kind": brought.kind,
                "list": str(list_.pk),
                "numbers": expected.numbers,
                "seeds_passed_over": passed_over,
            }
            | ({"confirmed": kept} if kept else {})
            | deed.facts,
        )
        sign_sealed(deed, entry, by=by, at=at, site=None)
        settle_order(list_, verdict, reason=reason, by=by, at=at, hand=hand)
        take_step(list_=list_, step=Step.DRAFT, by=by, at=at)
    tell(brought.notes)
    return list_


def _judged(trial: Trial, brought: ImportedList) -> Verdict:
    """The verdict on the file's order, beside every list that the trial has."""
    design, contents = brought.design, iter(brought.contents)
    places = (
        (stratum.key, arm, block)
        for stratum in design.strata
        for arm, block, _ in islice(contents, stratum.target)
    )
    return verdict_on(design, strata_of(places, design.arms), orders_of(earlier_lists(trial), design.arms))


def _write(
    list_: RandomizationList, secret: Secret, brought: ImportedList, progress: Callable[[int], None]
) -> None:
    numbers = [record.number for record in filled(secret.records(list_), brought.contents)]
    _refuse_taken(list_, numbers)
    _refuse_telling(lint_of(list_, secret, brought.contents), brought.design)
    try:
        write_list(list_, secret, filled(secret.records(list_), brought.contents), progress)
    except RecordFault as fault:
        raise ListRefused([Fault(0, "length", fault.sentence)]) from fault


def _refuse_telling(lint: Lint, design: Design) -> None:
    """Numbers that came in a file are not taken where the lint could not find anything in them."""
    if lint.telling:
        found = joined((telling.feature for telling in lint.telling), LIST)
        sentence = Sentence("The number reveals the arm by %(found)s.", found=found)
        raise ListRefused([Fault(0, "lint", sentence, "numbers")])
    if design.numbers == THEIRS and not lint.long_enough:
        sentence = Sentence(
            "With %(envelopes)s envelopes nobody can show that the file's numbers do not reveal the arms.",
            envelopes=lint.envelopes,
        )
        raise ListRefused([Fault(0, "lint", sentence, "numbers")])


def _refuse_empty(design: Design, reserve_of: RandomizationList | None) -> None:
    try:
        refuse_empty_strata(design, reserve_of)
    except DesignFault as fault:
        raise ListRefused([Fault(0, "count", fault.sentence)]) from fault


def _refuse_taken(list_: RandomizationList, numbers: list[str]) -> None:
    """Numbers never repeat in a trial. Ours are drawn beside the earlier ones; the file's are compared."""
    earlier = Envelope.objects.filter(stratum__list__in=earlier_lists(list_.trial))
    taken = set(earlier.values_list("number", flat=True)) if earlier.exists() else set()
    if rows := [n for n, number in enumerate(numbers, 1) if number in taken]:
        sentence = Sentence(
            "The number of envelope %(envelope)s belongs to an earlier list of the trial.", envelope=rows[0]
        )
        raise ListRefused([Fault(0, "double", sentence)])


def _refuse_again(trial: Trial, brought: ImportedList) -> None:
    """Compare stratum, position and arm with every earlier list of whatever kind, brought or made here.

    A draft that was set aside does not count: nobody was drawn from it.

    Blocks do not count: the same arms with other block columns, or with none, are the same order. Earlier
    lists are opened in memory, each as far as its first difference. A digest that leaves blocks out would not
    be there for lists that were brought before this was compared.
    """
    key, sizes = pharmacy_key(), _sizes(brought.design)
    for earlier in earlier_lists(trial):
        secret = open_secret(earlier, key)
        if _sizes(secret.design) == sizes and _same_arms(earlier, secret, brought):
            sentence = _(
                "%(list)s (%(kind)s) has this very order of arms. A list that was used once, or shown for "
                "training, is not used again. Bring another; or set that one aside, if it is a draft "
                "with a slip."
            )
            kind = earlier.get_environment_display()
            raise ImportedBefore(sentence % {"list": earlier.name, "kind": kind})


def _sizes(design: Design) -> dict[str, int]:
    """How many envelopes each stratum has; a stratum without any is as good as none."""
    sizes = {stratum.key: stratum.target + stratum.reserve for stratum in design.strata}
    return {key: size for key, size in sizes.items() if size}


def _same_arms(earlier: RandomizationList, secret: Secret, brought: ImportedList) -> bool:
    """Whether the arms are the same, place by place; strata stand in the protocol's order in both."""
    arms = (arm for arm, _, _ in brought.contents)
    return all(held == arm for held, arm in zip(_arms_of(earlier, secret), arms, strict=True))


def _arms_of(list_: RandomizationList, secret: Secret) -> Iterator[str]:
    if secret.imported:
        return (held.arm for held in checked_contents(list_, secret))
    return (place.arm for place in allocations(secret.design, secret.seed))
