#!/usr/bin/env bash
# edtf widens an uncertain day by a day and a month and a year; an open end is ten years.
#
# Guess: The range of 2026-03-02? is a day or two around the second of March; an interval with an unknown end
#   has no end.
# Seen: Doubt about a day gives a range from February of the year before to April of the year after. The unknown
#   end is a date exactly ten years later, in the strict bounds too.
# Hurts: Wash-out periods and 'ongoing' concomitant medication: a bound that looks computed, and nobody set.
# Versions: edtf 5.0.2, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check edtf==5.0.2

cat >expected <<'EXPECTED'
uncertain day, strict: 2026-03-02 to 2026-03-02
uncertain day, fuzzy: 2025-02-01 to 2027-04-03
unknown end, strict: 2026-03-02 to 2036-03-02
EXPECTED

cat >look.py <<'PYTHON'
from edtf import parse_edtf


def day(moment):
    return "%04d-%02d-%02d" % moment[:3]


doubt = parse_edtf("2026-03-02?")
print("uncertain day, strict:", day(doubt.lower_strict()), "to", day(doubt.upper_strict()))
print("uncertain day, fuzzy:", day(doubt.lower_fuzzy()), "to", day(doubt.upper_fuzzy()))
ongoing = parse_edtf("2026-03-02/")
print("unknown end, strict:", day(ongoing.lower_strict()), "to", day(ongoing.upper_strict()))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: edtf computes the bounds of uncertain dates in another way now." >&2
  exit 1
}
