#!/usr/bin/env bash
# FlexibleDate reads '20 mg since 5 May 2026' as May 2020: the dose becomes the year.
#
# Guess: A year of four digits is the year; what stands before it is a day, or nothing.
# Seen: The first number is made the year, also a week number or a count, and the day is dropped. 02.03.2026 is
#   the third of February, though dots stand for day first; 20260302 keeps its year alone.
# Hurts: Who codes concomitant medication from free text: started six years before the first dose.
# Versions: flexibledate 1.0.33, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile flexibledate==1.0.33

cat >expected <<'EXPECTED'
since 5 May 2026: +2026-05-05/
20 mg since 5 May 2026: +2020-05
3x daily from 5 May 2026: +2003-05
March 2 or 3, 2026: +2003-03
02.03.2026: +2026-02-03
20260302: +2026
EXPECTED

cat >look.py <<'PYTHON'
from FlexibleDate.FlexibleDate import FlexibleDate

for text in (
    "since 5 May 2026",
    "20 mg since 5 May 2026",
    "3x daily from 5 May 2026",
    "March 2 or 3, 2026",
    "02.03.2026",
    "20260302",
):
    print(f"{text}: {FlexibleDate.create_flexible_date(text)!r}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: FlexibleDate reads dates in another way now." >&2
  exit 1
}
