"""Ways to spoil a published archive, each by name. Every one leaves a readable archive behind.

Where a forger can compute hashes anew, that is done: what is left to find is then what a check is for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from randomization.core.commitments import design_commitment, list_root
from randomization.core.design import StratumSize
from randomization.core.making import design_salt
from tests.tools import archives
from tests.tools.archives import DESIGN, TRIAL, Chain, Json, rechained
from trial.core.chain import canonical

Spoil = Callable[[Json], object]
SPOILT: dict[str, Spoil] = {}
ONLY_ANCHORS = {
    *("history written anew", "the last entry cut off, head moved", "yesterday's dump put back"),
    "the entries of two sites exchanged, chains computed anew",
}
"""What holds together in itself: only a hash that somebody kept outside shows it."""


def spoil(name: str) -> Callable[[Spoil], Spoil]:
    def enter(function: Spoil) -> Spoil:
        SPOILT[name] = function
        return function

    return enter


def site(made: Json) -> Json:
    """The chain of the second site, with three draws."""
    return made["chains"][2]  # type: ignore[no-any-return]


def rows(made: Json) -> list[Json]:
    return made["lists"][0]["rows"]  # type: ignore[no-any-return]


def rerooted(list_: Json, *, key: Ed25519PrivateKey | None = archives.KEY) -> None:
    """Root (and signature, unless nobody can sign) computed anew over the commitments as they are."""
    list_["root"] = list_root(bytes.fromhex(row["commitment"]) for row in list_["rows"]).hex()
    if key:
        list_["signature"] = key.sign(archives.tool().statement(list_)).hex()
        list_["signer"] = key.public_key().public_bytes_raw().hex()


def recommitted(list_: Json, row: Json) -> None:
    row["commitment"] = archives.tool().commitment(list_, row).hex()


# --- The trail ---------------------------------------------------------------------------------------


def _edit(field: str, value: object) -> Spoil:
    return lambda made: site(made)["entries"][1].update({field: value})


for _field, _value in {
    "body": '{"reason":"other"}',
    "at": "2026-01-16T09:00:00.000000Z",
    "actor": "somebody.else",
    "previous": "1" * 64,
    "hash": "2" * 64,
}.items():
    spoil(f"{_field} of an audit entry changed")(_edit(_field, _value))


@spoil("first audit entry removed")
def _(made: Json) -> object:
    return site(made)["entries"].pop(0)


@spoil("middle audit entry removed")
def _(made: Json) -> object:
    return site(made)["entries"].pop(1)


@spoil("last audit entry removed")
def _(made: Json) -> object:
    return site(made)["entries"].pop()


@spoil("chain emptied")
def _(made: Json) -> object:
    return site(made)["entries"].clear()


@spoil("two audit entries swapped")
def _(made: Json) -> object:
    return site(made)["entries"].reverse()


@spoil("audit entries numbered with a gap")
def _(made: Json) -> None:
    chain = site(made)
    previous = chain["entries"][1]["hash"]
    chain["entries"][2] |= {"sequence": 7, "previous": previous}
    entry = chain["entries"][2]
    chain["head"] = entry["hash"] = archives.tool().entry_hash(chain["chain"], entry)
    rows(made)[10]["draw"]["entry"] = entry["hash"]


@spoil("an entry that follows nothing, with its own hash right")
def _(made: Json) -> None:
    chain = site(made)
    entry = chain["entries"][2]
    entry["previous"] = "0" * 64
    chain["head"] = entry["hash"] = archives.tool().entry_hash(chain["chain"], entry)
    rows(made)[10]["draw"]["entry"] = entry["hash"]


@spoil("length of a chain changed")
def _(made: Json) -> None:
    site(made)["length"] += 1


@spoil("head of a chain changed")
def _(made: Json) -> None:
    site(made)["head"] = "3" * 64


@spoil("an entry inserted, chain computed anew")
def _(made: Json) -> object:
    chain = site(made)
    chain["entries"].insert(1, dict(chain["entries"][0]))
    return moved(made, chain)


def moved(made: Json, chain: Json) -> Json:
    """The chain computed anew, with the envelopes' references to it following along."""
    before = [entry["hash"] for entry in chain["entries"]]
    rechained(chain)
    new = dict(zip(before, (entry["hash"] for entry in chain["entries"]), strict=True))
    for list_ in made["lists"]:
        for row in list_["rows"]:
            if row["draw"]:
                row["draw"]["entry"] = new.get(row["draw"]["entry"], row["draw"]["entry"])
    return chain


@spoil("history written anew")
def _(made: Json) -> None:
    """Another nurse from the first draw on: entries, envelopes, hashes, heads all agree."""
    for entry in site(made)["entries"]:
        entry["actor"] = "forger"
        row = next(row for row in rows(made) if row["draw"] and row["draw"]["entry"] == entry["hash"])
        row["draw"]["by"] = "forger"
    moved(made, site(made))


@spoil("the last entry cut off, head moved")
def _(made: Json) -> None:
    """An entry that nothing else refers to: the last step of the second list, with the step itself."""
    made["chains"][0]["entries"].pop()
    rechained(made["chains"][0])
    made["lists"][1]["steps"].pop()


@spoil("yesterday's dump put back")
def _(made: Json) -> None:
    """The last draw undone everywhere."""
    last = site(made)["entries"].pop()
    rechained(site(made))
    next(row for row in rows(made) if row["draw"] and row["draw"]["entry"] == last["hash"])["draw"] = None


# --- The list ----------------------------------------------------------------------------------------


@spoil("an envelope added at the end")
def _(made: Json) -> None:
    list_ = made["lists"][0]
    row = rows(made)[-1] | {"position": 7, "number": "R-00000"}
    recommitted(list_, row)
    rows(made).append(row)
    forged(made, list_)


@spoil("a place that no box could hold")
def _(made: Json) -> None:
    rows(made)[0]["position"] = 2**40


@spoil("a block below zero")
def _(made: Json) -> None:
    rows(made)[0]["block"] = -1


@spoil("a stratum of a million million envelopes")
def _(made: Json) -> None:
    made["lists"][0]["strata"][1]["size"] = 10**12


@spoil("an envelope removed")
def _(made: Json) -> None:
    made["lists"][0]["rows"].pop()
    rerooted(made["lists"][0])


@spoil("an envelope there twice")
def _(made: Json) -> None:
    list_ = made["lists"][0]
    list_["rows"].append(rows(made)[-1] | {"number": "R-00000", "draw": None})
    recommitted(list_, list_["rows"][-1])
    forged(made, list_)


@spoil("two envelopes in the wrong order")
def _(made: Json) -> None:
    rows(made)[-1], rows(made)[-2] = rows(made)[-2], rows(made)[-1]
    rerooted(made["lists"][0])


@spoil("more envelopes signed than strata hold")
def _(made: Json) -> None:
    made["lists"][0]["envelopes"] += 1
    rerooted(made["lists"][0])


@spoil("an arm changed")
def _(made: Json) -> None:
    rows(made)[0]["arm"] = "C" if rows(made)[0]["arm"] != "C" else "A"


@spoil("an arm changed and committed anew")
def _(made: Json) -> None:
    list_, row = made["lists"][0], rows(made)[0]
    row["arm"] = "C" if row["arm"] != "C" else "A"
    recommitted(list_, row)


@spoil("an arm changed, committed and signed anew")
def _(made: Json) -> None:
    list_, row = made["lists"][0], rows(made)[0]
    row["arm"] = "C" if row["arm"] != "C" else "A"
    recommitted(list_, row)
    forged(made, list_)


def forged(made: Json, list_: Json) -> None:
    """Root and signature anew, and the root in the audit entries as well."""
    before = list_["root"]
    rerooted(list_)
    for entry in made["chains"][0]["entries"]:
        entry["body"] = entry["body"].replace(before, list_["root"])
    rechained(made["chains"][0])


@spoil("the contents of two envelopes swapped")
def _(made: Json) -> None:
    first, second = (row for row in rows(made)[:3:2])
    for what in ("arm", "block", "salt"):
        first[what], second[what] = second[what], first[what]


@spoil("a salt replaced by a fresh one")
def _(made: Json) -> None:
    list_, row = made["lists"][0], rows(made)[3]
    row["salt"] = "ab" * 32
    recommitted(list_, row)
    forged(made, list_)


@spoil("a block changed, committed and signed anew")
def _(made: Json) -> None:
    list_, row = made["lists"][0], rows(made)[8]
    row["block"] = 77
    recommitted(list_, row)
    forged(made, list_)


@spoil("a number changed to another valid one, committed and signed anew")
def _(made: Json) -> None:
    list_, row = made["lists"][0], rows(made)[8]
    row["number"] = "R-00000"
    recommitted(list_, row)
    forged(made, list_)


@spoil("a number without its check digit")
def _(made: Json) -> None:
    rows(made)[8]["number"] = "R-12345"


@spoil("one number for two envelopes, committed and signed anew")
def _(made: Json) -> None:
    list_ = made["lists"][0]
    rows(made)[8]["number"] = rows(made)[7]["number"]
    recommitted(list_, rows(made)[8])
    forged(made, list_)


@spoil("root replaced")
def _(made: Json) -> None:
    made["lists"][0]["root"] = "4" * 64


@spoil("root replaced and signed anew, trail included")
def _(made: Json) -> None:
    list_ = made["lists"][0]
    before, list_["root"] = list_["root"], "4" * 64
    list_["signature"] = archives.KEY.sign(archives.tool().statement(list_)).hex()
    for entry in made["chains"][0]["entries"]:
        entry["body"] = entry["body"].replace(before, list_["root"])
    rechained(made["chains"][0])


@spoil("signature replaced")
def _(made: Json) -> None:
    made["lists"][0]["signature"] = made["lists"][1]["signature"]


@spoil("signed anew with another key")
def _(made: Json) -> None:
    rerooted(made["lists"][0], key=Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


@spoil("time of making changed")
def _(made: Json) -> None:
    made["lists"][0]["made"] = "2026-01-05T10:30:00.000000Z"


@spoil("environment changed, trail included")
def _(made: Json) -> None:
    made["environment"] = "training"
    entry = trail(made)["entries"][0]
    entry["body"] = entry["body"].replace("live", "training")
    rechained(trail(made))


@spoil("design exchanged for another with the same envelopes")
def _(made: Json) -> None:
    made["lists"][0]["design_text"] = replace(DESIGN, block_sizes=(3, 6, 9)).as_json()


@spoil("strata of the design changed and signed anew")
def _(made: Json) -> None:
    """The reserve counted to the target: the sizes of the list no longer follow from the design."""
    list_ = made["lists"][1]
    other = replace(archives.SMALL, strata=(StratumSize("spinal", 3), StratumSize("bulbar", 3, 3)))
    list_["design_text"] = other.as_json()
    committed = design_commitment(other, design_salt(archives.seed_of(2)))
    list_["design"] = committed.hex()
    rerooted(list_)


@spoil("seed exchanged")
def _(made: Json) -> None:
    made["lists"][0]["seed"] = "00" * 32


# --- Steps and draws ---------------------------------------------------------------------------------


def trail(made: Json) -> Json:
    """The trial's own chain, where steps are entered."""
    return made["chains"][0]  # type: ignore[no-any-return]


@spoil("sealed after it was activated")
def _(made: Json) -> None:
    steps = made["lists"][0]["steps"]
    steps[2], steps[3] = steps[3], steps[2]


@spoil("never checked: the step gone with its audit entry")
def _(made: Json) -> None:
    del made["lists"][0]["steps"][1]
    del trail(made)["entries"][4]
    rechained(trail(made))


@spoil("a list without steps, trail included")
def _(made: Json) -> None:
    made["lists"][1]["steps"].clear()
    del trail(made)["entries"][7:]
    rechained(trail(made))


@spoil("sealed and activated by one person, trail included")
def _(made: Json) -> None:
    made["lists"][0]["steps"][3]["by"] = "stat.one"
    trail(made)["entries"][6]["actor"] = "stat.one"
    rechained(trail(made))


@spoil("a step without an audit entry")
def _(made: Json) -> None:
    made["lists"][1]["steps"].append({"step": "sealed", "at": "2026-01-19T09:00:00.000000Z", "by": "x"})


@spoil("an audit entry of a step that is not there")
def _(made: Json) -> None:
    made["lists"][1]["steps"].pop()


@spoil("another root in the audit entry of a step")
def _(made: Json) -> None:
    entry = trail(made)["entries"][5]
    entry["body"] = entry["body"].replace(made["lists"][0]["root"], "5" * 64)
    rechained(trail(made))


@spoil("activated after the first draw, trail included")
def _(made: Json) -> None:
    late = "2026-01-16T21:00:00.000000Z"
    made["lists"][0]["steps"][3]["at"] = trail(made)["entries"][6]["at"] = late
    rechained(trail(made))


@spoil("a draw undone")
def _(made: Json) -> None:
    """The second of stratum spinal, with its audit entry: a hole."""
    row = rows(made)[1]
    site(made)["entries"] = [e for e in site(made)["entries"] if e["hash"] != row["draw"]["entry"]]
    row["draw"] = None
    moved(made, site(made))


@spoil("an envelope drawn without an audit entry")
def _(made: Json) -> None:
    rows(made)[3]["draw"] = rows(made)[2]["draw"] | {"participant": "IM-0199", "entry": "6" * 64}


@spoil("an audit entry of a draw without an envelope")
def _(made: Json) -> None:
    rows(made)[2]["draw"] = None


@spoil("the participants of two envelopes swapped")
def _(made: Json) -> None:
    first, second = rows(made)[0]["draw"], rows(made)[2]["draw"]
    first["participant"], second["participant"] = second["participant"], first["participant"]


@spoil("two draws of one site in the other order, trail included")
def _(made: Json) -> None:
    """Envelopes 1 and 3 of stratum spinal, both drawn at site 01, change places in time."""
    chain, (first, third) = made["chains"][1], (rows(made)[0], rows(made)[2])
    first["draw"], third["draw"] = third["draw"], first["draw"]
    a, b = chain["entries"][:2]
    a["body"], b["body"] = b["body"], a["body"]
    moved(made, chain)


@spoil("one participant with two envelopes, trail included")
def _(made: Json) -> None:
    twice, draw = rows(made)[0]["draw"]["participant"], rows(made)[2]["draw"]
    entry = next(e for e in made["chains"][1]["entries"] if e["hash"] == draw["entry"])
    draw["participant"] = entry["subject"] = twice
    moved(made, made["chains"][1])


# --- What is left out --------------------------------------------------------------------------------


@spoil("a list that was never used left out")
def _(made: Json) -> object:
    return made["lists"].pop()


@spoil("the first list left out")
def _(made: Json) -> None:
    """With everything that speaks of it; the other one is then nobody's reserve."""
    gone = made["lists"].pop(0)["id"]
    made["lists"][0]["reserve_of"] = None
    for chain in made["chains"]:
        for entry in chain["entries"]:
            entry["body"] = entry["body"].replace(f',"reserve_of":"{gone}"', "")
        chain["entries"] = [entry for entry in chain["entries"] if gone not in entry["body"]]
        rechained(chain)


@spoil("the chain of a site left out, and its draws")
def _(made: Json) -> None:
    del made["chains"][1]
    for row in rows(made)[0:3:2]:
        row["draw"] = None


@spoil("the sealed chain left out")
def _(made: Json) -> object:
    return made["chains"].pop()


@spoil("a chain there twice")
def _(made: Json) -> None:
    made["chains"].append(Chain(TRIAL).as_json())


@spoil("one number in two lists")
def _(made: Json) -> None:
    list_ = made["lists"][1]
    list_["rows"][0]["number"] = rows(made)[8]["number"]
    recommitted(list_, list_["rows"][0])
    forged(made, list_)


# --- What is spelled or named otherwise, and agrees in all else ---------------------------------------


@spoil("capitals in the digits of a seed")
def _(made: Json) -> None:
    made["lists"][0]["seed"] = made["lists"][0]["seed"].upper()


@spoil("another environment said, nothing drawn")
def _(made: Json) -> None:
    """The draws and all that speaks of them taken out, so that no draw shows it."""
    for row in rows(made):
        row["draw"] = None
    for chain in made["chains"][1:]:
        chain["entries"].clear()
        rechained(chain)
    made["environment"] = "test"


@spoil("a chain of a site that the trial does not have")
def _(made: Json) -> None:
    chain = Chain(f"{TRIAL}/99")
    chain.append("participant.screened", "IM-990", archives.START, "velum", {})
    made["chains"].append(chain.as_json())


@spoil("two lists numbered in the other order")
def _(made: Json) -> None:
    made["lists"].reverse()
    for number, list_ in enumerate(made["lists"], 1):
        list_["sequence"] = number


@spoil("a list called otherwise")
def _(made: Json) -> None:
    made["lists"][1]["name"] = "list one"


@spoil("the fraction of the moment of making changed, which is not signed")
def _(made: Json) -> None:
    made["lists"][0]["made"] = made["lists"][0]["made"].replace(".000000Z", ".000001Z")


@spoil("the entries of two sites exchanged, chains computed anew")
def _(made: Json) -> None:
    """But for the code breaks, which stand at their place in time."""
    one, two = made["chains"][1], made["chains"][2]
    one["entries"], two["entries"] = two["entries"], one["entries"]
    moved(made, one)
    moved(made, two)


@spoil("an envelope of each list in the other's place")
def _(made: Json) -> None:
    first, second = made["lists"]
    first["rows"][-1], second["rows"][-1] = second["rows"][-1], first["rows"][-1]


@spoil("a step twice in the trail, chain computed anew")
def _(made: Json) -> None:
    trail(made)["entries"].append(dict(trail(made)["entries"][-1]))
    rechained(trail(made))


@spoil("a blank in the body of an entry, chain computed anew")
def _(made: Json) -> None:
    entry = trail(made)["entries"][0]
    entry["body"] = entry["body"].replace(":", ": ")
    rechained(trail(made))


# --- Where no seed gives the list: the other checks stand alone --------------------------------------


def by_dice(made: Json, method: str = "dice") -> Json:
    """The second list, said to come from a method that nobody can repeat; all else agrees."""
    list_ = made["lists"][1]
    list_["design_text"] = list_["design_text"].replace("permuted_blocks", method)
    salted = design_salt(archives.seed_of(2)) + list_["design_text"].encode()
    list_["design"] = hashlib.sha256(b"velum design 1\n" + salted).hexdigest()
    forged(made, list_)
    return list_


def of_dice(name: str, *, committed: bool = True) -> Callable[[Callable[[list[Json]], object]], None]:
    """A way to spoil the rows of such a list, signed anew."""

    def enter(change: Callable[[list[Json]], object]) -> None:
        def spoiling(made: Json) -> None:
            list_ = by_dice(made)
            change(list_["rows"])
            if committed:
                for row in list_["rows"]:
                    recommitted(list_, row)
            forged(made, list_)

        SPOILT[f"{name}, in a list that no seed gives"] = spoiling

    return enter


@of_dice("a number without its check digit")
def _(rows: list[Json]) -> None:
    rows[1]["number"] = "R-12345"


@of_dice("a training number")
def _(rows: list[Json]) -> None:
    rows[1]["number"] = "T" + rows[1]["number"][1:]


@of_dice("one number for two envelopes")
def _(rows: list[Json]) -> None:
    rows[1]["number"] = rows[0]["number"]


@of_dice("the number of another list")
def _(rows: list[Json]) -> None:
    rows[1]["number"] = archives.archive()["lists"][0]["rows"][0]["number"]


@of_dice("two envelopes in the wrong order")
def _(rows: list[Json]) -> None:
    rows[0], rows[1] = rows[1], rows[0]


@of_dice("an envelope twice")
def _(rows: list[Json]) -> None:
    rows.append(rows[-1] | {"number": "R-00000"})


@of_dice("an arm changed without a new commitment", committed=False)
def _(rows: list[Json]) -> None:
    rows[0]["arm"] = "Z"


@spoil("a code break taken out of the blinded trail, chain computed anew")
def _(made: Json) -> None:
    """One of two of one participant."""
    made["chains"][1]["entries"].pop()
    rechained(made["chains"][1])


@spoil("all code breaks taken out of both trails, an arm shown again left")
def _(made: Json) -> None:
    made["chains"][1]["entries"] = [e for e in made["chains"][1]["entries"] if e["action"] != "code.broken"]
    made["chains"][3]["entries"] = [e for e in made["chains"][3]["entries"] if 'code_break"' not in e["body"]]
    moved(made, made["chains"][1])
    rechained(made["chains"][3])


@spoil("a code break of another minute in the blinded trail, chain computed anew")
def _(made: Json) -> None:
    made["chains"][1]["entries"][-1]["at"] = "2026-01-27T09:01:00.000000Z"
    rechained(made["chains"][1])


@spoil("a code break taken out of the sealed trail, chain computed anew")
def _(made: Json) -> None:
    made["chains"][3]["entries"].pop()
    rechained(made["chains"][3])


@spoil("the person of a step changed")
def _(made: Json) -> None:
    made["lists"][1]["steps"][0]["by"] = "somebody.else"


@spoil("the person of an entry of the sealed trail changed")
def _(made: Json) -> None:
    made["chains"][3]["entries"][0]["actor"] = "somebody.else"


# --- The reserve -------------------------------------------------------------------------------------


@spoil("a reserve said to be none")
def _(made: Json) -> None:
    made["lists"][1]["reserve_of"] = None


@spoil("a reserve of a list that is not here, trail included")
def _(made: Json) -> None:
    list_ = made["lists"][1]
    before, list_["reserve_of"] = list_["reserve_of"], str(UUID(int=77))
    for entry in trail(made)["entries"][7:]:
        entry["body"] = entry["body"].replace(before, list_["reserve_of"])
    rechained(trail(made))


@spoil("an envelope of the reserve drawn while the list before it has free ones, trail included")
def _(made: Json) -> None:
    """The last draw, of stratum bulbar."""
    in_use(made)
    last = rows(made)[10]
    site(made)["entries"].pop()
    last["draw"] = None
    drawn_late(made, made["lists"][1]["rows"][3], 14)


@spoil("an envelope of the reserve drawn before the last of the list before it, trail included")
def _(made: Json) -> None:
    in_use(made)
    drawn_late(made, made["lists"][1]["rows"][3], 15)
    for day, row in enumerate(rows(made)[11:], 16):
        drawn_late(made, row, day)


def in_use(made: Json) -> None:
    """The reserve sealed and activated, before the first draw."""
    list_, entries = made["lists"][1], trail(made)["entries"]
    for name, hour, by in (("sealed", "22", "stat.one"), ("activated", "23", "stat.two")):
        at = f"2026-01-09T{hour}:00:00.000000Z"
        entries.append(entries[-1] | {"action": f"list.{name}", "at": at, "actor": by})
        list_["steps"].append({"step": name, "at": at, "by": by})
    rechained(trail(made))


def drawn_late(made: Json, row: Json, day: int) -> None:
    """This envelope drawn at the second site, after all that were drawn there."""
    list_ = next(each for each in made["lists"] if row in each["rows"])
    at, participant = f"2026-02-{day:02}T09:00:00.000000Z", f"IM-02{day}9"
    body = {"list": list_["id"], "number": row["number"], "stratum": row["stratum"]}
    said = {"at": at, "subject": participant, "body": canonical(body)}
    site(made)["entries"].append(site(made)["entries"][0] | said)
    rechained(site(made))
    entry = site(made)["head"]
    row["draw"] = {"participant": participant, "at": at, "by": "nurse", "entry": entry}


# --- A list that came in a file ----------------------------------------------------------------------


def brought(made: Json) -> Json:
    """The second list, as if its order had come in a file; all agrees."""
    list_ = made["lists"][1]
    design = json.loads(list_["design_text"]) | {"method": "imported", "numbers": "own", "source": "0" * 64}
    list_["design_text"] = canonical(design | {"sequence": archives.tool().order_of(list_["rows"])})
    salted = design_salt(archives.seed_of(2)) + list_["design_text"].encode()
    list_["design"] = hashlib.sha256(b"velum design 1\n" + salted).hexdigest()
    forged(made, list_)
    return list_


@spoil("two arms of a list from a file swapped, committed and signed anew")
def _(made: Json) -> None:
    list_ = brought(made)
    first = list_["rows"][0]
    other = next(row for row in list_["rows"] if row["arm"] != first["arm"])
    first["arm"], other["arm"] = other["arm"], first["arm"]
    for row in (first, other):
        recommitted(list_, row)
    forged(made, list_)


@spoil("a salt of a list from a file changed, committed and signed anew")
def _(made: Json) -> None:
    list_ = brought(made)
    list_["rows"][2]["salt"] = "ab" * 32
    recommitted(list_, list_["rows"][2])
    forged(made, list_)
