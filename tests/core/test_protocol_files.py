"""The protocol files that Velum ships are read whole."""

import json
import re
import tomllib
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from trial.core import paths
from trial.core.dates import add
from trial.core.protocol import Anchor, AnchorKind, CriterionKind, Group, Interval, Unit, Window
from trial.protocol.files import PROTOCOLS, SCHEMA, load_protocol, parse_protocol

FILES = sorted(PROTOCOLS.glob("*.toml"))
IMODALS = PROTOCOLS / "nct02059759.toml"
MIROCALS = PROTOCOLS / "nct03039673.toml"
FRAME = PROTOCOLS / "nct01575834.toml"

# Registry record NCT02059759: a word of each criterion, in its order.
INCLUSION = (
    "consent", "insurance", "75", "El Escorial", "riluzole", "5 years", "Vital capacity",
    "swallow", "contraception", "seven study visits",
)  # fmt: skip
EXCLUSION = (
    "interventional", "exclusion period", "judicial", "guardianship", "Refuses", "informed", "threatening",
    "11.2", "tracheostomy", "PEG", "infection", "HIV", "8 weeks", "functional", "cancer", "heart",
    "auto-immune", "pregnant", "laboratory",
)  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_protocol_is_readable_and_bears_its_files_name(file):
    read = load_protocol(file)
    assert read.protocol.key == file.stem
    assert read.digest == sha256(file.read_bytes()).hexdigest()
    assert parse_protocol(read.text) == read


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_assumption_names_a_field_and_gives_a_reason(file):
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    assumptions = load_protocol(file).protocol.assumptions
    assert assumptions
    assert len({row.field for row in assumptions}) == len(assumptions)
    for row in assumptions:
        found = paths.find(data, row.field)
        assert found is not None
        assert paths.dotted(data, found) == row.field
        assert len(row.reason) > 5
        assert len(row.reason_fr) > 5 and row.reason_fr != row.reason


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_protocol_file_says_nothing_about_the_list(file):
    assert not re.search(r"block|seed|permut", file.read_text(encoding="utf-8"), re.IGNORECASE)
    assert not re.search(r"block|seed", SCHEMA.read_text(encoding="utf-8"), re.IGNORECASE)


def test_the_schema_is_a_schema_and_describes_every_field():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert list(_undescribed(schema, "")) == []


def _undescribed(schema, name):
    if "$ref" not in schema and "description" not in schema and name:
        yield name
    for key, child in schema.get("properties", {}).items():
        if isinstance(child, dict):
            yield from _undescribed(child, f"{name}.{key}")
    if isinstance(schema.get("items"), dict) and "properties" in schema["items"]:
        yield from _undescribed(schema["items"], f"{name}[]")


def test_imodals_has_every_criterion_of_the_record_in_its_order():
    criteria = load_protocol(IMODALS).protocol.criteria
    assert [row.id for row in criteria] == [f"I{n}" for n in range(1, 11)] + [f"E{n}" for n in range(1, 20)]
    for row, word in zip(criteria, INCLUSION + EXCLUSION, strict=True):
        assert word.casefold() in row.text.en.casefold()
        assert row.group is (Group.INCLUSION if row.id[0] == "I" else Group.EXCLUSION)


def test_imodals_exclusion_criteria_let_in_with_a_no():
    protocol = load_protocol(IMODALS).protocol
    asked = [row for row in protocol.questions() if row.kind is CriterionKind.YES_NO]
    assert all(row.required_answer is (row.group is Group.INCLUSION) for row in asked)


def test_imodals_gives_fifteen_injections_to_three_equal_arms():
    protocol = load_protocol(IMODALS).protocol
    (course,) = protocol.courses
    assert (course.days, course.repeats, course.every) == ((0, 1, 2, 3, 4), 3, Interval(28))
    assert protocol.injections == 15
    assert {(arm.ratio, arm.preparations[0].volume_ml) for arm in protocol.arms} == {(1, "0.5")}
    assert (protocol.target, len(protocol.arms)) == (36, 3)
    assert protocol.stratum_keys() == ("all",)


def test_imodals_visits_fall_on_the_assumed_days():
    protocol = load_protocol(IMODALS).protocol
    assert [visit.offset.value + 1 for visit in protocol.visits] == [1, 8, 29, 57, 64, 85, 169]
    assert all(visit.anchor == Anchor(AnchorKind.FIRST_INJECTION) for visit in protocol.visits)
    assert (protocol.screening.earliest_day, protocol.screening.latest_day) == (-28, -1)
    assert protocol.visits[6].window == Window(3, 14)


def test_mirocals_has_nineteen_courses_and_four_strata():
    protocol = load_protocol(MIROCALS).protocol
    assert protocol.injections == 95
    assert protocol.stratum_keys() == ("FR/BULBAR", "FR/LIMB", "UK/BULBAR", "UK/LIMB")
    assert {site.zone for site in protocol.sites} == {"Europe/Paris", "Europe/London"}
    assert protocol.visits[-1].anchor == Anchor(AnchorKind.COURSE, "COURSE", 19, actual=True)
    assert protocol.visits[-1].offset == Interval(4, Unit.WEEK)


def test_frame_has_an_induction_and_a_maintenance_with_two_drugs():
    build, keep = load_protocol(FRAME).protocol.courses
    assert (build.drug, build.repeats, build.every) == ("STUDY", 12, Interval(1, Unit.MONTH))
    assert (keep.drug, keep.repeats, keep.every) == ("DENOSUMAB", 2, Interval(6, Unit.MONTH))
    assert keep.anchor == Anchor(AnchorKind.COURSE, "BUILD", 1)
    assert keep.offset == Interval(12, Unit.MONTH)


def test_frame_bounds_keep_their_decimals():
    bounds = {row.id: (row.minimum, row.maximum) for row in load_protocol(FRAME).protocol.criteria}
    assert bounds["I3"] == (Decimal("-3.5"), Decimal("-2.5"))


def test_the_digest_is_of_the_exact_bytes(tmp_path: Path):
    content = IMODALS.read_bytes().replace(b"\n", b"\r\n")
    (tmp_path / "windows.toml").write_bytes(content)
    read = load_protocol(tmp_path / "windows.toml")
    assert read.digest == sha256(content).hexdigest() != load_protocol(IMODALS).digest
    assert read.protocol == load_protocol(IMODALS).protocol


def test_a_day_and_an_offset_say_the_same():
    text = IMODALS.read_text(encoding="utf-8")
    other = text.replace("day = 8\n", 'anchor = "first_injection"\noffset = { weeks = 1 }\n')
    other = other.replace('"visits[V2].day"', '"visits[V2].offset"')
    visit, same = (parse_protocol(version).protocol.visits[1] for version in (text, other))
    start = date(2015, 10, 5)
    assert add(start, visit.offset) == add(start, same.offset) == date(2015, 10, 12)
    assert visit.anchor == same.anchor


def test_the_two_notations_of_days_and_of_windows_say_the_same():
    text = IMODALS.read_text(encoding="utf-8")
    other = text.replace("days = [1, 2, 3, 4, 5]", "days = { consecutive = 5 }")
    other = other.replace("{ before = 1, after = 2 }", "{ opens = -1, closes = 2 }")
    assert other != text
    assert parse_protocol(other).protocol == parse_protocol(text).protocol


@pytest.mark.parametrize(("day", "offset"), [(-14, -14), (-1, -1), (1, 0), (2, 1)])
def test_the_day_before_day_1_is_day_minus_1(day, offset):
    text = IMODALS.read_text(encoding="utf-8").replace("day = 8\n", f"day = {day}\n")
    assert parse_protocol(text).protocol.visits[1].offset == Interval(offset)
