"""What somebody can do to an archive in their hands: to the zip file, the JSON, the values, the history.

Each starts from `tests/cases/archives/archive-good.zip`, which the program wrote, and leaves a file or a
folder behind. `spoiling` spoils what an archive says; here it is said otherwise, elsewhere, twice or not.
"""

from __future__ import annotations

import io
import json
import os
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.tools import archives
from tests.tools.archives import Chain, Json, rechained, tool
from trial.core.chain import canonical

CASES = Path(__file__).resolve().parents[1] / "cases" / "archives"
GOOD = CASES / "archive-good.zip"
LIST, OWN, SITE, SEALED = (
    *("lists/1.json", "audit/nct02059759.json", "audit/nct02059759-01.json"),
    "audit/nct02059759-sealed.json",
)

Files = list[tuple[str, bytes]]
"""The parts in their order; a name may stand there twice."""

ZIPPED: dict[str, Callable[[Path], object]] = {}
"""Manipulations that write a zip file (or a folder) to the path they are given."""


@cache
def good_bytes() -> bytes:
    return GOOD.read_bytes()


def good() -> Files:
    with zipfile.ZipFile(GOOD) as file:
        return [(name, file.read(name)) for name in file.namelist()]


def known() -> list[str]:
    """The true key and the true head of each chain, as words of the command line."""
    parts = dict(good())
    heads = [json.loads(parts[name])["head"] for name in (OWN, SITE, SEALED)]
    anchors = [word for head in heads for word in ("--anchor", head)]
    return ["--signer", json.loads(parts[LIST])["signer"], *anchors]


def zipped(path: Path, files: Files, packing: int = zipfile.ZIP_DEFLATED) -> None:
    """These parts as a zip file, also where a name stands there twice."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", packing) as file:
        warnings.simplefilter("ignore")
        for name, data in files:
            file.writestr(zipfile.ZipInfo(name), data, packing)


def replaced(files: Files, name: str, data: bytes) -> Files:
    return [(each, data if each == name else was) for each, was in files]


def manipulation(name: str) -> Callable[[Callable[[Path], object]], None]:
    """Enters a function that writes the manipulated archive."""

    def enter(function: Callable[[Path], object]) -> None:
        assert name not in ZIPPED, name
        ZIPPED[name] = function

    return enter


def of_files(name: str) -> Callable[[Callable[[Files], Files]], None]:
    """The same for one that changes which files there are."""

    def enter(change: Callable[[Files], Files]) -> None:
        manipulation(name)(lambda path: zipped(path, change(good())))

    return enter


def of_bytes(name: str) -> Callable[[Callable[[bytes], bytes]], None]:
    """The same for one that changes the bytes of the zip file."""

    def enter(change: Callable[[bytes], bytes]) -> None:
        manipulation(name)(lambda path: path.write_bytes(change(good_bytes())))

    return enter


def of_text(name: str, part: str, before: str, after: str) -> None:
    """The same for one that changes the text of a part, once."""

    def change(files: Files) -> Files:
        text = dict(files)[part].decode()
        assert before in text, (name, before)
        return replaced(files, part, text.replace(before, after, 1).encode("utf-8", "surrogatepass"))

    of_files(name)(change)


def of_values(name: str) -> Callable[[Callable[[dict[str, Json]], object]], None]:
    """The same for one that changes the values of parts; they are written anew."""

    def enter(change: Callable[[dict[str, Json]], object]) -> None:
        def changed(files: Files) -> Files:
            parts = {each: json.loads(data) for each, data in files}
            change(parts)
            return [(each, json.dumps(part, ensure_ascii=False).encode()) for each, part in parts.items()]

        of_files(name)(changed)

    return enter


# --- The zip file ------------------------------------------------------------------------------------

FALSE = b'{"id": "false"}'


@of_files("two files of one name, the false one first")
def _(files: Files) -> Files:
    return [(LIST, FALSE), *files]


@of_files("two files of one name, the false one last")
def _(files: Files) -> Files:
    return [*files, (LIST, FALSE)]


@of_files("two files whose names differ in a capital")
def _(files: Files) -> Files:
    return [*files, ("lists/1.JSON", FALSE)]


for _name, _strange in {
    "a file that nothing names": "lists/2.json",
    "a file outside of the folder": "../lists/1.json",
    "a file from the root": "/lists/1.json",
    "a name with a backslash": "lists\\1.json",
    "a name that goes there and back": "lists/../lists/1.json",
    "a name with a point in between": "lists/./1.json",
    "a name with an accent of its own": "lists/é.json",
    "a folder's entry": "lists/",
}.items():
    of_files(_name)(lambda files, strange=_strange: [*files, (strange, b"")])  # type: ignore[misc]


@of_files("a part missing")
def _(files: Files) -> Files:
    return [(name, data) for name, data in files if name != SEALED]


@of_files("an empty part")
def _(files: Files) -> Files:
    return replaced(files, SEALED, b"")


@of_files("parts in another order")
def _(files: Files) -> Files:
    return files[::-1]


@manipulation("parts stored and not packed")
def _(path: Path) -> None:
    zipped(path, good(), zipfile.ZIP_STORED)


@manipulation("parts packed with bzip2")
def _(path: Path) -> None:
    zipped(path, good(), zipfile.ZIP_BZIP2)


@manipulation("parts with the times of another day")
def _(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in good():
            file.writestr(zipfile.ZipInfo(name, (2030, 1, 1, 0, 0, 0)), data)


class Pipe(io.BytesIO):
    """A file that cannot be wound back, so that lengths follow the parts."""

    def seekable(self) -> bool:
        return False

    def seek(self, *words: object) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise io.UnsupportedOperation


@manipulation("parts written to a pipe, their lengths after them")
def _(path: Path) -> None:
    pipe = Pipe()
    zipped(pipe, good())  # type: ignore[arg-type]
    path.write_bytes(pipe.getvalue())


@manipulation("a link in place of a part")
def _(path: Path) -> None:
    zipped(path, [each for each in good() if each[0] != SEALED])
    link = zipfile.ZipInfo(SEALED)
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(link, "nct02059759.json")


@manipulation("a part that would fill the memory")
def _(path: Path) -> None:
    zipped(path, replaced(good(), SEALED, b" " * 2**26))


@manipulation("a comment on the zip file")
def _(path: Path) -> None:
    path.write_bytes(good_bytes())
    with zipfile.ZipFile(path, "a") as file:
        file.comment = b"Everything checked holds."


def with_field(path: Path, **values: object) -> None:
    """The good archive with something more in the directory's line of its first part."""
    zipped(path, good()[1:])
    part = zipfile.ZipInfo("archive.json")
    for name, value in values.items():
        setattr(part, name, value)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr(part, good()[0][1])


@manipulation("a comment on a part")
def _(path: Path) -> None:
    with_field(path, comment=b"Everything checked holds.")


@manipulation("a second name in an extra field (0x7075)")
def _(path: Path) -> None:
    name = b"\x01" + bytes(4) + b"other.json"
    with_field(path, extra=struct.pack("<HH", 0x7075, len(name)) + name)


@manipulation("an extra field that ends after its part")
def _(path: Path) -> None:
    with_field(path, extra=struct.pack("<HH", 0x5455, 900) + b"x")


@of_bytes("something before the zip file")
def _(data: bytes) -> bytes:
    return b"#!/bin/sh\n" + data


@of_bytes("something after the zip file")
def _(data: bytes) -> bytes:
    return data + b"more"


@of_bytes("a long text after the zip file")
def _(data: bytes) -> bytes:
    return data + b"x" * 100_000


@of_bytes("a second zip file after the first")
def _(data: bytes) -> bytes:
    return data + data


@of_bytes("the end of the zip file cut off")
def _(data: bytes) -> bytes:
    return data[:-30]


def at_directory(data: bytes) -> int:
    """Where the directory starts."""
    return data.index(b"PK\x01\x02")


@of_bytes("something between parts and directory")
def _(data: bytes) -> bytes:
    place, hidden = at_directory(data), b"hidden"
    end = data.rindex(b"PK\x05\x06")
    start = struct.pack("<I", struct.unpack_from("<I", data, end + 16)[0] + len(hidden))
    return data[:place] + hidden + data[place : end + 16] + start + data[end + 20 :]


def long_end(data: bytes, start: int) -> bytes:
    """The zip file with the end for very long ones (zip64), which says where its directory starts."""
    end = data.rindex(b"PK\x05\x06")
    count, size = struct.unpack_from("<HI", data, end + 10)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    return data[:end] + record + struct.pack("<4sIQI", b"PK\x06\x07", 0, end, 1) + data[end:]


@of_bytes("the end of a long zip file (zip64)")
def _(data: bytes) -> bytes:
    return long_end(data, at_directory(data))


@of_bytes("the end of a long zip file with another directory")
def _(data: bytes) -> bytes:
    return long_end(data, at_directory(data) - 46)


@of_bytes("two disks said")
def _(data: bytes) -> bytes:
    end = data.rindex(b"PK\x05\x06")
    return data[: end + 4] + b"\x01\x00\x01\x00" + data[end + 8 :]


@of_bytes("a part more counted than there is")
def _(data: bytes) -> bytes:
    end = data.rindex(b"PK\x05\x06")
    return data[: end + 8] + b"\x06\x00\x06\x00" + data[end + 12 :]


@of_bytes("a part said to be encrypted")
def _(data: bytes) -> bytes:
    return flagged(data, 1)


@of_bytes("a part flagged as encrypted in its own header alone")
def _(data: bytes) -> bytes:
    return data[:6] + b"\x01" + data[7:]


def flagged(data: bytes, flag: int) -> bytes:
    """A flag set on the first part, in both headers."""
    place = at_directory(data) + 8
    return data[:6] + bytes([flag]) + data[7:place] + bytes([flag]) + data[place + 1 :]


@of_bytes("another name in a part's own header")
def _(data: bytes) -> bytes:
    return data.replace(b"archive.json", b"archive.jsom", 1)


@of_bytes("another check sum in the directory")
def _(data: bytes) -> bytes:
    place = at_directory(data) + 16
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@of_bytes("another check sum in both headers")
def _(data: bytes) -> bytes:
    place = at_directory(data) + 16
    sum_ = bytes([data[place] ^ 1])
    return data[:14] + sum_ + data[15:place] + sum_ + data[place + 1 :]


@of_bytes("a part counted twice in the directory")
def _(data: bytes) -> bytes:
    start, end = at_directory(data), data.rindex(b"PK\x05\x06")
    first = data[start : data.index(b"PK\x01\x02", start + 4)]
    counts = struct.pack("<HHI", 6, 6, end - start + len(first))
    return data[:end] + first + data[end : end + 8] + counts + data[end + 16 :]


@of_bytes("a part left out of the directory")
def _(data: bytes) -> bytes:
    start, end = at_directory(data), data.rindex(b"PK\x05\x06")
    last = data.rindex(b"PK\x01\x02")
    counts = struct.pack("<HHI", 4, 4, last - start)
    return data[:last] + data[end : end + 8] + counts + data[end + 16 :]


@of_bytes("a byte of a packed part changed")
def _(data: bytes) -> bytes:
    return data[:3000] + bytes([data[3000] ^ 0x40]) + data[3001:]


@manipulation("a folder with a file that nothing names")
def _(path: Path) -> None:
    unpacked(path)
    (path / "readme.txt").write_text("Everything checked holds.")


@manipulation("a folder with a link in place of a part")
def _(path: Path) -> None:
    unpacked(path)
    os.replace(path / SEALED, path.parent / "elsewhere.json")
    (path / SEALED).symlink_to(path.parent / "elsewhere.json")


@manipulation("a folder with the same files")
def _(path: Path) -> None:
    unpacked(path)


def unpacked(path: Path) -> None:
    with zipfile.ZipFile(GOOD) as file:
        file.extractall(path)


# --- The JSON ----------------------------------------------------------------------------------------

for _name, _change in {
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16"),
    "UTF-16 without a mark": lambda data: data.decode().encode("utf-16-le"),
    "UTF-32": lambda data: data.decode().encode("utf-32"),
    "something after the object": lambda data: data + b"{}",
    "a NUL after the object": lambda data: data + b"\x00",
    "a comma before the end": lambda data: data.rstrip()[:-1] + b",}",
    "a comment": lambda data: b"/* true */" + data,
    "single quotes": lambda data: data.replace(b'"', b"'"),
    "a list in place of the object": lambda data: b"[" + data + b"]",
    "a byte that is not UTF-8": lambda data: data.replace(b"training list", b"training\xfflist"),
    "a hundred thousand brackets": lambda data: b"[" * 100_000 + b"]" * 100_000,
    "more white space": lambda data: data.replace(b'": ', b'" :\t\r\n '),
}.items():
    of_files(f"{_name} in a part")(
        lambda files, change=_change: replaced(files, LIST, change(dict(files)[LIST]))  # type: ignore[misc]
    )

for _name, (_before, _after) in {
    "a field twice, with one value": ('"sequence": 1', '"sequence": 1, "sequence": 1'),
    "a field twice, its value last": ('"envelopes": 36', '"envelopes": 12, "envelopes": 36'),
    "a field twice, once with an escape": ('"envelopes": 36', '"envelope\\u0073": 12, "envelopes": 36'),
    "1.0 for 1": ('"sequence": 1', '"sequence": 1.0'),
    "1e0 for 1": ('"sequence": 1', '"sequence": 1e0'),
    "01 for 1": ('"sequence": 1', '"sequence": 01'),
    "+1 for 1": ('"sequence": 1', '"sequence": +1'),
    "true for 1": ('"sequence": 1', '"sequence": true'),
    "text for 1": ('"sequence": 1', '"sequence": "1"'),
    "a list for 1": ('"sequence": 1', '"sequence": [1]'),
    "36.0000000000000001 for 36": ('"envelopes": 36', '"envelopes": 36.0000000000000001'),
    "NaN": ('"sequence": 1', '"sequence": NaN'),
    "Infinity": ('"sequence": 1', '"sequence": Infinity'),
    "a number of five thousand digits": ('"sequence": 1', f'"sequence": {"9" * 5000}'),
    "-0 for null": ('"reserve_of": null', '"reserve_of": -0'),
    "false for null": ('"reserve_of": null', '"reserve_of": false'),
    "empty text for null": ('"reserve_of": null', '"reserve_of": ""'),
    "null for a name": ('"name": "training list 1"', '"name": null'),
    "half a character in a name": ("training list 1", "training list \\ud800"),
    "an escape for a letter": ("training list 1", "\\u0074raining list 1"),
    "a field that nothing names in a list": ('"sequence": 1', '"sequence": 1, "note": "good"'),
    "a field that nothing names in a step": ('"step": "draft"', '"step": "draft", "why": ""'),
    "a field that nothing names in an envelope": ('"position": 1,', '"position": 1, "Position": 2,'),
    "a field that nothing names in a draw": ('"by": "ward",', '"by": "ward", "BY": "x",'),
    "a field less in a list": ('"name": "training list 1",', ""),
    "a seed in capitals": ("bb624ccb989ac07a", "BB624CCB989AC07A"),
    "a blank in a seed": ("bb624ccb989ac07a", "bb624ccb 989ac07a"),
    "a seed with digits of another script": ("bb624ccb989ac07a", "bb\u0666\u0662\u0664ccb989ac07a"),
    "a seed with a line's end": ("bb4e850619f", "bb4e850619f\\n"),
    "a root in capitals": ('"root": "342eaea4023ac253', '"root": "342EAEA4023AC253'),
    "a key in capitals": ('"signer": "555365214ee535e8', '"signer": "555365214EE535E8'),
    "a signature in capitals": ("5544909470e017ec", "5544909470E017EC"),
    "a list's id in capitals": ("85931d04-ce67-4741-b42d", "85931D04-CE67-4741-B42D"),
    "a list's id without strokes": ("85931d04-ce67-4741-b42d-", "85931d04ce674741b42d"),
    "a list's id in braces": (
        '"85931d04-ce67-4741-b42d-2dd47d31baa5"',
        '"{85931d04-ce67-4741-b42d-2dd47d31baa5}"',
    ),
    "a moment with another fraction": ('"made": "2026-11-29T21:53:57.22', '"made": "2026-11-29T21:53:57.23'),
    "a moment without its fraction": (
        '"made": "2026-11-29T21:53:57.221434Z"',
        '"made": "2026-11-29T21:53:57Z"',
    ),
    "a moment with +00:00": (
        '"made": "2026-11-29T21:53:57.221434Z"',
        '"made": "2026-11-29T21:53:57.221434+00:00"',
    ),
    "a moment in another zone": (
        '"made": "2026-11-29T21:53:57.221434Z"',
        '"made": "2026-11-29T22:53:57.221434+01:00"',
    ),
    "a moment with a small z": ("21:53:57.221434Z", "21:53:57.221434z"),
    "a moment with a blank for T": ("2026-11-29T21:53:57", "2026-11-29 21:53:57"),
    "a moment that is none": ("2026-11-29T21:53:57", "2026-11-31T21:53:57"),
    "a leap second": ("2026-11-29T21:53:57.221434Z", "2026-11-29T21:53:60.221434Z"),
    "another environment of a list": ('"environment": "training"', '"environment": "Training"'),
    "a method with another name": ("permuted_blocks", "complete"),
    "a method that nobody knows": ("permuted_blocks", "dice"),
    "a blank in the design": ('\\"version\\":1', '\\"version\\": 1'),
    "a design of a thousand million envelopes": ('[\\"all\\",36,0]', '[\\"all\\",1000000000,0]'),
    "an arm called otherwise": ('"arm": "PLACEBO"', '"arm": "PLACEB0"'),
    "a list called otherwise": ("training list 1", "live list 1"),
    "a list's name with an escape sequence": ("training list 1", "\\u001b[2Jok"),
    "a list's name written from the right": ("training list 1", "training \\u202etsil 1"),
    "a list's name with a joint that nobody sees": ("training list 1", "training\\u200b list 1"),
    "a list's name decomposed": ("training list 1", "trai\u0303ning list 1"),
    "a number with a letter that looks like T": ('"number": "T-', '"number": "\u0422-'),
}.items():
    of_text(_name, LIST, _before, _after)

of_text("a site's chain whose name has another case", SITE, '"chain": "nct', '"chain": "NCT')
of_text("an entry's hash in capitals", SITE, "23f25964928017273e", "23F25964928017273E")
of_text("an entry's moment with +00:00", SITE, "36.810563Z", "36.810563+00:00")
of_text("true for an entry's number", SITE, '"sequence": 1,', '"sequence": true,')
of_text("a field that nothing names in an entry", SITE, '"role": ', '"door": "clinic", "role": ')
of_text("a blank in the body of an entry", SITE, '{\\"consent', '{ \\"consent')
of_text("a field that nothing names in archive.json", "archive.json", '"trial"', '"status": "0", "trial"')
of_text("a part named twice", "archive.json", '"lists/1.json"', '"lists/1.json", "lists/1.json"')
of_text("a part that is not a name", "archive.json", '"lists/1.json"', "1")
of_text("another version of the format", "archive.json", "velum archive 1", "velum archive 1.0")
of_text("another trial", "archive.json", '"trial": "nct', '"trial": "NCT')
of_text("another environment", "archive.json", '"training"', '"live"')
of_text("a chain under the name of a list", "archive.json", f'"{OWN}",', f'"{LIST}",')


@of_values("fields in another order, no white space")
def _(parts: dict[str, Json]) -> None:
    for name, part in parts.items():
        parts[name] = dict(sorted(part.items(), reverse=True))


@of_values("the chains in another order")
def _(parts: dict[str, Json]) -> None:
    parts["archive.json"]["chains"].reverse()


@of_values("parts called otherwise")
def _(parts: dict[str, Json]) -> None:
    parts["x/y.json"] = parts.pop(SEALED)
    parts["archive.json"]["chains"][2] = "x/y.json"


# --- The history -------------------------------------------------------------------------------------


@of_values("a chain of a site that the trial does not have")
def _(parts: dict[str, Json]) -> None:
    strange(parts, "nct02059759/99")


@of_values("a second sealed chain")
def _(parts: dict[str, Json]) -> None:
    strange(parts, "nct02059759/x/sealed")


@of_values("a chain of another trial")
def _(parts: dict[str, Json]) -> None:
    strange(parts, "nct00000001/01")


@of_values("a chain without a name")
def _(parts: dict[str, Json]) -> None:
    strange(parts, "")


@of_values("an empty chain")
def _(parts: dict[str, Json]) -> None:
    strange(parts, "nct02059759/02", entries=0)


@of_values("a strange chain, its site opened in the trial's own as well")
def _(parts: dict[str, Json]) -> None:
    strange(parts, "nct02059759/99")
    opened = parts[OWN]["entries"][1] | {"subject": "99"}
    parts[OWN]["entries"].append(opened)
    rechained(parts[OWN])


def strange(parts: dict[str, Json], name: str, entries: int = 3) -> None:
    chain = Chain(name)
    for number in range(entries):
        chain.append("participant.screened", f"IM-99{number}", archives.START, "velum", {})
    parts["audit/x.json"] = chain.as_json()
    parts["archive.json"]["chains"].append("audit/x.json")


@of_values("a chain cut at its end, its head moved")
def _(parts: dict[str, Json]) -> None:
    parts[OWN]["entries"].pop()
    rechained(parts[OWN])


@of_values("a chain cut at its end, its head left")
def _(parts: dict[str, Json]) -> None:
    parts[OWN]["entries"].pop()


@of_values("an entry added, its chain computed anew")
def _(parts: dict[str, Json]) -> None:
    parts[SITE]["entries"].append(dict(parts[SITE]["entries"][0]))
    rechained(parts[SITE])


@of_values("an entry twice")
def _(parts: dict[str, Json]) -> None:
    parts[SITE]["entries"].insert(1, parts[SITE]["entries"][0])


@of_values("entries in another order")
def _(parts: dict[str, Json]) -> None:
    parts[SITE]["entries"].reverse()


@of_values("the entries of two chains exchanged, computed anew")
def _(parts: dict[str, Json]) -> None:
    own, sealed = parts[OWN], parts[SEALED]
    own["entries"], sealed["entries"] = sealed["entries"], own["entries"]
    for chain in (own, sealed):
        rechained(chain)


@of_values("the names of two chains exchanged")
def _(parts: dict[str, Json]) -> None:
    own, sealed = parts[OWN], parts[SEALED]
    own["chain"], sealed["chain"] = sealed["chain"], own["chain"]


@of_values("the site's chain left out")
def _(parts: dict[str, Json]) -> None:
    del parts[SITE]
    parts["archive.json"]["chains"].remove(SITE)


@of_values("no chain at all")
def _(parts: dict[str, Json]) -> None:
    for name in (OWN, SITE, SEALED):
        del parts[name]
    parts["archive.json"]["chains"].clear()


@of_values("no list at all")
def _(parts: dict[str, Json]) -> None:
    del parts[LIST]
    parts["archive.json"]["lists"].clear()


@of_values("the list twice, under two names")
def _(parts: dict[str, Json]) -> None:
    parts["lists/2.json"] = parts[LIST] | {"sequence": 2, "name": "training list 2"}
    parts["archive.json"]["lists"].append("lists/2.json")


@of_values("envelopes in another order")
def _(parts: dict[str, Json]) -> None:
    parts[LIST]["rows"].reverse()


@of_values("an envelope twice")
def _(parts: dict[str, Json]) -> None:
    parts[LIST]["rows"].append(parts[LIST]["rows"][-1])


@of_values("an envelope left out")
def _(parts: dict[str, Json]) -> None:
    parts[LIST]["rows"].pop()


@of_values("an envelope of another list")
def _(parts: dict[str, Json]) -> None:
    parts[LIST]["rows"][0] = archives.archive()["lists"][0]["rows"][0]


@of_values("the arms of two envelopes exchanged")
def _(parts: dict[str, Json]) -> None:
    first, *rest = parts[LIST]["rows"]
    other = next(row for row in rest if row["arm"] != first["arm"])
    first["arm"], other["arm"] = other["arm"], first["arm"]


def signed(list_: Json, key: Ed25519PrivateKey, statement: bytes = b"") -> None:
    list_["signature"] = key.sign(statement or tool().statement(list_)).hex()
    list_["signer"] = key.public_key().public_bytes_raw().hex()


@of_values("signed by another key")
def _(parts: dict[str, Json]) -> None:
    signed(parts[LIST], archives.KEY)


@of_values("a signature over other bytes")
def _(parts: dict[str, Json]) -> None:
    signed(parts[LIST], archives.KEY, b"velum list 1\n")


@of_values("a signature of another list")
def _(parts: dict[str, Json]) -> None:
    parts[LIST]["signature"] = archives.archive()["lists"][0]["signature"]


@of_values("a signature by the order of the curve larger")
def _(parts: dict[str, Json]) -> None:
    """S + L: to a reader who does not look, a second signature of the same statement."""
    data = bytes.fromhex(parts[LIST]["signature"])
    larger = int.from_bytes(data[32:], "little") + tool().ORDER
    parts[LIST]["signature"] = (data[:32] + larger.to_bytes(32, "little")).hex()


@of_values("a key under which every signature holds")
def _(parts: dict[str, Json]) -> None:
    """A point of order one: R = S B, whatever is signed."""
    parts[LIST]["signer"] = (1).to_bytes(32, "little").hex()
    parts[LIST]["signature"] = ((1).to_bytes(32, "little") + bytes(32)).hex()


@of_values("the whole archive of another trial")
def _(parts: dict[str, Json]) -> None:
    parts.clear()
    parts.update(archives.parts(archives.archive()))


@of_values("a draw said to be another's")
def _(parts: dict[str, Json]) -> None:
    parts[LIST]["rows"][0]["draw"]["by"] = "inv"


@of_values("a draw forgotten")
def _(parts: dict[str, Json]) -> None:
    parts[LIST]["rows"][-1]["draw"] = None


@of_values("the history of the site written anew by somebody without the receipts")
def _(parts: dict[str, Json]) -> None:
    before = [entry["hash"] for entry in parts[SITE]["entries"]]
    parts[SITE]["entries"][0]["body"] = canonical({"consent_signed_on": "2026-11-19"})
    rechained(parts[SITE])
    new = dict(zip(before, (entry["hash"] for entry in parts[SITE]["entries"]), strict=True))
    for row in parts[LIST]["rows"]:
        row["draw"]["entry"] = new[row["draw"]["entry"]]


# --- The proof of one envelope -----------------------------------------------------------------------

PROOFS: dict[str, Callable[[Json], object]] = {
    "index of another envelope": lambda proof: proof.update(index=5),
    "true for an index": lambda proof: proof.update(index=True),
    "an index below zero": lambda proof: proof.update(index=-1),
    "an index beyond the list": lambda proof: proof.update(index=36),
    "a way without its last step": lambda proof: proof["way"].pop(),
    "a way with a step more": lambda proof: proof["way"].append("0" * 64),
    "a way in capitals": lambda proof: proof.update(way=[step.upper() for step in proof["way"]]),
    "a way in another order": lambda proof: proof["way"].reverse(),
    "another arm": lambda proof: proof["row"].update(arm="IL2-9MIU"),
    "another place": lambda proof: proof["row"].update(position=7),
    "another stratum": lambda proof: proof["row"].update(stratum="bulbar"),
    "another block": lambda proof: proof["row"].update(block=9),
    "a salt in capitals": lambda proof: proof["row"].update(salt=proof["row"]["salt"].upper()),
    "who drew it": lambda proof: proof["row"].update(draw={"participant": "IM-0101-0"}),
    "a note": lambda proof: proof.update(note="Everything checked holds."),
    "a name of the list": lambda proof: proof["list"].update(name="live list"),
    "another environment": lambda proof: proof["list"].update(environment="live"),
    "another trial": lambda proof: proof["list"].update(trial="nct00000001"),
    "an envelope more": lambda proof: proof["list"].update(envelopes=37),
    "another second": lambda proof: proof["list"].update(made="2026-11-29T21:53:58.221434Z"),
    "another fraction of the second": lambda proof: proof["list"].update(made="2026-11-29T21:53:57.000000Z"),
    "another zone": lambda proof: proof["list"].update(made="2026-11-29T21:53:57.221434+00:00"),
    "another key, signed anew": lambda proof: signed(proof["list"], archives.KEY),
    "a field less": lambda proof: proof["list"].pop("design"),
    "another format": lambda proof: proof.update(format="velum envelope proof 1 "),
    "a root that the way does not lead to": lambda proof: proof["list"].update(root="0" * 64),
}
"""Changes of what `--prove` wrote."""
