#!/usr/bin/env bash
# quantulum3 reads '69,5 kg' as two quantities, 69 and 5 kg, and MIU as a mile times a mass.
#
# Guess: 69,5 kg is one weight (the package knows other separators), and a unit it does not know stays unknown.
# Seen: The comma ends a quantity, so that the only one with a unit weighs 5 kg; 1.0 MIU is 'mile atomic mass
#   unit', 3 ug 'atomic mass unit gram', 5-7 days are 6 days.
# Hurts: Doses and weights picked from French notes: a dose per kilogram computed from 5 kg.
# Versions: quantulum3 0.10.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check quantulum3==0.10.0

cat >expected <<'EXPECTED'
69.5 kg -> 69.5 kilogram
69,5 kg -> 69 dimensionless; 5 kilogram
1.0 MIU -> 1 mile atomic mass unit
3 ug -> 3 atomic mass unit gram
3 µg -> 3 microgram
5-7 days -> 6 day
2 mg -> 2 milligram
EXPECTED

cat >look.py <<'PYTHON'
import logging

from quantulum3 import parser

logging.disable(logging.CRITICAL)
for text in ("69.5 kg", "69,5 kg", "1.0 MIU", "3 ug", "3 µg", "5-7 days", "2 mg"):
    print(text, "->", "; ".join(f"{found.value:g} {found.unit.name}" for found in parser.parse(text)))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: quantulum3 reads these texts in another way now." >&2
  exit 1
}
