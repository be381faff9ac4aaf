"""Dose lines that can harm: words of the IMODALS file, what replaces them, the arm, and what is said."""

# ruff: noqa: E501  (one planted line to a row)

from __future__ import annotations

ONE = 'dose = { en = "1 MIU (1 million international units)", fr = "1 MUI (1 million d’unités internationales)" }'
TWO = 'dose = { en = "2 MIU (2 million international units)", fr = "2 MUI (2 millions d’unités internationales)" }'
NONE = 'dose = { en = "No active substance", fr = "Sans substance active" }'
WEAK, STRONG = 'concentration = "2 MIU/mL"', 'concentration = "4 MIU/mL"'
PRODUCT = 'product = "Placebo (vehicle alone)"'
PLACEBO = PRODUCT + '\nlabel = { en = "Placebo (vehicle alone)", fr = "Placebo (véhicule seul)" }'
VOLUMES = ('volume_ml = "0.5"', 3)


def dose(en: str, fr: str) -> str:
    return f'dose = {{ en = "{en}", fr = "{fr}" }}'


STOPPED = {
    # arithmetic
    "2 MIU as 0.5 mL of 2 MIU/mL": (STRONG, WEAK, "IL2-2MIU", "is 1 MIU, not 2 MIU"),
    "IU for MIU": (STRONG, 'concentration = "4 IU/mL"', "IL2-2MIU", "4 IU/mL is 0.000002 MIU, not 2 MIU"),
    "milli for mega": (STRONG, 'concentration = "4 mIU/mL"', "IL2-2MIU", "not 2 MIU"),
    "thousandfold": (STRONG, 'concentration = "4 kIU/mL"', "IL2-2MIU", "is 0.002 MIU, not 2 MIU"),
    "per litre": (STRONG, 'concentration = "4 MIU/L"', "IL2-2MIU", "not 2 MIU"),
    "per other volume": (STRONG, 'concentration = "4 MIU/2 mL"', "IL2-2MIU", "is 1 MIU, not 2 MIU"),
    "mass against units": (STRONG, 'concentration = "4 mg/mL"', "IL2-2MIU", "cannot be compared"),
    "percent against units": (STRONG, 'concentration = "4 %"', "IL2-2MIU", "cannot be compared"),
    "no concentration": (STRONG, 'concentration = " "', "IL2-2MIU", "needs a `concentration`"),
    "no number in it": (STRONG, 'concentration = "strong"', "IL2-2MIU", "cannot be read as a concentration"),
    "a dose for a concentration": (STRONG, 'concentration = "4 MIU"', "IL2-2MIU", "cannot be read as a conc"),
    "two concentrations": (STRONG, 'concentration = "4 MIU/mL or 2 MIU/mL"', "IL2-2MIU", "cannot be read as a"),
    "per kilogram": (TWO, dose("2 MIU/kg", "2 MUI/kg"), "IL2-2MIU", "goes by each person's body"),
    "per surface": (TWO, dose("2 MIU/m²", "2 MUI/m²"), "IL2-2MIU", "goes by each person's body"),
    "another volume in words": (TWO, dose("2 MIU in 1 mL", "2 MUI dans 1 mL"), "IL2-2MIU", "speaks of 1 mL"),
    "another strength in words": (
        TWO,
        dose("2 MIU (2 MIU/mL)", "2 MUI (4 MUI/mL)"),
        "IL2-2MIU",
        "speaks of 2 MIU/mL, and this preparation has 4 MIU/mL",
    ),
    "two doses": (TWO, dose("2 MIU (1 million IU)", "2 MUI"), "IL2-2MIU", "names both 2 MIU and 1 million IU"),
    "a range": (TWO, dose("1–2 MIU", "1–2 MUI"), "IL2-2MIU", "names both 1 and 2 MIU"),
    "words alone": (TWO, dose("two million units", "deux millions d’unités"), "IL2-2MIU", "no amount in digits"),
    "half": (TWO, dose("1/2 MIU", "1/2 MUI"), "IL2-2MIU", "without a unit that can be read"),
    "no unit": (TWO, dose("2", "2"), "IL2-2MIU", "without a unit that can be read"),
    "placebo with a concentration": (
        NONE,
        NONE + '\nconcentration = "4 MIU/mL"',
        "PLACEBO",
        "names no amount in digits",
    ),
    # languages
    "ten in French": (ONE, dose("1 MIU", "10 MUI"), "IL2-1MIU", "English says “1 MIU”, French “10 MUI”"),
    "ten in English": (ONE, dose("10 MIU", "1 MUI"), "IL2-1MIU", "give one number in both"),
    "a comma that groups in English": (ONE, dose("1 MIU", "1,000 MUI"), "IL2-1MIU", "1,000"),
    "thousand for million": (ONE, dose("1 MIU", "1 000 UI"), "IL2-1MIU", "give one number in both"),
    "French without": (ONE, dose("1 MIU", "Une ampoule"), "IL2-1MIU", "give one number in both"),
    # writing
    "trailing zero": (ONE, dose("1.0 MIU", "1 MUI"), "IL2-1MIU", "“1.0” can be read as ten times"),
    "trailing zero in French": (ONE, dose("1 MIU", "1,0 MUI"), "IL2-1MIU", "“1,0” can be read as ten times"),
    "trailing zero of the strength": (WEAK, 'concentration = "2.0 MIU/mL"', "IL2-1MIU", "“2.0”"),
    "naked point": (ONE, dose(".5 MIU", "0,5 MUI"), "IL2-1MIU", "“.5” can be read without its point"),
    "naked comma": (ONE, dose("0.5 MIU", ",5 MUI"), "IL2-1MIU", "“,5” can be read without its point"),
    "glued U": (ONE, dose("1000000U", "1 MUI"), "IL2-1MIU", "“1000000U”: U is read as 0, 4 or cc"),
    "U apart": (ONE, dose("1,000,000 U", "1 MUI"), "IL2-1MIU", "U is read as 0"),
    "U in a strength": (WEAK, 'concentration = "2 MU/mL"', "IL2-1MIU", "U is read as 0"),
    "glued unit": (ONE, dose("1MIU", "1 MUI"), "IL2-1MIU", "“1MIU” runs number and unit together"),
    "glued strength": (WEAK, 'concentration = "2MIU/mL"', "IL2-1MIU", "runs number and unit together"),
    "glued share": (WEAK, 'concentration = "1 MIU/0.5mL"', "IL2-1MIU", "“0.5mL” runs number and unit"),
    "no groups": (ONE, dose("1000000 IU", "1 MUI"), "IL2-1MIU", "too many digits in a row"),
    "English decimal in French": (ONE, dose("1 MIU (1.5 MIU)", "1 MUI (1.5 MUI)"), "IL2-1MIU", "decimal comma"),
    "French decimal in English": (ONE, dose("0,5 MIU", "0,5 MUI"), "IL2-1MIU", "decimal point"),
    "English unit in French": (ONE, dose("1 MIU", "1 MIU"), "IL2-1MIU", "as this language does, UI, MUI"),
    "French unit in English": (WEAK, 'concentration = "2 MUI/mL"', "IL2-1MIU", "as this language does, IU, MIU"),
    "cc": (ONE, dose("1 MIU in 0.5 cc", "1 MUI"), "IL2-1MIU", "cc is read as units"),
    # between arms
    "two arms with one syringe": (f"{TWO}\nvolume_ml = \"0.5\"\n{STRONG}", f"{ONE}\nvolume_ml = \"0.5\"\n{WEAK}", "IL2-2MIU", "gives the same as arm IL2-1MIU"),
    "one syringe, written otherwise": (
        f"{TWO}\nvolume_ml = \"0.5\"\n{STRONG}",
        dose("1,000,000 IU", "1 000 000 UI") + '\nvolume_ml = "0.50"\nconcentration = "1 MIU/0.5 mL"',
        "IL2-2MIU",
        "gives the same as arm IL2-1MIU",
    ),
    "filled from the active product": (PLACEBO, 'product = "Aldesleukin"', "PLACEBO", "is what arm IL2-1MIU is given"),
    "filled from it by another case": (PLACEBO, 'product = "ALDESLEUKIN "', "PLACEBO", "is what arm IL2-1MIU"),
    "filled from its vials": (PLACEBO, 'product = "Aldesleukin vials"', "PLACEBO", "is what arm IL2-1MIU"),
    "filled from it by its label": (
        PLACEBO,
        'product = "Diluent"\nlabel = { en = "Diluent", fr = "Aldesleukine" }',
        "PLACEBO",
        "is what arm IL2-1MIU",
    ),
    "a placebo with a dose": (
        NONE,
        ONE + "\n" + WEAK,
        "PLACEBO",
        "is called a placebo and has an active dose",
    ),
    "the label of the other arm": (
        'label = { en = "Interleukin-2, 2 MIU a day", fr = "Interleukine-2, 2 MUI par jour" }',
        'label = { en = "Interleukin-2, 1 MIU a day", fr = "Interleukine-2, 1 MUI par jour" }',
        "IL2-2MIU",
        "names a dose that no preparation of this arm has",
    ),
    "a label with a trailing zero": ("Interleukin-2, 1 MIU a day", "Interleukin-2, 1.0 MIU a day", "IL2-1MIU", "“1.0”"),
    "a label with two numbers": (
        'fr = "Interleukine-2, 1 MUI par jour"',
        'fr = "Interleukine-2, 10 MUI par jour"',
        "IL2-1MIU",
        "give one number in both",
    ),
}  # fmt: skip
