#!/usr/bin/env bash
# workalendar's find_following_working_day answers with a public holiday.
#
# Guess: find_following_working_day(Ascension Day) is the Friday after it.
# Seen: It looks at the weekend only: Ascension Day and 1 May come back as they are, though is_working_day says
#   no for both; a Saturday moves to Monday even if that is a holiday.
# Hurts: Injections shifted 'to the following working day' are booked on a day when the day unit is shut.
# Versions: workalendar 17.0.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check workalendar==17.0.0

cat >expected <<'EXPECTED'
Thu 14 May becomes Thu 14 May, a working day: False
Fri 01 May becomes Fri 01 May, a working day: False
Sat 04 Apr becomes Mon 06 Apr, a working day: False
Sat 16 May becomes Mon 18 May, a working day: True
EXPECTED

cat >look.py <<'PYTHON'
from datetime import date

from workalendar.europe import France

france = France()
for day in (date(2026, 5, 14), date(2026, 5, 1), date(2026, 4, 4), date(2026, 5, 16)):
    moved = france.find_following_working_day(day)
    print(f"{day:%a %d %b} becomes {moved:%a %d %b}, a working day: {france.is_working_day(moved)}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: workalendar moves days in another way now." >&2
  exit 1
}
