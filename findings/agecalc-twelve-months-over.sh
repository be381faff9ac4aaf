#!/usr/bin/env bash
# agecalc calls a child of eleven months 12 months old, and someone else '17 years and 12 months'.
#
# Guess: Months are completed months, as years are: born on 31 March, a child is eleven months old on 10 March.
# Seen: The day is left out when months are counted, but not when years are: up to a month too much, and a
#   remainder of twelve. Today is read once, when the module is loaded: a service that runs on never has birthdays.
# Hurts: Vaccine trials that screen by months; an age band that has no place for 17 years and 12 months.
# Versions: agecalc 3.5.2, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile agecalc==3.5.2

cat >expected <<'EXPECTED'
born 31.3.2025: 0 years, 12 months, {'years': 0, 'months': 12}
born 20.3.2008: 17 years, 216 months, {'years': 17, 'months': 12}
born 10.3.2008: 18 years, 216 months, {'years': 18, 'months': 0}
today is fixed at loading: True
EXPECTED

cat >look.py <<'PYTHON'
import agecalc

fixed = isinstance(agecalc.Current.dd, int)
agecalc.Current.dd, agecalc.Current.mm, agecalc.Current.yy = 10, 3, 2026
for day, month, year in ((31, 3, 2025), (20, 3, 2008), (10, 3, 2008)):
    age = agecalc.AgeCalc(day, month, year)
    print(f"born {day}.{month}.{year}: {age.age} years, {age.age_months} months, {age.age_years_months}")
print("today is fixed at loading:", fixed)
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: agecalc counts months in another way now." >&2
  exit 1
}
