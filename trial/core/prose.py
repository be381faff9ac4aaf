"""The part of Markdown that our help is written in, as HTML. Everything is escaped, nothing passed through.

Headings, paragraphs, lists, tables, **bold**, *slanted*, `code` and links. `<!-- today -->` on a line of its
own names the heading that follows, so that a page can point to it; other readers do not show it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape

Target = Callable[[str], str]
"""Where a link of the document leads on a page; empty for nowhere, so that its words stand alone."""

_NAME = re.compile(r"<!-- ([a-z_-]+) -->\Z")
_HEADING = re.compile(r"(#{1,4}) (.+)\Z")
_ITEM = re.compile(r"(?:[-*]|\d+\.) (.+)\Z")
_RULE = re.compile(r"\|[-| :]+\|\Z")
_MARKS = re.compile(r"\*\*(.+?)\*\*|\*([^*]+)\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)")


def names_in(text: str) -> list[str]:
    """The names of a document's headings, in its order."""
    return [match[1] for line in text.splitlines() if (match := _NAME.match(line.strip()))]


def title_of(text: str) -> str:
    """The first heading."""
    return next((match[2] for line in text.splitlines() if (match := _HEADING.match(line))), "")


def as_html(text: str, target: Target = lambda link: "") -> str:
    """The document below its title. Headings of the document start at the second level, as on a page."""
    html, name = [], ""
    for block in _blocks(text):
        if match := _NAME.match(block[0]):
            name = match[1]
        elif match := _HEADING.match(block[0]):
            html.append(_heading(match, name))
            name = ""
        else:
            html.append(_block(block, target))
    return "\n".join(part for part in html if part)


def _blocks(text: str) -> Iterator[list[str]]:
    """Lines that belong together: what no empty line divides; names and headings stand alone."""
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        alone = bool(_NAME.match(line.strip()) or _HEADING.match(line))
        if block and (alone or not line.strip()):
            yield block
            block = []
        if alone:
            yield [line.strip()]
        elif line.strip():
            block.append(line)


def _heading(match: re.Match[str], name: str) -> str:
    level = len(match[1])
    if level == 1:
        return ""
    named = f' id="{name}"' if name else ""
    return f"<h{level}{named}>{_inline(match[2], lambda link: '')}</h{level}>"


def _block(lines: list[str], target: Target) -> str:
    if lines[0].startswith("|"):
        return _table([line.strip() for line in lines], target)
    if not _ITEM.match(lines[0]):
        return f"<p>{_inline(' '.join(line.strip() for line in lines), target)}</p>"
    items: list[str] = []
    for line in lines:
        match = _ITEM.match(line)
        if match:
            items.append(match[1])
        else:
            items[-1] += f" {line.strip()}"
    kind = "ol" if lines[0][0].isdigit() else "ul"
    return f"<{kind}>{''.join(f'<li>{_inline(item, target)}</li>' for item in items)}</{kind}>"


def _table(lines: list[str], target: Target) -> str:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if not _RULE.match(line)]
    head = "".join(f'<th scope="col">{_inline(cell, target)}</th>' for cell in rows[0])
    body = "".join(
        f'<tr><th scope="row">{_inline(row[0], target)}</th>'
        + "".join(f"<td>{_inline(cell, target)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows[1:]
    )
    return (
        f'<div class="scroll" tabindex="0" role="group"><table class="table"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _inline(text: str, target: Target) -> str:
    """Words with their marks; what lies between the marks is escaped."""
    html, last = [], 0
    for match in _MARKS.finditer(text):
        html.append(escape(text[last : match.start()]))
        html.append(_marked(match, target))
        last = match.end()
    return "".join([*html, escape(text[last:])])


def _marked(match: re.Match[str], target: Target) -> str:
    bold, slanted, code, words, link = match.groups()
    if bold:
        return f"<strong>{escape(bold)}</strong>"
    if slanted:
        return f"<em>{escape(slanted)}</em>"
    if code:
        return f'<code translate="no">{escape(code)}</code>'
    address = target(link)
    return f'<a href="{escape(address)}">{escape(words)}</a>' if address else escape(words)
