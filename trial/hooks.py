"""What applications may ask each other without importing upwards: offers, answered by their AppConfigs.

An offer is a Protocol with one method. Whoever asks declares it, an AppConfig that answers names it
among its bases, and `refuse_undeclared` looks at every start that method and offer fit. The answers
are given inside the asking act's transaction.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from django.apps import AppConfig, apps
from django.core.exceptions import ImproperlyConfigured

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from trial.models import CurrentParticipant, Delegation, ProtocolVersion, Trial, User
    from trial.permissions import Permission

Offer = TypeVar("Offer")


@dataclass(frozen=True)
class Entry:
    """One page in the navigation of a door, for whoever holds `permission`.

    `place` puts the entries of all applications into one order; `name` is that of the page's address.
    """

    door: str
    place: int
    name: str
    label: str
    permission: Permission


@runtime_checkable
class OffersPages(Protocol):
    """Has pages that the navigation shows."""

    def navigation(self) -> Sequence[Entry]:
        """The entries of this application, of either door."""


@runtime_checkable
class OffersFooterFacts(Protocol):
    """Knows what belongs under every page and print of a trial."""

    def footer_facts(self, trial: Trial, role: str) -> list[str]:
        """Short facts for whoever has that role, in the page's language."""


@runtime_checkable
class OffersUnblinding(Protocol):
    """Has the page on which a code is broken."""

    def unblinding_page(self) -> str:
        """The address of the page that breaks a code."""


@runtime_checkable
class KnowsNextDays(Protocol):
    """Knows what comes next for participants who have a calendar, and when."""

    def next_days(self, people: Sequence[CurrentParticipant], *, at: datetime) -> Mapping[UUID, str]:
        """A few words for each of them who has something ahead or late, in the page's language."""


@runtime_checkable
class HearsOfContact(Protocol):
    """Does something when a participant agreed to reminders and gave an address."""

    def contact_recorded(self, participant: CurrentParticipant, *, at: datetime) -> None:
        """Do it, within the transaction that keeps the address."""


@runtime_checkable
class HearsOfErasure(Protocol):
    """Keeps something with which a participant can be reached, beside the address."""

    def contact_erased(self, participant: CurrentParticipant, *, at: datetime) -> dict[str, int]:
        """Take it away, within the erasure's transaction; says how much of what."""


@runtime_checkable
class CatchesUp(Protocol):
    """Has something to do at its moment, which the door itself does where the process for it is dead."""

    def catch_up(self, *, at: datetime) -> None:
        """Do what was left lying at `at`; nothing, mostly."""


@runtime_checkable
class KeepsAddresses(Protocol):
    """Has secret addresses that somebody made and that show more to whoever holds them."""

    def addresses_of(self, user: User) -> int:
        """How many addresses that this person made still work."""

    def revoke_addresses(self, *, user: User, by: Delegation, at: datetime) -> int:
        """End every address that this person made, with its entries. Returns how many."""


@runtime_checkable
class OffersSignedRecords(Protocol):
    """Has records that are signed, and can say what they hold now."""

    def signed_contents(
        self, act: str, records: Sequence[str], trial: Trial
    ) -> Mapping[str, Mapping[str, object]] | None:
        """By its key, what each of these records says now; None for an act of another application."""


@runtime_checkable
class MakesEnrolmentCodes(Protocol):
    """Lets a new person past the pharmacy door."""

    def enrolment_code(self, *, user: User, at: datetime) -> str:
        """A new code for somebody who has to set up a second factor; empty for anybody else."""


@runtime_checkable
class KnowsStrataOfDraws(Protocol):
    """Knows in which stratum everybody stands who was drawn."""

    def strata_of_draws(self, trial: Trial) -> Sequence[tuple[str, str, str]]:
        """Number, site and stratum of each, the stratum as it was corrected last."""


@runtime_checkable
class KnowsCodeBreaks(Protocol):
    """Knows whose code was broken, and nothing of what came of it."""

    def code_breaks(self, participant: CurrentParticipant) -> list[str]:
        """A sentence for each code break of this person, latest first."""


@runtime_checkable
class HasPharmacyWork(Protocol):
    """Has something to do behind the pharmacy door that waits for nobody to open a page."""

    def pharmacy_tick(self, *, at: datetime) -> None:
        """Do what is due now, in transactions of its own. Called again every few seconds."""


def ask_apps(offer: type[Offer]) -> Iterator[Offer]:
    """Every installed application that makes this offer, in the order of the settings."""
    return (config for config in apps.get_app_configs() if isinstance(config, offer))


def deviations_of_apps(offer: type[Offer], draft: Callable[[Offer], Iterable[int]]) -> list[int]:
    """The numbers of the deviations that `draft` gets from each application with this offer."""
    return [number for app in ask_apps(offer) for number in draft(app)]


def refuse_undeclared(configs: Iterable[AppConfig]) -> None:
    """Raise ImproperlyConfigured for an AppConfig of ours whose methods are not those of its offers.

    A misspelt method would otherwise never be asked, and one with other arguments would fail in the act.
    """
    for config in configs:
        if faults := [*_faults(type(config))]:
            raise ImproperlyConfigured(" ".join(faults))


def _faults(kind: type[AppConfig]) -> Iterator[str]:
    """What is wrong with an AppConfig's offers, in sentences."""
    offers = [base for base in kind.__mro__ if getattr(base, "_is_protocol", False) and base is not Protocol]
    offered = {name: getattr(base, name) for base in offers for name in _methods(base)}
    own = {name for base in kind.__mro__ if _is_ours(base) and base not in offers for name in _methods(base)}
    who = f"{kind.__module__}.{kind.__qualname__}"
    for name in sorted(offered.keys() - own):
        yield f"{who} declares the offer {name}() and has no such method."
    for name in sorted(own - offered.keys()):
        yield f"{who}.{name}() is no declared offer. Correct its name, or add the offer to the bases."
    for name in sorted(own & offered.keys()):
        wanted, found = _arguments(offered[name]), _arguments(getattr(kind, name))
        if wanted != found:
            yield f"{who}.{name}() takes {found}. The offer has {wanted}."


def _methods(base: type) -> set[str]:
    """Its public methods, but for those that every AppConfig has."""
    return {
        name
        for name, value in vars(base).items()
        if inspect.isroutine(value) and not name.startswith("_") and not hasattr(AppConfig, name)
    }


def _is_ours(base: type) -> bool:
    """Whether a class is one of the product's. Other packages may have methods of their own."""
    return base.__module__.split(".")[0] in {"trial", "randomization", "dosing"}


def _arguments(method: Callable[..., object]) -> str:
    """Names, kinds and defaults of a method's arguments. mypy compares the types."""
    signature = inspect.signature(method)
    bare = [
        one.replace(annotation=inspect.Parameter.empty) for one in list(signature.parameters.values())[1:]
    ]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))


@runtime_checkable
class AsksOfAmendments(Protocol):
    """Finds in a new protocol version what is to be asked before it is installed."""

    def confirmed_of_amendment(
        self, version: ProtocolVersion, confirmed: Mapping[str, object]
    ) -> Mapping[str, str]:
        """What was confirmed, by field; NotConfirmed for what does not go with what has happened."""
