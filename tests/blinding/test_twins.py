"""The short form of the other twins, as far as Wednesday or to the first syringes; and their teeth."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.blinding.breach import caught
from tests.blinding.breaches import known
from tests.blinding.documented import BETWEEN_LETTERS, is_documented
from tests.blinding.recording import Difference, told
from tests.blinding.sandbox import Sandbox
from tests.blinding.twins import TWINS, run_twin, those_on

LEAST = {"undrawn": 2000, "sites": 300, "code break": 1000}
"""Fewer channels would be a comparison of little."""
A_FEW = ("telling_entry",)
"""Planted leaks of the short form. `make breach` plants them all, some for each twin."""

HEAD = """Content-Type: text/plain; charset="utf-8"
MIME-Version: 1.0
Content-Transfer-Encoding: 7bit
Subject: {subject}
From: velum@localhost
To: manager@hospital.example
Date: Wed, 07 Oct 2015 05:10:00 -0000
Message-ID: <{key}@velum>

"""
NOTICE = (
    HEAD.format(subject="A code was broken", key="code-break-1-749ee68b-88f9-4921-8c73-5bf92225c39d")
    + "The code of participant IM-0109-3 was broken on 2015-10-07 02:00 (Europe/Paris); "
    + "investigator.one entered it.\n\nThis message does not say what the participant receives, "
    + "and neither does any page that you can open. Do not ask for it."
)
REMINDER = HEAD.format(subject="A visit", key="reminder-17") + "Tomorrow at nine."


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two of the twins share a world, which is run once."""
    return tmp_path_factory.mktemp("twins")


@pytest.mark.slow
@pytest.mark.parametrize("name", LEAST)
def test_nobody_sees_more_than_that_twin_allows(sandbox: Sandbox, folder: Path, name: str) -> None:
    twin = TWINS[name]
    size, found = twin.compared(*run_twin(twin, sandbox, folder, short=True))

    assert ([told(row) for row in found[:5]], size > LEAST[name]) == ([], True)


@pytest.mark.slow
@pytest.mark.parametrize("name", A_FEW)
def test_a_leak_that_is_planted_between_twins_is_caught(sandbox: Sandbox, out: Path, name: str) -> None:
    row = caught(sandbox, known()[name], out)

    assert row.wall == "behaviour", row.where


def test_every_twin_of_this_database_has_a_short_form_and_planted_leaks() -> None:
    assert {name for name in TWINS if TWINS[name] in those_on("sqlite")} == set(LEAST)
    assert {one.twin for one in known().values()} - {""} == set(LEAST)


def letters(*texts: str) -> bytes:
    """One file of the mail folder with these messages."""
    return ("000003.log\n" + BETWEEN_LETTERS.join([*texts, ""])).encode()


def is_allowed(one: bytes, other: bytes, what: str, channel: str) -> bool:
    return is_documented(Difference(f"wednesday/0001 {what}", channel, one, other))


@pytest.mark.parametrize(
    ("other", "allowed"),
    [
        (letters(REMINDER, NOTICE), True),
        (letters(NOTICE, REMINDER), True),
        (letters(REMINDER, f"{NOTICE} (Placebo)"), False),
        (letters(REMINDER, NOTICE, NOTICE), False),
        (letters(NOTICE), False),
        (letters(REMINDER.replace("nine", "ten"), NOTICE), False),
    ],
)
def test_a_code_break_adds_one_letter_word_for_word(other: bytes, allowed: bool) -> None:
    task = "worker runs dosing.tasks.send_due_reminders"
    assert is_allowed(letters(REMINDER), other, task, "mail") is allowed


HASH = "a1" * 32
NAMES = "['id', 'sequence', 'at']"
DRAWN = f"(7, 3, 'nurse.one', 'envelope.drawn', '{HASH}', '{HASH}', 2)"
DRAWN_AFTER = f"(8, 4, 'nurse.one', 'envelope.drawn', '{'b2' * 32}', '{'c3' * 32}', 2)"
BROKEN = (
    "(7, 3, datetime.datetime(2015, 10, 7, 0, 0), 'investigator.one', 'investigator', 'code.broken', "
    f"'IM-0109-3', '{{}}', '{HASH}', '{HASH}', 2)"
)


@pytest.mark.parametrize(
    ("rows", "allowed"),
    [
        ([BROKEN, DRAWN_AFTER], True),
        ([BROKEN.replace("{}", '{"arm":"PLACEBO"}'), DRAWN_AFTER], False),
        ([BROKEN, BROKEN, DRAWN_AFTER], False),
        ([BROKEN, DRAWN_AFTER.replace("nurse.one", "nurse.two")], False),
    ],
)
def test_a_code_break_adds_one_entry_that_says_no_arm(rows: list[str], allowed: bool) -> None:
    one, other = "\n".join([NAMES, DRAWN]).encode(), "\n".join([NAMES, *rows]).encode()
    assert is_allowed(one, other, "table trial_auditentry", "rows") is allowed


LETTERS_FILE = f"clinic/mail/000001.log {HASH}"
A_SECOND = f"clinic/mail/000002.log {'b2' * 32}"


@pytest.mark.parametrize(
    ("other", "allowed"),
    [([LETTERS_FILE, A_SECOND, "static/a 3"], True), ([LETTERS_FILE, "static/a 4"], False)],
)
def test_beside_the_letter_every_file_of_the_installation_counts(other: list[str], allowed: bool) -> None:
    one, two = ("\n".join(files).encode() for files in ([LETTERS_FILE, "static/a 3"], other))
    assert is_allowed(one, two, "files", "files") is allowed


BROKEN_TODAY = (
    '<section aria-labelledby="broken"><h2 class="section-label" id="broken">Codes broken</h2>'
    '<div class="todos"><article class="todo todo-line">'
    '<p class="todo-who"><a class="number" translate="no" href="/participants/IM-0109-3/">IM-0109-3</a></p>'
    '<p class="todo-what soft">'
    "Code broken on Wed 7 Oct 2015, 02:00, site time (Europe/Paris) by investigator.one.</p>"
    '<p class="todo-state"><span class="badge badge-hold">'
    '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M8.5 6v12M15.5 6v12"/></svg> code broken</span></p></article></div></section>'
)


@pytest.mark.parametrize(
    ("who", "part", "allowed"),
    [
        ("manager", BROKEN_TODAY, True),
        ("manager", BROKEN_TODAY + BROKEN_TODAY, False),
        ("manager", BROKEN_TODAY.replace("one.</p>", "one. Placebo.</p>"), False),
        ("manager", f"{BROKEN_TODAY} ", False),
        ("nurse.one", BROKEN_TODAY, False),
    ],
)
def test_a_code_break_adds_one_part_to_the_managers_day_word_for_word(
    who: str, part: str, allowed: bool
) -> None:
    one, other = (f"<h1>Today</h1>{each}<p>Done</p>".encode() for each in ("", part))
    assert is_allowed(one, other, f"{who}: GET /today/", "body") is allowed


def test_a_page_on_which_nothing_of_a_code_break_belongs_may_not_differ() -> None:
    assert not is_allowed(b"a", b"a ", "nurse.one: GET /today/", "body")


MARK = (
    '<div class="banner banner-hold"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'
    '<path d="M12 5v9M12 18.5v.1"/></svg>\n<div><p>Code broken on Wed 7 Oct 2015, 02:00, site time '
    "(Europe/Paris) by investigator.one.</p></div></div>\n"
)
IN_THE_FILE = (
    "site 01: acts,3,2015-10-07 00:00:00,2015-10-07 02:00:00,Europe/Paris,investigator.one,investigator,"
    f"Code broken,code.broken,IM-0109-3,,{HASH}\n"
)
BEFORE_IT, AFTER_IT = (f"site 01: acts,{number},2015-10-08,nurse.one,,{HASH}\n" for number in (3, 4))


@pytest.mark.parametrize(
    ("what", "one", "other", "allowed"),
    [
        ("GET /participants/IM-0109-3/consent/correction/", "<p>\n", f"{MARK}<p>\n", True),
        ("GET /participants/IM-0109-3/consent/correction/", "<p>\n", f"{MARK}{MARK}<p>\n", False),
        ("GET /participants/IM-0109-3/", "<p>\n", f"{MARK.replace('by', 'Placebo, by')}<p>\n", False),
        ("GET /participants/IM-0110-0/", "<p>\n", f"{MARK}<p>\n", False),
        ("GET /progress/", "Codes broken: of 0 participants.", "Codes broken: of 1 participant.", True),
        ("GET /progress/", "Codes broken: of 0 participants.", "Codes broken: of 2 participants.", False),
        ("GET /progress/", "5 on 0 participants", "5 on 1 participant", False),
        ("GET /audit/trail.csv", BEFORE_IT, IN_THE_FILE + AFTER_IT, True),
        ("GET /audit/trail.csv", BEFORE_IT, IN_THE_FILE.replace(",,", ",arm: 1,") + AFTER_IT, False),
        ("GET /audit/trail.csv", BEFORE_IT, IN_THE_FILE + AFTER_IT.replace("nurse", "doctor"), False),
    ],
)
def test_a_code_break_marks_pages_counts_and_the_file_and_says_no_arm(
    what: str, one: str, other: str, allowed: bool
) -> None:
    assert is_allowed(one.encode(), other.encode(), f"monitor: {what}", "body") is allowed
