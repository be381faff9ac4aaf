"""A document of help as HTML. Markdown as CommonMark has it, with tables, without raw HTML and pictures.

`<!-- today -->` on a line of its own names the heading that follows, so that a page can point to it;
other readers do not show it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

Target = Callable[[str], str]
"""Where a link of the document leads on a page; empty for nowhere, so that its words stand alone."""

_NAME = re.compile(r"<!-- ([a-z_-]+) -->\Z")
_HEADING = re.compile(r"#{1,4} (.+)\Z")
_BESIDE_A_TABLE = {
    "table_open": '<div class="scroll" tabindex="0" role="group">',
    "table_close": "</div>",
}


def names_in(text: str) -> list[str]:
    """The names of a document's headings, in its order."""
    return [match[1] for line in text.splitlines() if (match := _NAME.match(line.strip()))]


def title_of(text: str) -> str:
    """The first heading."""
    return next((match[1] for line in text.splitlines() if (match := _HEADING.match(line))), "")


def as_html(text: str, target: Target = lambda link: "") -> str:
    """The document below its title. Headings of the document start at the second level, as on a page."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    markdown.validateLink = lambda url: True  # type: ignore[method-assign]  # `target` alone says what is a link
    tokens = _with_tables(_with_names(markdown.parse(text)))
    return markdown.renderer.render([_with_marks(token, target) for token in tokens], markdown.options, {})


def _with_names(tokens: list[Token]) -> Iterator[Token]:
    """Without the title and without the lines that name headings; each heading has its name as `id`."""
    name, rest = "", iter(tokens)
    for token in rest:
        if token.type not in {"paragraph_open", "heading_open"}:
            yield token
            continue
        words, close = next(rest), next(rest)
        if match := _NAME.match(words.content):
            name = match[1]
        elif token.type == "heading_open":
            token.attrs = {"id": name} if name else {}
            words.children = [one for one in words.children or [] if not one.type.startswith("link_")]
            name = ""
            yield from () if token.tag == "h1" else (token, words, close)
        else:
            yield from (token, words, close)


def _with_tables(tokens: Iterable[Token]) -> Iterator[Token]:
    """Tables that scroll by themselves, and whose first cell of a row is the head of the row."""
    first = False
    for token in tokens:
        if token.type == "tr_open":
            first = True
        elif token.type == "th_open":
            token.attrs, first = {"scope": "col"}, False
        elif token.type == "td_open":
            token.tag, token.attrs = ("th", {"scope": "row"}) if first else ("td", {})
        elif token.type == "td_close":
            token.tag, first = ("th" if first else "td"), False
        elif token.type == "table_open":
            token.attrs = {"class": "table"}
            yield _raw(_BESIDE_A_TABLE[token.type])
        yield token
        if token.type == "table_close":
            yield _raw(_BESIDE_A_TABLE[token.type])


def _raw(html: str) -> Token:
    return Token("html_block", "", 0, content=html)


def _with_marks(token: Token, target: Target) -> Token:
    """Lines run on, code is not translated, and a link leads to where `target` says, or nowhere."""
    kept, leads = [], False
    for child in token.children or []:
        if child.type == "softbreak":
            child = Token("text", "", 0, content=" ")
        elif child.type == "code_inline":
            child.attrs = {"translate": "no"}
        elif child.type == "link_open":
            address = target(str(child.attrs["href"]))
            child.attrs, leads = {"href": address}, bool(address)
        if leads or not child.type.startswith("link_"):
            kept.append(child)
    token.children = kept
    return token
