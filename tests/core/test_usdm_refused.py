"""A file that is no study definition in USDM 4.0 is refused in one sentence, and nothing is written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from tests.core.usdm_documents import DESIGN, VERSION, Json, document, instance, scheduled, timing
from tests.tools.spoiled_usdm import spoiled, verdict
from trial.management.commands.import_usdm import Command

ROOT = Path(__file__).parents[2]
GOOD = json.dumps(document())
AT = "study.versions[0]"


def imported(content: bytes, folder: Path) -> tuple[str, str, str]:
    """What the command prints, what it says beside it, and its refusal."""
    (folder / "study.json").write_bytes(content)
    out, err = StringIO(), StringIO()
    try:
        Command(stdout=out, stderr=err).handle(file=folder / "study.json")
    except CommandError as refusal:
        return out.getvalue(), err.getvalue(), str(refusal)
    return out.getvalue(), err.getvalue(), ""


def replaced(key: str, value: object, where: str = "version") -> Json:
    return document(**{where: {key: value}}) if where != "top" else document() | {key: value}


USDM_3 = {
    "versions": [
        {
            "studyIdentifiers": [{"studyIdentifier": "NCT00000001"}],
            "studyDesigns": [{"population": {"criteria": []}, "studyInterventions": []}],
        }
    ]
}
OLDER: list[tuple[str, Json, str]] = [
    ("3.0.0", document(usdm="3.0.0"), "this is USDM 3.0.0, an older version; USDM 4.0 is read here"),
    ("3.13.0", document(usdm="3.13.0"), "this is USDM 3.13.0, an older version"),
    ("v2.6", document(usdm="v2.6"), "this is USDM v2.6, an older version"),
    ("1.0", document(usdm="1.0"), "this is USDM 1.0, an older version"),
    ("5.0", document(usdm="5.0.0"), "this is USDM 5.0.0, a newer version"),
    ("a word", document(usdm="latest"), "its usdmVersion is “latest”, which is no version of USDM"),
    ("3 without a number", {"study": USDM_3}, "this is USDM 3, an older version"),
    (
        "3 that calls itself 4",
        {"usdmVersion": "4.0.0", "study": USDM_3},
        "USDM 3, although it calls itself 4.0.0",
    ),
    ("2", {"study": {"studyTitle": "T", "studyDesigns": [{}]}}, "this is USDM 2 or 1, an older version"),
    ("2 by its versions", {"study": {"studyProtocolVersions": []}}, "this is USDM 2 or 1, an older version"),
    ("1", {"clinicalStudy": {}}, "this is USDM 1, an older version"),
]


@pytest.mark.parametrize(("of", "words"), [row[1:] for row in OLDER], ids=[row[0] for row in OLDER])
def test_another_version_of_usdm_is_named(of: Json, words: str, tmp_path: Path):
    out, _, refusal = imported(json.dumps(of).encode(), tmp_path)
    assert (out, refusal.startswith(f"study.json: {words}") or words in refusal) == ("", True)


@pytest.mark.parametrize("usdm", ["4.0.0", "4.0", "4", "v4.0.0", "4.0.1-rc", None, 4.0])
def test_usdm_4_is_read(usdm: Any, tmp_path: Path):
    out, err, refusal = imported(json.dumps(document(usdm=usdm)).encode(), tmp_path)
    assert (refusal, "[trial]" in out, "to do: " in err) == ("", True, True)


BAD: list[tuple[str, bytes, str]] = [
    ("nothing", b"", "this is not JSON, or a part of it is missing: line 1"),
    ("cut", GOOD[: len(GOOD) // 2].encode(), "this is not JSON, or a part of it is missing"),
    ("cut at the end", GOOD[:-1].encode(), "this is not JSON, or a part of it is missing"),
    ("words", b"a study", "this is not JSON"),
    ("toml", b"format = 1\n", "this is not JSON"),
    ("a list", b"[]", "the file holds no JSON object"),
    ("a number", b"4", "the file holds no JSON object"),
    ("null", b"null", "the file holds no JSON object"),
    ("empty", b"{}", "it has no study.versions[0].studyDesigns[0]"),
    ("no version", b'{"study": {"versions": []}}', "it has no study.versions[0].studyDesigns[0]"),
    ("no design", b'{"study": {"versions": [{"studyDesigns": [null]}]}}', "it has no study.versions[0]"),
    ("an empty design", b'{"study": {"versions": [{"studyDesigns": [{}]}]}}', "it has no study.versions[0]"),
    ("utf-16", GOOD.encode("utf-16"), "the file is not UTF-8 text"),
    ("latin-1", '{"a": "é"}'.encode("latin-1"), "the file is not UTF-8 text"),
    ("half a character", GOOD.replace("Exemplumab", "\\ud800").encode(), "holds half a character"),
    ("NaN", GOOD.replace("24.0", "NaN").encode(), "the file holds NaN, which is no number of JSON"),
    ("infinity", GOOD.replace("24.0", "-Infinity").encode(), "the file holds -Infinity"),
    (
        "too large",
        GOOD.replace("24.0", "1e999").encode(),
        "plannedEnrollmentNumber.value is no finite number",
    ),
    ("digits", GOOD.replace("24.0", "9" * 5000).encode(), "this JSON holds a number that cannot be read"),
    ("too deep", b"[" * 100_000, "this JSON is nested too deep"),
    (
        "a key twice",
        GOOD.replace('"versions":', '"versions": [], "versions":').encode(),
        "the key “versions” twice",
    ),
    ("a study of text", b'{"study": "S"}', "study is text, where USDM has an object"),
    ("versions of text", b'{"study": {"versions": "1"}}', "study.versions is text, where USDM has a list"),
    (
        "a version of text",
        b'{"study": {"versions": ["1"]}}',
        "study.versions[0] is text, where USDM has an object",
    ),
]


@pytest.mark.parametrize(("content", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_file_is_refused_and_nothing_is_written(content: bytes, words: str, tmp_path: Path):
    out, err, refusal = imported(content, tmp_path)
    assert (out, err) == ("", "")
    assert words in refusal and "\n" not in refusal


X = instance("X")
WRONG: list[tuple[str, Json, str]] = [
    ("titles", replaced("titles", {"text": "T"}), f"{AT}.titles is an object, where USDM has a list"),
    ("a title", replaced("titles", [{"text": ["T"]}]), f"{AT}.titles[0].text is a list, where USDM has text"),
    ("an id", replaced("organizations", [{"id": 7}]), f"{AT}.organizations[0].id is a number"),
    ("a country", replaced("organizations", [{"id": "O", "managedSites": [{"country": "FR"}]}]),
     f"{AT}.organizations[0].managedSites[0].country is text, where USDM has an object"),
    ("arms", replaced("arms", "two", "design"), f"{AT}.studyDesigns[0].arms is text, where"),
    ("an arm", replaced("arms", ["A"], "design"), "studyDesigns[0].arms[0] is text, where USDM has an"),
    ("a target", replaced("population", {"plannedEnrollmentNumber": {"value": "24"}}, "design"),
     "population.plannedEnrollmentNumber.value is text, where USDM has a number"),
    ("true", replaced("population", {"plannedEnrollmentNumber": {"value": True}}, "design"),
     "plannedEnrollmentNumber.value is true or false, where USDM has a number"),
    ("an age", replaced("population", {"plannedAge": {"minValue": 18}}, "design"),
     "population.plannedAge.minValue is a number, where USDM has an object"),
    ("a timing", scheduled([instance("D1"), X], [timing("t", "X", "D1", 7)]),  # type: ignore[arg-type]
     "timings[1].value is a number, where USDM has text"),
    ("activities", scheduled([instance("D1", activityIds=[{"id": "A"}])], []),
     "instances[0].activityIds[0] is an object, where USDM has text"),
    ("a flag", replaced("scheduleTimelines", [{"mainTimeline": "true"}], "design"),
     "scheduleTimelines[0].mainTimeline is text, where USDM has true or false"),
    ("an instance twice", scheduled([instance("D1"), instance("D1")], []),
     "the id “D1” is given to two instances of the main timeline"),
    ("an organisation twice", replaced("organizations", [{"id": "O"}, {"id": "O"}]),
     "the id “O” is given to two organisations"),
    ("a criterion twice", replaced("eligibilityCriterionItems", [{"id": "C"}, {"id": "C"}]),
     "the id “C” is given to two criterion items"),
    ("an encounter twice", replaced("encounters", [{"id": "E"}, {"id": "E"}], "design"), "two encounters"),
]  # fmt: skip


@pytest.mark.parametrize(("of", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_what_is_of_another_kind_or_given_twice_is_refused_with_its_place(
    of: Json, words: str, tmp_path: Path
):
    out, err, refusal = imported(json.dumps(of).encode(), tmp_path)
    assert (out, err, words in refusal) == ("", "", True), refusal


@pytest.mark.parametrize("key", [*VERSION, *DESIGN])
@pytest.mark.parametrize("value", [None, [], {}])
def test_what_is_missing_null_or_empty_is_left_to_a_person(key: str, value: object, tmp_path: Path):
    where = "version" if key in VERSION else "design"
    of = replaced(key, value, where)
    assert verdict(of) in ("draft", "refused")
    if value is None:
        assert verdict(of) == "draft"


def test_null_among_the_rows_of_a_list_is_passed_over():
    assert verdict(document({"arms": [None, *DESIGN["arms"]]}, {"titles": [None]})) == "draft"


def test_a_byte_order_mark_is_no_fault(tmp_path: Path):
    out, _, refusal = imported(b"\xef\xbb\xbf" + GOOD.encode(), tmp_path)
    assert (refusal, "[trial]" in out) == ("", True)


def test_a_file_that_is_not_there_or_is_a_folder_is_said(tmp_path: Path):
    for path, words in (
        (tmp_path / "no.json", "cannot be read: No such file"),
        (tmp_path, "cannot be read: Is a"),
    ):
        with pytest.raises(CommandError, match=words):
            Command().handle(file=path)


def test_the_status_is_1_and_the_terminals_encoding_does_not_matter(tmp_path: Path):
    (tmp_path / "good.json").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    environment = os.environ | {
        "PYTHONIOENCODING": "ascii",
        "DATABASE_URL": "postgres://nobody@localhost:1/no",
    }
    ran = [
        subprocess.run(
            [sys.executable, "manage.py", "import_usdm", str(tmp_path / name)],
            cwd=ROOT, env=environment, capture_output=True, timeout=60,
        )
        for name in ("good.json", "bad.json")
    ]  # fmt: skip
    assert [one.returncode for one in ran] == [0, 1]
    assert "Traitement de l’étude" in ran[0].stdout.decode("utf-8")
    assert (ran[1].stdout, b"Traceback" in ran[1].stderr) == (b"", False)


@pytest.mark.parametrize("seed", range(100))
def test_a_spoiled_document_is_a_draft_that_stops_or_a_refusal(seed: int):
    assert verdict(spoiled(document(), seed)) in ("draft", "refused")
