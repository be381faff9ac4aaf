"""Sentences that a core wrote in English, in the language of a page.

What has no Django says what it found in English, for the terminal and for whoever keeps the answer; a page
looks the sentence up by its form. What no form fits, such as a name, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from django.utils.translation import gettext

PLACE = re.compile(r"%\((\w+)\)s")


class Sentences:
    """Forms of sentences, each with places such as `%(number)s`, and their look-up."""

    def __init__(self, forms: Sequence[str]) -> None:
        self.forms = forms

    def in_words(self, line: str) -> str:
        """The line in the language of the page, with what stands in its places; else the line itself."""
        bare = line.removesuffix(".")
        for form, pattern in self._patterns:
            if found := pattern.fullmatch(bare):
                places = {name: self.in_words(value) for name, value in found.groupdict().items()}
                return gettext(form).removesuffix(".") % places + line[len(bare) :]
        return line

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        """Each form and what a line of it looks like; forms of whole words before those of places."""
        ordered = sorted(self.forms, key=lambda form: len(PLACE.sub("", form)), reverse=True)
        return [(form, _pattern(form)) for form in ordered]


def _pattern(form: str) -> re.Pattern[str]:
    bare = form.removesuffix(".")
    words, names = PLACE.split(bare)[::2], [found[1] for found in PLACE.finditer(bare)]
    places = [f"(?P<{name}>.+)" for name in names] + [""]
    return re.compile(
        "".join(re.escape(word) + place for word, place in zip(words, places, strict=True)), re.S
    )
