"""The orders of lists, opened in memory for the verdict on one of them, and kept nowhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.db.models import QuerySet

from randomization.core.design import ArmShare
from randomization.core.methods import allocations
from randomization.core.order.places import LONGEST, Earlier, Place, strata_of
from randomization.models import RandomizationList
from randomization.sealed.lists.earlier import earlier_lists
from randomization.sealed.models import ListSecret, Recipient, Seal
from randomization.sealed.vault.envelope_contents import BATCH, Secret, open_seal, secret_in
from randomization.sealed.vault.keys import pharmacy_key


def orders_before(list_: RandomizationList, arms: Sequence[ArmShare]) -> list[Earlier]:
    """The orders of the lists that were made before this one and count as used."""
    return orders_of(earlier_lists(list_.trial).filter(sequence__lt=list_.sequence), arms)


def orders_of(lists: QuerySet[RandomizationList], arms: Sequence[ArmShare]) -> list[Earlier]:
    """The order of each of these lists, as far as the verdict looks.

    A list that was made here is drawn again from its seed; of a brought one the first envelopes are opened.
    Three queries, however many lists there are. Raises SealDamaged or KeyFault.
    """
    key = pharmacy_key()
    rows = ListSecret.objects.filter(list__in=lists, recipient=Recipient.PHARMACY).select_related("list")
    secrets = {row.list_id: (row.list, secret_in(row, key)) for row in rows}
    brought = dict(_brought([list_ for list_, secret in secrets.values() if secret.imported]))
    orders = list[Earlier]()
    for list_, secret in secrets.values():
        places = brought.get(list_.pk, []) if secret.imported else _made(secret)
        orders.append({stratum.key: stratum.arms for stratum in strata_of(places, arms)})
    return orders


def places_of(list_: RandomizationList, secret: Secret) -> Iterator[Place]:
    """The first places of each stratum of one list, in list order. Raises SealDamaged or KeyFault."""
    if not secret.imported:
        yield from _made(secret)
    for _, places in _brought([list_] if secret.imported else []):
        yield from places


def _made(secret: Secret) -> Iterator[Place]:
    return ((place.stratum, place.arm, place.block) for place in allocations(secret.design, secret.seed))


def _brought(lists: Sequence[RandomizationList]) -> Iterator[tuple[object, list[Place]]]:
    """The first places of each of these lists, as their envelopes hold them."""
    key = pharmacy_key()
    seals = Seal.objects.filter(
        envelope__stratum__list__in=lists, recipient=Recipient.PHARMACY, envelope__position__lte=LONGEST
    ).select_related("envelope__stratum__list")
    ordered = seals.order_by(
        "envelope__stratum__list__sequence", "envelope__stratum__place", "envelope__position"
    )
    opened = (
        (seal.envelope.stratum.list_id, open_seal(seal.envelope, seal, key))
        for seal in ordered.iterator(BATCH)
    )
    for list_id, records in groupby(opened, key=lambda pair: pair[0]):
        yield list_id, [(held.stratum, held.arm, held.block) for _, held in records]
