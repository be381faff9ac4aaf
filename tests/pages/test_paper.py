"""The calendar on paper and the card for the wallet: as many pages as they need, tagged, with their fonts."""

from __future__ import annotations

import re
from datetime import time

import pytest
import typst

from dosing.exporting.typesetting import CALENDAR as SHEET
from dosing.exporting.typesetting import pdf
from dosing.services.appointments import set_hour
from dosing.services.status import withdraw
from tests.faulty_files import GOOD
from tests.month_trial import version_with
from tests.pages.conftest import Browser
from tests.pdf_words import fonts_of, pages_of, root_of, sizes_of
from tests.site_fixture import SiteFixture
from tests.trial_fixture import START
from trial.models import Site, Trial
from trial.protocol.files import parse_protocol
from trial.protocol.judging import faults_in
from trial.refusals import Refusal

EVERY_WEEK = "days = [1]\nrepeats = 52\nevery = { days = 7 }\n"
TWENTY_EIGHT = f"days = {list(range(1, 29))}\nrepeats = 2\nevery = {{ days = 35 }}\n"
NINETEEN = "days = [1, 2, 3, 4, 5]\nrepeats = 19\nevery = { days = 7 }\n"
AS_IT_IS = "days = [1, 2, 3, 4, 5]\nconsecutive_days = 5\nrepeats = 3\nevery = { days = 28 }\n"
PHONES = (
    'holidays = { country = "FR" }\n',
    'holidays = { country = "FR" }\ntelephone = "+33 4 00 00 00 01"\ntelephone_24h = "+33 4 00 00 00 02"\n',
)


def with_courses(trial: Trial, courses: str, count: int) -> None:
    version_with(trial, "2", (AS_IT_IS, courses), ("injections = 15", f"injections = {count}"))


def calendar(nurse: Browser, number: str) -> bytes:
    return nurse.get(f"/participants/{number}/calendar.pdf").content


@pytest.mark.parametrize(
    ("courses", "count", "pages"),
    [(AS_IT_IS, 15, 1), (EVERY_WEEK, 52, 2), (TWENTY_EIGHT, 56, 2), (NINETEEN, 95, 3)],
)
def test_it_takes_as_many_pages_as_it_needs(
    nurse: Browser, ward: SiteFixture, courses: str, count: int, pages: int
) -> None:
    if count != 15:
        with_courses(ward.site.trial, courses, count)
    content = calendar(nurse, ward.booked().number)
    text = "\n".join(pages_of(content))
    numbers = [int(number) for number in re.findall(rf"Injection (\d+) of {count}\b", text)]
    assert (sorted(numbers), len(pages_of(content))) == (list(range(1, count + 1)), pages)
    assert min(sizes_of(content)) >= 10
    assert all("What" in page and "Hour" in page for page in pages_of(content))


@pytest.mark.parametrize("name", ["calendar.pdf", "card.pdf"])
def test_it_is_tagged_in_its_language_with_its_fonts_inside(
    nurse: Browser, ward: SiteFixture, name: str
) -> None:
    number = ward.booked().number
    content = nurse.get(f"/participants/{number}/{name}", HTTP_ACCEPT_LANGUAGE="fr").content
    root = root_of(content)
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("fr", True)  # type: ignore[index]
    assert "/StructTreeRoot" in root and root["/ViewerPreferences"]["/DisplayDocTitle"]  # type: ignore[index]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()  # type: ignore[attr-defined]
    assert fonts_of(content) and all(fonts_of(content).values())
    heads = 4 if name == "calendar.pdf" else 0
    assert len(re.findall(rb"/S/TH\b", content)) == heads


def test_the_telephones_of_the_file_stand_on_it_and_a_line_where_there_is_none(
    nurse: Browser, ward: SiteFixture
) -> None:
    number = ward.booked().number
    assert "Telephone of the team: ___" in pages_of(calendar(nurse, number))[0]
    version_with(ward.site.trial, "2", PHONES)
    assert "Telephone of the team: +33 4 00 00 00 01" in pages_of(calendar(nurse, number))[0]
    (card,) = pages_of(nurse.get(f"/participants/{number}/card.pdf").content)
    assert "Telephone, 24 hours +33 4 00 00 00 02" in card


@pytest.mark.parametrize("said", ["06 12 34 56 78 poste 12", "call us", "12", ""])
def test_a_telephone_that_nobody_can_dial_is_a_fault_of_the_file(said: str) -> None:
    with pytest.raises(Refusal, match="telephone"):
        parse_protocol(GOOD.replace(PHONES[0], f'{PHONES[0]}telephone = "{said}"\n', 1))


def test_one_that_can_be_dialled_is_none() -> None:
    assert not faults_in(GOOD.replace(*PHONES, 1))


def test_the_card_has_trial_and_both_numbers_and_comes_with_the_draw(
    nurse: Browser, ward: SiteFixture
) -> None:
    waiting = ward.eligible()
    assert nurse.get(f"/participants/{waiting.number}/card.pdf").status_code == 404
    person = ward.randomized()
    (card,) = pages_of(nurse.get(f"/participants/{person.number}/card.pdf").content)
    drawn = str(person.randomization_number)  # type: ignore[attr-defined]
    assert all(said in card for said in ("IMODALS", person.number, drawn, "Telephone, 24 hours ___"))
    assert f"/participants/{person.number}/card.pdf" in nurse.read(f"/participants/{person.number}/receipt/")


def test_words_of_people_are_words_and_no_markup() -> None:
    evil = '#sys.version *bold* $x$ "quoted" \\ <label> @ref [#read("/etc/passwd")]'
    words = {
        "title": evil,
        "lang": "en",
        "number": evil,
        "size": 11,
        "site": evil,
        "telephone": {"name": evil, "number": evil},
        "blank": "",
        "columns": [evil] * 4,
        "rows": [[evil] * 4],
        "foot": [evil],
    }
    text = " ".join(pages_of(pdf(SHEET, words))).replace("\n", " ")
    assert '#sys.version *bold* $x$ "quoted"' in text and "root:" not in text


def test_nobody_is_asked_to_come_at_an_hour_of_a_day_that_is_stopped(
    nurse: Browser, ward: SiteFixture
) -> None:
    who = ward.booked()
    set_hour(participant=who, hour=time(14, 35), number=2, by=ward.nurse, at=START)
    assert "14:35" in pages_of(calendar(nurse, who.number))[0]
    withdraw(participant=ward.again(who), scope="treatment", reason="Asked to.", by=ward.nurse, at=START)
    (page,) = pages_of(calendar(nurse, who.number))
    assert "14:35" not in page and page.count("stopped") == 15


# --- A sign that the fonts do not have ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Hôpital 北京 Sud", "Hôpital □□ Sud"),
        ("โรงพยาบาล", "□" * 9),
        ("Ward \U0001f600 A", "Ward □ A"),
        ("a\x07b", "a□b"),
    ],
)
def test_a_sign_without_a_letter_is_a_box_and_the_sheet_says_so(
    nurse: Browser, ward: SiteFixture, name: str, shown: str
) -> None:
    Site.objects.filter(pk=ward.site.pk).update(name=name)
    text = " ".join(pages_of(calendar(nurse, ward.booked().number)))
    assert shown in text and "□ stands for a sign that cannot be printed here." in text


@pytest.mark.parametrize("name", ["Łódź", "Αθήνα", "Москва", "Hôpital d’Évry"])
def test_a_sign_that_has_its_letter_is_printed_and_nothing_is_said(
    nurse: Browser, ward: SiteFixture, name: str
) -> None:
    Site.objects.filter(pk=ward.site.pk).update(name=name)
    text = " ".join(pages_of(calendar(nurse, ward.booked().number)))
    assert name in text and "□" not in text


def test_the_card_of_a_trial_with_such_a_name_comes_out_too(nurse: Browser, ward: SiteFixture) -> None:
    Trial.objects.filter(pk=ward.site.trial.pk).update(acronym="试验 1")
    number = ward.booked().number
    (card,) = pages_of(nurse.get(f"/participants/{number}/card.pdf", HTTP_ACCEPT_LANGUAGE="fr").content)
    assert "□□ 1" in card and "□ remplace un caractère" in card


def test_another_fault_of_a_document_is_not_taken_for_a_sign() -> None:
    with pytest.raises(typst.TypstError, match="unknown variable"):
        pdf("#nothing_of_this_name", {"title": "北"})
