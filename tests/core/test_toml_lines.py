"""The line of each field in a TOML text."""

import tomllib

import pytest

from trial.core.toml_lines import line_of, locate

TEXT = '''# a comment with [brackets] and = signs
a.b = 1
"q x".y = """
[not.a.table]
x = 2""" # and a comment
[t]
l = [ # rows
  { id = "a", x = [1,
     2] },
  "str,]}#",
]
[[r]]
n = 1
[[r.s]]
k = 'a'
[r.u]
[[r]]
n = 2979-01-01
[[r.s]]
k = {a = {b = "\\"}"}, c = 4.5}
'''


def _paths(value, path=()):
    if path:
        yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, child in children:
        yield from _paths(child, (*path, step))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a", "b"), 2),
        (("q x", "y"), 3),
        (("t",), 6),
        (("t", "l", 0, "x", 1), 9),
        (("t", "l", 1), 10),
        (("r", 0, "n"), 13),
        (("r", 0, "s", 0, "k"), 15),
        (("r", 0, "u"), 16),
        (("r", 1), 17),
        (("r", 1, "s", 0, "k", "c"), 20),
    ],
)
def test_a_field_has_its_line(path, line):
    assert locate(TEXT)[path] == line


def test_every_field_that_tomllib_reads_is_located_and_no_other():
    assert set(locate(TEXT)) == set(_paths(tomllib.loads(TEXT)))


def test_a_missing_field_is_looked_for_in_its_table():
    assert line_of(locate(TEXT), ("t", "missing", "deeper")) == 6
    assert line_of({}, ("t",)) == 1


def test_windows_line_ends_count_once():
    assert locate("a = 1\r\n\r\n[b]\r\nc = 2\r\n")[("b", "c")] == 4
