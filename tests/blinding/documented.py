"""What a code break may show to others, item by item: the notice, its row, and one entry of the site's trail.

Places where it shows are not left out of the comparison. They are cut into items, and the run with the code
break may have one item more, word for word as it stands here. What counts on from it (keys, numbers of
entries, names of files, the length of a page) is written without its number.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from tests.blinding.recording import HEX_MASKS, Difference, masked

BETWEEN_LETTERS = f"\n{'-' * 79}\n"
NEVER = r"(?!)"
"""Matches nothing: nothing may be added there."""

SENTENCES = (
    r"The code of participant IM-0109-3 was broken on 2015-10-07 02:00 \(Europe/Paris\); investigator\.one "
    r"entered it\.\n\nThis message does not say what the participant receives, and neither does any page "
    r"that you can open\. Do not ask for it\."
)
LETTER = (
    r'\n?Content-Type: text/plain; charset="utf-8"\nMIME-Version: 1\.0\nContent-Transfer-Encoding: 7bit\n'
    r"Subject: A code was broken\nFrom: velum@localhost\nTo: manager@hospital\.example\n"
    r"Date: Wed, 07 Oct 2015 05:10:00 -0000\nMessage-ID: <code-break-1-[0-9a-f-]{36}@velum>\n\n" + SENTENCES
)
LETTER_ON_A_PAGE = (
    r'<details class="card card-line letter">\s*<summary>A code was broken <span class="small soft">[^<]*'
    rf'2015[^<]*</span></summary>\s*<p class="letter-body">{SENTENCES}</p>\s*</details>'
)
ENTRY_ON_A_PAGE = (
    r'<tr>\s*<td data-label="When"><time datetime="2015-10-07T00:00:00\+00:00">2015-10-07 02:00:00</time> '
    r'<span class="small soft" translate="no">Europe/Paris</span><br>'
    r'<span class="small soft">2015-10-07 00:00:00 UTC</span></td>\s*'
    r'<td data-label="Who"><span translate="no">investigator\.one</span><br>'
    r'<span class="small soft">investigator</span></td>\s*'
    r'<td data-label="What">Code broken</td>\s*'
    r'<td data-label="About" class="number" translate="no">IM-0109-3</td>\s*'
    r'<td data-label="Details" class="small">–</td>\s*'
    r'<td data-label="Entry" class="small"><span class="soft">site 01: acts </span></td>\s*</tr>'
)
ENTRY = (
    r"2: datetime\.datetime\(2015, 10, 7, 0, 0\), 'investigator\.one', 'investigator', 'code\.broken', "
    r"'IM-0109-3', '\{\}', '#{64}', '#{64}'"
)
ROW = (
    r"\(1, datetime\.datetime\(2015, 10, 7, 0, 0\), 1, '\w{32}', datetime\.datetime\(2015, 10, 7, 5, 11\), "
    r"datetime\.datetime\(2015, 10, 7, 5, 10\), '\w{32}', '\w{32}', '\[\"[0-9a-f-]{36}\"\]', ''\)"
)

ON_THE_LIST = r' <span class="small">code broken</span>'
ON_TODAY = (
    r'<section aria-labelledby="broken">\s*<h2 class="section-label" id="broken">Codes broken</h2>\s*'
    r'<div class="todos"><article class="todo todo-line">\s*'
    r'<p class="todo-who"><a class="number" translate="no" href="/participants/IM-0109-3/">IM-0109-3</a>'
    r"</p>\s*"
    r'<p class="todo-what soft">Code broken on Wed 7 Oct 2015, 02:00, site time \(Europe/Paris\) by '
    r"investigator\.one\.</p>\s*"
    r'<p class="todo-state"><span class="badge badge-hold">'
    r'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'
    r'<path d="M8\.5 6v12M15\.5 6v12"/></svg>\s*code broken</span>\s*</p>\s*'
    r"</article>\s*</div>\s*</section>"
)

BROKEN = r"Code broken on Wed 7 Oct 2015, 02:00, site time \(Europe/Paris\) by investigator\.one\."
ON_THEIR_PAGES = (
    r'<div class="banner banner-hold"><svg class="icon" viewBox="0 0 24 24" aria-hidden="true">'
    rf'<path d="M12 5v9M12 18\.5v\.1"/></svg>\n<div><p>{BROKEN}</p></div></div>\n'
)
COUNTED = r"Codes broken: of (0 participants|1 participant)\."
ENTRY_IN_A_FILE = (
    r"site 01: acts,2015-10-07 00:00:00,2015-10-07 02:00:00,Europe/Paris,investigator\.one,investigator,"
    r"Code broken,code\.broken,IM-0109-3,,#{64}"
)


def letters(text: str) -> list[str]:
    """The messages of one look into the folder, whatever its files are called."""
    return re.sub(r"^\d{6}\.log\n", "", text, flags=re.MULTILINE).split(BETWEEN_LETTERS)


def files(text: str) -> list[str]:
    """The files with what they hold; a letter is one whatever it is called."""
    return re.sub(r"^clinic/mail/\d{6}\.log", "mail", text, flags=re.MULTILINE).splitlines()


def heads(text: str) -> list[str]:
    """Each chain once for each of its entries."""
    rows = (re.fullmatch(r"\((\d+), (\d+), '#{64}', (.*)\)", line) for line in text.splitlines()[1:])
    return [f"{row[1]}: {row[3]}" for row in rows if row for _ in range(int(row[2]))]


def entries(text: str) -> list[str]:
    """The entries of each chain in their order, without their keys and numbers."""
    rows = (re.fullmatch(r"\((\d+), (\d+), (.*), (\d+)\)", line) for line in text.splitlines()[1:])
    found = sorted((int(row[4]), int(row[2]), row[3]) for row in rows if row)
    return [f"{chain}: {said}" for chain, _number, said in found]


def page_of_letters(text: str) -> list[str]:
    """The letters on a page, and what stands around them. The first one is open."""
    shut = text.replace('letter" open>', 'letter">')
    return re.split(r"(?=<details)|(?<=</details>)", shut)


def page_of_entries(text: str) -> list[str]:
    """A page of the trail without the numbers, hashes and counts of entries."""
    plain = re.sub(r'/ \d+</span><br><span class="code">#{12}…', "", text)
    rows = re.split(r"(?=<tr>)|(?<=</tr>)", re.sub(r"\d+ entries</dt>", "entries</dt>", plain))
    return [row for row in rows if row.strip()]


def page_of_people(text: str) -> list[str]:
    """A list of participants without its marks of broken codes, and each of the marks."""
    return [re.sub(ON_THE_LIST, "", text), *re.findall(ON_THE_LIST, text)]


def page_of_today(text: str) -> list[str]:
    """The manager's day without its part about broken codes, and that part."""
    return [re.sub(ON_TODAY, "", text), *re.findall(ON_TODAY, text)]


def page_of_theirs(text: str) -> list[str]:
    """A page of that participant without the mark that the code was broken, and the mark."""
    return [re.sub(ON_THEIR_PAGES, "", text), *re.findall(ON_THEIR_PAGES, text)]


def page_of_counts(text: str) -> list[str]:
    """The page of counts without the number of those whose code was broken, and a word for each of them."""
    broken = [said for said in re.findall(COUNTED, text) if said.startswith("1")]
    return [re.sub(COUNTED, "Codes broken.", text), *broken]


def file_of_entries(text: str) -> list[str]:
    """The rows of the trail as a file, those of the site's acts without their numbers."""
    return [re.sub(r"^(site 01: acts),\d+,", r"\1,", line) for line in text.splitlines()]


def headers(text: str) -> list[str]:
    """The headers, whatever the length of the page."""
    return re.sub(r"Content-Length: \d+", "Content-Length", text).splitlines()


@dataclass(frozen=True)
class Place:
    """One place: how its content is cut into items, and which item a code break may add.

    Of a page that is `full` the last item of that kind makes room for it.
    """

    where: str
    channel: str
    items: Callable[[str], list[str]]
    added: str
    full: str = NEVER


PLACES = (
    Place(r" worker runs dosing\.tasks\.send_due_reminders$", "mail", letters, LETTER),
    Place(r" files$", "files", files, r"mail #{64}"),
    Place(r" table randomization_codebreaknotice$", "rows", str.splitlines, ROW),
    Place(r" table trial_auditchain$", "rows", heads, r"2: .*"),
    Place(r" table trial_auditentry$", "rows", entries, ENTRY),
    Place(r" GET /outbox/(\?|$)", "body", page_of_letters, LETTER_ON_A_PAGE, r"<details"),
    Place(r" GET /audit/(\?|$)", "body", page_of_entries, ENTRY_ON_A_PAGE, r"<tr>\s*<td"),
    Place(r" GET /participants/(\?|$)", "body", page_of_people, ON_THE_LIST),
    Place(r" GET /audit/trail\.csv(\?|$)", "body", file_of_entries, ENTRY_IN_A_FILE),
    Place(r" GET /progress/(\?|$)", "body", page_of_counts, "1 participant"),
    Place(r" GET /participants/IM-0109-3/", "body", page_of_theirs, ON_THEIR_PAGES),
    Place(r" (manager|investigator\.one): GET /today/(\?|$)", "body", page_of_today, ON_TODAY),
    Place(r" (manager|investigator\.one): GET /today/(\?|$)", "headers", headers, NEVER),
    Place(r" GET /(outbox|audit|audit/trail\.csv|participants|progress)/?(\?|$)", "headers", headers, NEVER),
    Place(r" GET /participants/IM-0109-3/", "headers", headers, NEVER),
)


def is_documented(row: Difference) -> bool:
    """Whether two runs, the second with a code break, differ there in what is documented alone."""
    places = (one for one in PLACES if one.channel == row.channel and re.search(one.where, row.what))
    place = next(places, None)
    if place is None or row.one is None or row.other is None:
        return False
    one, other = (place.items((masked(side, HEX_MASKS) or b"").decode()) for side in (row.one, row.other))
    return adds_only(place, one, other)


def adds_only(place: Place, one: list[str], other: list[str]) -> bool:
    """Whether the second has the added item at most, all others being the same and in the same order."""
    added, gone = [*(Counter(other) - Counter(one)).elements()], [*(Counter(one) - Counter(other)).elements()]
    if len(added) > 1 or not all(re.fullmatch(place.added, item) for item in added):
        return False
    if gone and gone != [item for item in one if re.match(place.full, item)][-1:]:
        return False
    return without(other, added) == without(one, gone)


def without(items: list[str], gone: list[str]) -> list[str]:
    """The items but for one of each of those."""
    left = items.copy()
    for item in gone:
        left.remove(item)
    return left
