"""Every fault planted in a good protocol file is named with its line and its field."""

import re
import tomllib

import pytest

from tests.core.planted_faults import FRAME, IMODALS, MIROCALS, PLANTED
from trial.core.faults import ProtocolFaults
from trial.core.protocol_reader import read_protocol
from trial.protocol.files import UnreadableProtocol, load_protocol, parse_protocol
from trial.protocol.judging import faults_in


def _plant(good, words, fault):
    """The text with the fault in it, and the line on which it was planted."""
    before, found, after = good.partition(words)
    assert found
    line = before.count("\n") + 1 + fault.partition("»")[0].count("\n") * ("»" in fault)
    return before + fault.replace("»", "") + after, line


def _header_above(text, line):
    lines = text.splitlines()
    return next(number for number in range(line, 0, -1) if re.match(r"\[[\[a-z]", lines[number - 1]))


def _faults(text):
    """What stops a file: its reader's faults or, where it can be read, its judges'."""
    try:
        return faults_in(text)
    except UnreadableProtocol as refused:
        return refused.faults


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted[3]} {planted[4]}")
def test_a_planted_fault_is_named_with_line_and_field(planted):
    good, words, fault, field, said = planted
    text, line = _plant(good, words, fault)
    if field == "screening" or (field.endswith("]") and "masked" not in field):
        line = _header_above(text, line)
    assert (line, field) in [(row.line, row.field) for row in _faults(text) if said in str(row.message)]


def test_no_planted_fault_was_there_before():
    for good in (IMODALS, MIROCALS, FRAME):
        assert faults_in(good) == ()


def test_several_faults_are_told_at_once_in_the_order_of_their_lines():
    text = IMODALS.replace("target = 36", "target = 0").replace("below = 75", "below = 1")
    faults = _faults(text.replace('drug = "STUDY"\nanchor', 'drug = "X"\nanchor'))
    assert [row.field for row in faults] == [
        "trial.target",
        "drugs[STUDY].code",
        "courses[COURSE].drug",
        "criteria[I3]",
    ]
    assert [row.line for row in faults] == sorted(row.line for row in faults)


def test_a_missing_field_is_told_at_its_table():
    (fault,) = _faults(IMODALS.replace("target = 36\n", ""))
    assert str(fault) == "line 9, trial: the field `target` is missing."


def test_a_trial_needs_a_dose_on_day_1():
    faults = _faults(
        IMODALS.replace('anchor = "first_injection"\nday = 1', 'anchor = "first_injection"\nday = 2')
    )
    assert [row.field for row in faults] == ["courses"]
    faults = _faults(FRAME.replace("day = 1\ndays", "day = -2\ndays"))
    assert {row.field for row in faults} == {"courses", "courses[BUILD]"}


def test_an_open_trial_may_use_different_volumes():
    text = FRAME.replace(
        'masked = ["participant", "care_provider", "investigator", "outcomes_assessor"]', "masked = []"
    )
    text = text.replace('volume_ml = "3"\nconcentration', 'volume_ml = "2"\nconcentration')
    assert not parse_protocol(text).protocol.blinded


def test_a_blinded_arm_without_a_drug_is_refused():
    preparation = IMODALS[
        IMODALS.index("[[arms.preparations]]") : IMODALS.index('[[arms]]\ncode = "IL2-1MIU"')
    ]
    faults = _faults(
        IMODALS.replace(
            preparation,
            "[[arms.preparations]]\n"
            + 'drug = "X"\nproduct = "P"\ndose = { en = "a", fr = "b" }\nvolume_ml = "0.5"\n\n',
            1,
        )
    )
    assert "arms[PLACEBO]" in [row.field for row in faults if "every arm gets every drug" in str(row.message)]


def test_one_arm_is_no_randomised_trial():
    start, end = IMODALS.index('[[arms]]\ncode = "IL2-1MIU"'), IMODALS.index("# Trial days")
    faults = _faults(IMODALS[:start] + IMODALS[end:])
    assert "arms" in [row.field for row in faults if "two arms or more" in str(row.message)]


@pytest.mark.parametrize(
    ("words", "fault", "line", "said"),
    [
        ("target = 36", "target = 36\ntarget = 37", 18, "already given further up"),
        ("[numbers]", "[trial]", 23, "already given further up"),
        ("target = 36", "target =", 17, "not TOML"),
        ("[[sites]]", "[[sites]", 38, "not TOML"),
        ('version = "1"', 'version = "1', 14, "not TOML"),
        ("format = 1", "\ufeffformat = 1", 7, "not TOML"),
    ],
)
def test_what_is_not_toml_is_told_with_its_line(words, fault, line, said):
    (found,) = _faults(IMODALS.replace(words, fault, 1))
    assert found.line == line
    assert said in str(found.message)


def test_an_end_inside_a_value_is_told_at_the_last_line():
    (found,) = _faults("format = 1\ntitle = [1,\n")
    assert found.line == 3


def test_a_byte_order_mark_is_told():
    (found,) = _faults("\ufeff" + IMODALS)
    assert found.line == 1
    assert "byte-order mark" in str(found.message)


def test_an_empty_file_lacks_every_table():
    assert [str(row.message) for row in _faults("")][:2] == [
        "the field `format` is missing.",
        "the field `trial` is missing.",
    ]


def test_a_file_that_is_not_utf_8_is_told_with_its_line(tmp_path):
    (tmp_path / "latin.toml").write_bytes(IMODALS.encode("utf-8").replace("Nîmes".encode(), b"N\xeemes"))
    with pytest.raises(UnreadableProtocol, match="line 15: is not UTF-8"):
        load_protocol(tmp_path / "latin.toml")


def test_the_reader_alone_raises_all_faults_with_their_paths():
    data = tomllib.loads(IMODALS)
    data["trial"]["target"] = 0
    data["visits"][1]["window"] = {"opens": 3, "closes": 0}
    with pytest.raises(ProtocolFaults, match=r"visits\[V2\]\.window: opens 3 days") as refused:
        read_protocol(data)
    assert {row.path for row in refused.value.faults} == {("trial", "target"), ("visits", 1, "window")}
