"""Taking the pictures that the documents show: each page at a telephone's width and at a desk's."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.journeys.visitor import COLOURS, DESK, HEAVIEST, HEIGHTS, PHONE, Visitor


def take(visitor: Visitor, folder: Path, name: str) -> None:
    """Keep `NAME-390.png` and `NAME-1440.png` of the page as it stands, light enough for the documents."""
    for width in (PHONE, DESK):
        visitor.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        visitor.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
        path = folder / f"{name}-{width}.png"
        with Image.open(BytesIO(visitor.page.screenshot())) as taken:
            taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        assert path.stat().st_size < HEAVIEST, (path.name, path.stat().st_size)
    visitor.page.set_viewport_size({"width": visitor.width, "height": HEIGHTS[visitor.width]})
