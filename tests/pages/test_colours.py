"""Contrast of the tokens in both themes and both doors (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

TOKENS = (settings.BASE_DIR / "trial/static/velum/tokens.css").read_text()

ON_SURFACES = ["ink", "ink-soft", "accent", "done", "late", "hold", "planned"]
TEXT = [(ink, ground) for ink in ON_SURFACES for ground in ("ground", "surface")] + [
    (state, f"{state}-soft") for state in ("done", "late", "hold", "ready", "due", "planned", "withdrawn")
]
TEXT += [("ink", f"{state}-soft") for state in ("done", "late", "hold", "ready")]
TEXT += [("button-ink", "button"), ("button-ink", "button-hover"), ("button-ink", "late-button")]
TEXT += [("door-ink", "door"), ("door-ink-soft", "door"), ("warn-ink", "warn")]
SHAPES = [("line-control", "surface"), ("accent", "surface"), ("button", "surface"), ("focus", "ground")]


def blocks() -> dict[str, dict[str, str]]:
    """The four lists of tokens: each door, light and dark."""
    light, _media, dark = TOKENS.partition("@media screen and (prefers-color-scheme: dark)")
    found = {}
    for theme, css in (("light", light), ("dark", dark)):
        for door, selector in (("clinic", ":root"), ("pharmacy", '[data-door="pharmacy"]')):
            body = css[css.index(f"{selector} {{") :].partition("}")[0]
            found[f"{door}-{theme}"] = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", body))
    return found


def tokens(door: str, theme: str) -> dict[str, str]:
    """What a page of that door sees in that theme, as the cascade lays it."""
    found = blocks()
    order = ["clinic-light"] + ["pharmacy-light"] * (door == "pharmacy")
    order += ["clinic-dark"] * (theme == "dark") + ["pharmacy-dark"] * (
        theme == "dark" and door == "pharmacy"
    )
    return {name: value for block in order for name, value in found[block].items()}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definition)."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio between two colours."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("door", ["clinic", "pharmacy"])
def test_words_and_shapes_can_be_seen(door: str, theme: str) -> None:
    colour = tokens(door, theme)
    faint = [(a, b) for a, b in TEXT if contrast(colour[a], colour[b]) < 4.5]
    faint += [(a, b) for a, b in SHAPES if contrast(colour[a], colour[b]) < 3]
    assert faint == []


def test_the_doors_differ_at_a_glance() -> None:
    assert tokens("clinic", "light")["door"] != tokens("pharmacy", "light")["door"]
    assert tokens("clinic", "dark")["door"] != tokens("pharmacy", "dark")["door"]
