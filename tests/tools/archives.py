"""Archives of small trials, made from the cores and a signing key alone: no Django, no database.

Two live lists of one trial: the first active, with two strata and some envelopes drawn at two sites;
the second its reserve, checked and not yet sealed. One code was broken twice, and once shown again.
What is made here holds in every respect; the tests spoil copies of it.
"""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from randomization.core.commitments import Statement, design_commitment, envelope_commitment, list_root
from randomization.core.design import ArmShare, Design, StratumSize
from randomization.core.making import design_salt, make_records
from randomization.core.sealed_record import SealedRecord
from trial.core import chain as links

TOOL = Path(__file__).resolve().parents[2] / "tools" / "verify_trial.py"
TRIAL = "nct00000001"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
ARMS = (ArmShare("A", 1), ArmShare("B", 1), ArmShare("C", 1))
DESIGN = Design(ARMS, (StratumSize("spinal", 6, 3), StratumSize("bulbar", 6)), block_sizes=(3, 6))
SMALL = Design(ARMS, (StratumSize("spinal", 3), StratumSize("bulbar", 3)), block_sizes=(3,))
DRAWN = (("spinal", "01"), ("bulbar", "02"), ("spinal", "02"), ("spinal", "01"), ("bulbar", "02"))
"""In which stratum and at which site envelopes were drawn, one a day."""

Json = dict[str, Any]


def tool() -> ModuleType:
    """`tools/verify_trial.py` as a module."""
    spec = importlib.util.spec_from_file_location("verify_trial", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Chain:
    """An audit chain in the making."""

    def __init__(self, name: str) -> None:
        self.name, self.entries, self.head = name, list[Json](), links.GENESIS

    def append(self, action: str, subject: str, at: datetime, by: str, body: Json) -> str:
        """One more entry; its hash."""
        text = links.canonical(body)
        entry = links.Entry(self.name, len(self.entries) + 1, at, by, "role", action, subject, text)
        written = {"sequence": entry.sequence, "at": links.moment(at), "actor": by, "role": "role"}
        written |= {"action": action, "subject": subject, "body": text, "previous": self.head}
        self.head = links.link(entry, self.head)
        self.entries.append(written | {"hash": self.head})
        return self.head

    def as_json(self) -> Json:
        return {"chain": self.name, "length": len(self.entries), "head": self.head, "entries": self.entries}


def rechained(chain: Json) -> Json:
    """The same entries with numbers, links, hashes and head computed anew: what a forger can always do."""
    previous = links.GENESIS
    for number, entry in enumerate(chain["entries"], 1):
        entry["sequence"], entry["previous"] = number, previous
        at = datetime.fromisoformat(entry["at"])
        said = [entry[name] for name in ("actor", "role", "action", "subject", "body")]
        previous = entry["hash"] = links.link(links.Entry(chain["chain"], number, at, *said), previous)
    chain["length"], chain["head"] = len(chain["entries"]), previous
    return chain


def list_of(design: Design, sequence: int, records: list[SealedRecord], seed: bytes, made: datetime) -> Json:
    """A list without steps and draws."""
    commitments = [envelope_commitment(record) for record in records]
    committed = design_commitment(design, design_salt(seed))
    id_ = UUID(int=sequence)
    statement = Statement(id_, TRIAL, "live", len(records), committed, list_root(commitments), made)
    return {
        "id": str(id_),
        "sequence": sequence,
        "reserve_of": None,
        "name": f"list {sequence}",
        "trial": TRIAL,
        "environment": "live",
        "envelopes": len(records),
        "design": committed.hex(),
        "root": statement.root.hex(),
        "made": links.moment(made),
        "signer": KEY.public_key().public_bytes_raw().hex(),
        "signature": KEY.sign(statement.to_bytes()).hex(),
        "seed": seed.hex(),
        "design_text": design.as_json(),
        "strata": [{"key": s.key, "size": s.target + s.reserve} for s in design.strata],
        "steps": [],
        "rows": [row_of(record, its) for record, its in zip(records, commitments, strict=True)],
    }


def row_of(record: SealedRecord, commitment: bytes) -> Json:
    """One envelope, not drawn."""
    return {
        "stratum": record.stratum,
        "position": record.position,
        "number": record.number,
        "arm": record.arm,
        "block": record.block,
        "salt": record.salt.hex(),
        "commitment": commitment.hex(),
        "draw": None,
    }


def records_of(design: Design, sequence: int, taken: frozenset[str] = frozenset()) -> list[SealedRecord]:
    """What a list of this design holds, from a seed that its number gives."""
    id_, seed = UUID(int=sequence), seed_of(sequence)
    return list(make_records(design, list_id=id_, environment="live", seed=seed, taken=taken))


def seed_of(sequence: int) -> bytes:
    return hashlib.sha256(f"seed {sequence}".encode()).digest()


def noon(day: int) -> datetime:
    """When steps are taken."""
    return START + timedelta(hours=12, days=day)


def step(list_: Json, chain: Chain, name: str, day: int, by: str) -> None:
    """Take a step, as `randomization.services.take_step` writes it."""
    at = noon(day)
    body = {"environment": "live", "list": list_["id"], "root": list_["root"]}
    body |= {"reserve_of": list_["reserve_of"]} if list_["reserve_of"] else {}
    chain.append(f"list.{name}", list_["name"], at, by, body)
    list_["steps"].append({"step": name, "at": links.moment(at), "by": by})


def draw(list_: Json, chain: Chain, stratum: str, day: int, participant: str) -> None:
    """Draw the next envelope, as `randomization.services.draw_envelope` writes it."""
    row = next(row for row in list_["rows"] if row["stratum"] == stratum and not row["draw"])
    at = START + timedelta(days=day)
    body = {"list": list_["id"], **{name: row[name] for name in ("number", "stratum")}}
    entry = chain.append("envelope.drawn", participant, at, "nurse", body)
    row["draw"] = {"participant": participant, "at": links.moment(at), "by": "nurse", "entry": entry}


@cache
def _made() -> Json:
    trial, sealed = Chain(TRIAL), Chain(f"{TRIAL}/sealed")
    sites = {number: Chain(f"{TRIAL}/{number}") for number in ("01", "02")}
    first_records = records_of(DESIGN, 1)
    first = list_of(DESIGN, 1, first_records, seed_of(1), noon(0))
    taken = frozenset(record.number for record in first_records)
    second = list_of(SMALL, 2, records_of(SMALL, 2, taken), seed_of(2), noon(3))
    trial.append("trial.installed", TRIAL, START, "velum", {"environment": "live"})
    for number in sites:
        trial.append("site.opened", number, START, "velum", {"on": "2026-01-05"})
    sealed.append("list.made", first["name"], START, "stat.one", {"list": first["id"]})
    step(first, trial, "draft", 0, "stat.one")
    step(first, trial, "checked", 1, "stat.one")
    step(first, trial, "sealed", 1, "stat.one")
    step(first, trial, "activated", 2, "stat.two")
    second["reserve_of"] = first["id"]
    step(second, trial, "draft", 3, "stat.one")
    step(second, trial, "checked", 4, "stat.one")
    for day, (stratum, site) in enumerate(DRAWN, 10):
        draw(first, sites[site], stratum, day, f"IM-{site}{day}")
    for day, purpose in ((20, "code_break"), (21, "code_break_again"), (22, "code_break")):
        broken = START + timedelta(days=day)
        sealed.append("envelope.opened", "IM-0110", broken, "doctor", {"purpose": purpose, "reason": "Coma"})
        if purpose == "code_break":
            sites["01"].append("code.broken", "IM-0110", broken, "doctor", {})
    chains = [chain.as_json() for chain in (trial, *sites.values(), sealed)]
    about = {"format": "velum archive 1", "trial": TRIAL, "environment": "live"}
    return about | {"lists": [first, second], "chains": chains}


def archive() -> Json:
    """A good archive, with its lists and chains in place. Each call gives one of one's own."""
    return copy.deepcopy(_made())


def anchors() -> list[str]:
    """What people kept on paper: the heads on all receipts, the root, and each chain's head at the end."""
    drawn = [row["draw"]["entry"] for row in _made()["lists"][0]["rows"] if row["draw"]]
    return [*drawn, _made()["lists"][0]["root"], *(chain["head"] for chain in _made()["chains"])]


def parts(made: Json) -> Iterator[tuple[str, Json]]:
    """The archive as named files."""
    lists = [(f"lists/{n}.json", one) for n, one in enumerate(made["lists"], 1)]
    chains = [(f"audit/{n}.json", one) for n, one in enumerate(made["chains"], 1)]
    names = {"lists": [name for name, _ in lists], "chains": [name for name, _ in chains]}
    yield "archive.json", made | names
    yield from (*lists, *chains)
