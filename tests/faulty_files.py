"""Protocol files that can be read and that a judge stops: one planted fault for each kind.

Each row: the words of the IMODALS file that are replaced, what stands in their place, the field that is
named, and words of the sentence. A new judge adds its rows; what is installed with them has to go on.
"""

from __future__ import annotations

from trial.protocol.files import PROTOCOLS

GOOD = (PROTOCOLS / "nct02059759.toml").read_text(encoding="utf-8")

PLANTED: dict[str, tuple[str, str, str, str]] = {
    "unknown holiday calendar": ('country = "FR"', 'country = "ZZ"', "sites[01].holidays", "for ZZ"),
    "a holiday code that is out of date": (
        'holidays = { country = "FR" }',
        'holidays = { country = "FR", subdivision = "GES" }',
        "sites[01].holidays",
        "FR GES is out of date",
    ),
    "a region of schools": (
        'holidays = { country = "FR" }',
        'holidays = { country = "FR", subdivision = "Zone C" }',
        "sites[01].holidays",
        "FR Zone C is a region of schools",
    ),
    "a kind of holidays that the country does not have": (
        'holidays = { country = "FR" }',
        'holidays = { country = "FR", categories = ["school"] }',
        "sites[01].holidays",
        "FR has public holidays only",
    ),
    "a zone in which no clock stands": (
        'zone = "Europe/Paris"',
        'zone = "Factory"',
        "sites[01].zone",
        "“Factory” is no place",
    ),
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
    "no plausible range": (
        "plausible = [5, 160]\n",
        "",
        "criteria[I7]",
        "without a plausible range",
    ),
    "a dose that is not its volume times its concentration": (
        'concentration = "4 MIU/mL"',
        'concentration = "2 MIU/mL"',
        "arms[IL2-2MIU].preparations[STUDY].concentration",
        "0.5 mL of 2 MIU/mL is 1 MIU, not 2 MIU",
    ),
    "another dose in French": (
        'fr = "1 MUI (1 million d’unités internationales)"',
        'fr = "10 MUI"',
        "arms[IL2-1MIU].preparations[STUDY].dose.fr",
        "give one number in both",
    ),
    "a dose that is misread": (
        'en = "1 MIU (1 million international units)"',
        'en = "1.0 MIU"',
        "arms[IL2-1MIU].preparations[STUDY].dose.en",
        "“1.0” can be read as ten times as much",
    ),
    "two arms with one syringe": (
        'fr = "2 MUI (2 millions d’unités internationales)" }\nvolume_ml = "0.5"\nconcentration = "4 MIU/mL"',
        'fr = "1 MUI" }\nvolume_ml = "0.5"\nconcentration = "2 MIU/mL"',
        "arms[IL2-2MIU].preparations",
        "gives the same as arm IL2-1MIU in everything",
    ),
    "a placebo filled from the active product": (
        """product = "Placebo (vehicle alone)"
label = { en = "Placebo (vehicle alone)", fr = "Placebo (véhicule seul)" }""",
        'product = "Aldesleukin"',
        "arms[PLACEBO].preparations[STUDY].product",
        "is what arm IL2-1MIU is given as active",
    ),
}


def faulty(kind: str, version: str = "2") -> str:
    """The good file as another version, with that fault in it."""
    words, fault, _, _ = PLANTED[kind]
    assert words in GOOD
    return GOOD.replace('version = "1"', f'version = "{version}"', 1).replace(words, fault, 1)
