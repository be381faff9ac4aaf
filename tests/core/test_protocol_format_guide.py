"""The guide to the protocol file stays true: its example is read, and it leaves no field out."""

import json
import re
from pathlib import Path

import pytest

from tests.core.planted_faults import IMODALS
from trial.protocol.files import SCHEMA, UnreadableProtocol, parse_protocol

GUIDE = (Path(__file__).parents[2] / "docs" / "protocol-format.md").read_text(encoding="utf-8")


def _fields(schema):
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for child in schema.values():
            yield from _fields(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from _fields(child)


def test_the_guides_example_is_a_good_protocol():
    example = re.search(r"```toml\n(format = 1.*?)```", GUIDE, re.DOTALL)
    assert example is not None
    protocol = parse_protocol(example.group(1)).protocol
    assert (protocol.injections, len(protocol.assumptions)) == (9, 1)


@pytest.mark.parametrize("field", sorted(set(_fields(json.loads(SCHEMA.read_text(encoding="utf-8"))))))
def test_the_guide_names_every_field(field):
    assert re.search(rf"\b{field}\b", GUIDE)


@pytest.mark.parametrize(
    "said", re.findall(r"^line \d+, .*$", GUIDE, re.MULTILINE), ids=lambda said: said.split(":")[0]
)
def test_the_faults_that_the_guide_shows_are_real(said):
    bad = IMODALS.replace("target = 36", "target = 0").replace("[1, 2, 3, 4, 5]", "[1, 2, 3, 4, 5, 6]")
    bad = bad.replace("window = { before = 1, after = 2 }", "window = { opens = 3, closes = 0 }", 1)
    with pytest.raises(UnreadableProtocol) as refused:
        parse_protocol(bad)
    assert said in str(refused.value).splitlines()
