"""Protocol files that can be read and that a judge stops: one planted fault for each kind.

Each row: the words of the IMODALS file that are replaced, what stands in their place, the field that is
named, and words of the sentence. A new judge adds its rows; what is installed with them has to go on.
"""

from __future__ import annotations

from trial.protocol.files import PROTOCOLS

GOOD = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")

PLANTED: dict[str, tuple[str, str, str, str]] = {
    "unknown holiday calendar": ('country = "FR"', 'country = "ZZ"', "sites[01].holidays", "for ZZ"),
    "a value that is not known": (
        'city = "Montpellier"',
        'city = "?"',
        "sites[01].city",
        "nobody has said it",
    ),
    "a gap in a sentence": (
        'text.en = "Refuses to sign the consent."',
        'text.en = "Refuses to sign the [? consent]."',
        "criteria[E5].text.en",
        "has a gap, “[? consent]”",
    ),
    "an open assumption": (
        'field = "trial.version"',
        'field = "trial.version"\nstatus = "open"',
        "assumptions[0].status",
        "“trial.version” is still open",
    ),
}


def faulty(kind: str, version: str = "2") -> str:
    """The good file as another version, with that fault in it."""
    words, fault, _, _ = PLANTED[kind]
    assert words in GOOD
    return GOOD.replace('version = "1"', f'version = "{version}"', 1).replace(words, fault, 1)
