"""The page of components shows every one of them; what is not shown there is looked at by nobody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.template import Template
from django.test.utils import instrumented_test_render

from tests.pages.conftest import Browser

FOLDER = settings.BASE_DIR / "templates" / "components"
STYLES = settings.BASE_DIR / "trial" / "static" / "velum"


@contextmanager
def rendered() -> Iterator[set[str]]:
    """The names of the templates that are rendered within."""
    names: set[str] = set()
    plain = Template._render

    def noted(self: Template, context: object) -> str:
        names.add(str(self.name))
        return instrumented_test_render(self, context)  # type: ignore[no-any-return]

    Template._render = noted  # type: ignore[method-assign, assignment]
    try:
        yield names
    finally:
        Template._render = plain  # type: ignore[method-assign]


def test_every_component_is_shown(nurse: Browser) -> None:
    with rendered() as names:
        nurse.read("/components/")
    files = {f"components/{path.name}" for path in Path(FOLDER).glob("*.html")}
    assert files - names == set()


def test_every_component_says_what_it_takes() -> None:
    silent = [
        path.name for path in Path(FOLDER).glob("*.html") if not path.read_text().startswith("{% comment %}")
    ]
    assert silent == []


def test_only_the_tokens_name_a_colour() -> None:
    """White on a danger's button and the greys of paper apart, no other stylesheet holds a colour's value."""
    sheets = {path.name: path.read_text() for path in Path(STYLES).glob("*.css") if path.name != "print.css"}
    del sheets["tokens.css"]
    on_screen = {name: text.partition("@media print")[0] for name, text in sheets.items()}
    found = {
        name: set(re.findall(r"#[0-9a-f]{3,8}\b", text)) - {"#ffffff"} for name, text in on_screen.items()
    }
    assert {name: colours for name, colours in found.items() if colours} == {}


def test_the_typeface_is_the_one_of_its_package() -> None:
    """Unchanged, as its README says; a page loads no other file from anywhere."""
    digest = hashlib.sha256((STYLES / "fonts" / "inter-latin-wght.woff2").read_bytes()).hexdigest()
    assert digest in (STYLES / "fonts" / "README.md").read_text()
