#!/usr/bin/env bash
# business-days takes New Year's Day of 2027 for a business day: its list ends with 2026.
#
# Guess: Holidays are computed, or a year without a list is refused.
# Seen: The days are written down one by one from 2015 to 2026, those of an American bank. Behind the list, and before
#   it, each Monday to Friday is a business day, without a warning.
# Hurts: Trials that run on: visits of the next year are planned on New Year's Day.
# Versions: business-days 0.0.8, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile business-days==0.0.8

cat >expected <<'EXPECTED'
Wed 01 January 2014: True
Thu 01 January 2026: False
Fri 25 December 2026: False
Fri 01 January 2027: True
Sat 01 January 2028: False
Mon 25 December 2028: True
the business day after 31 December 2026: 2027-01-01
EXPECTED

cat >look.py <<'PYTHON'
from datetime import date

from business_days.business_days import days_from_now, is_business_day

for day in (
    date(2014, 1, 1),
    date(2026, 1, 1),
    date(2026, 12, 25),
    date(2027, 1, 1),
    date(2028, 1, 1),
    date(2028, 12, 25),
):
    print(f"{day:%a %d %B %Y}: {is_business_day(day)}")
print("the business day after 31 December 2026:", days_from_now(date(2026, 12, 31), 1))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: business-days knows other years now." >&2
  exit 1
}
