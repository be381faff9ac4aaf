#!/usr/bin/env bash
# frist gives 17.9986 years on an eighteenth birthday.
#
# Guess: Age(...).years is at least 18 from the eighteenth birthday on.
# Seen: Days divided by 365.2425: on the birthday itself the age is short of 18 for half of the years of birth.
#   years_precise is short as well, and more often.
# Hurts: The inclusion criterion '18 years or older' (or 'under 70'): who comes on the birthday is refused, or
#   let in.
# Versions: frist 0.21.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check frist==0.21.0

cat >expected <<'EXPECTED'
years: too young on the birthday 10 times in 20, least 17.9986
years_precise: too young on the birthday 15 times in 20, least 17.9977
EXPECTED

cat >look.py <<'PYTHON'
from datetime import datetime

from frist import Age


def ages(kind, of, born):
    return [getattr(Age(datetime(year, 3, 2), datetime(year + of, 3, 2)), kind) for year in born]


for kind in ("years", "years_precise"):
    found = ages(kind, 18, range(1988, 2008))
    print(f"{kind}: too young on the birthday {sum(age < 18 for age in found)} times in 20, least {min(found):.4f}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: frist counts years in another way now." >&2
  exit 1
}
