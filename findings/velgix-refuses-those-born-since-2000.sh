#!/usr/bin/env bash
# velgix refuses the Belgian national number of nearly all who were born since 2000.
#
# Guess: The check digits of a NISS are counted with a 2 in front for births from 2000 on, as Belgium has done since
#   then; each well-formed number of a day passes.
# Seen: The rule of the years before 2000 is used alone: all 997 numbers of a day in 1985 pass, ten of a day in 2008,
#   by chance. Besides, nearly each number of any year passes with a wrong pair of check digits too.
# Hurts: Belgian sites: paediatric and young participants cannot be entered, and a typing slip passes more often.
# Versions: velgix 0.1.0, Python 3.11. Numbers are only counted; none is printed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile velgix==0.1.0

cat >expected <<'EXPECTED'
born 1985: 997 of 997 right ones pass, 987 of 95712 wrong ones
born 1999: 997 of 997 right ones pass, 986 of 95712 wrong ones
born 2008: 10 of 997 right ones pass, 1974 of 95712 wrong ones
born 2019: 10 of 997 right ones pass, 1974 of 95712 wrong ones
EXPECTED

cat >look.py <<'PYTHON'
from velgix.numbers import niss_valide

for year in (1985, 1999, 2008, 2019):
    right = wrong = 0
    for serial in range(1, 998):
        base = f"{year % 100:02d}0302{serial:03d}"
        check = 97 - int(("2" if year >= 2000 else "") + base) % 97
        for digits in range(1, 98):
            passes = niss_valide(f"{base}{digits:02d}")
            right += passes and digits == check
            wrong += passes and digits != check
    print(f"born {year}: {right} of 997 right ones pass, {wrong} of {997 * 96} wrong ones")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: velgix checks national numbers in another way now." >&2
  exit 1
}
