"""What the pharmacy door checks in addition: the sealed trail, and every envelope's content."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from randomization.key_files import KeyFault
from randomization.models import RandomizationList
from randomization.sealed.lists import refuse_false_contents
from randomization.sealed.models import SealedAuditChain, SealedAuditEntry
from randomization.verification import Report, Verifier
from trial.audit import chain_name, first_break
from trial.refusals import Refusal


def sealed_chains() -> Iterator[Report]:
    """Every chain of the sealed trail."""
    for chain in SealedAuditChain.objects.select_related("trial").order_by("trial"):
        fault = first_break(chain, SealedAuditEntry)
        found = f"entry {fault.sequence}: {fault.reason}" if fault else ""
        yield Report(f"audit chain {chain_name(chain)}", chain.sequence, found)


def contents() -> Iterator[Report]:
    """Every envelope, opened in memory and compared with its commitment and with the list's seed."""
    for list_ in RandomizationList.objects.select_related("trial"):
        yield Report(f"contents of list {list_}", list_.envelope_count, _fault(list_))


def _fault(list_: RandomizationList) -> str:
    try:
        refuse_false_contents(list_)
    except (Refusal, KeyFault, ValueError) as fault:
        return str(fault).rstrip(".")
    return ""


VERIFIERS: Sequence[Verifier] = (sealed_chains, contents)
