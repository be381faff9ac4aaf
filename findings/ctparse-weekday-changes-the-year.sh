#!/usr/bin/env bash
# ctparse reads 'Monday 2 March 2026' as 2 March 2027, a Tuesday, once that Monday has passed.
#
# Guess: Four digits of a year decide; the weekday only confirms.
# Seen: Without the weekday the year stays. With it the date is moved to the next 2 March after today, so that neither
#   the year nor the weekday that was written holds. Before that day the same words are read rightly.
# Hurts: Who takes over past visits from letters: each is a year late, and only those with a weekday.
# Versions: ctparse 0.3.6, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ctparse==0.3.6

cat >expected <<'EXPECTED'
2 March 2026, read on 30 November 2026: 2026-03-02
Monday 2 March 2026, read on 30 November 2026: 2027-03-02
Monday 2 March 2026, read on 1 February 2026: 2026-03-02
EXPECTED

cat >look.py <<'PYTHON'
from datetime import datetime

from ctparse import ctparse

BEFORE, AFTER = datetime(2026, 2, 1), datetime(2026, 11, 30)

for text, today in (("2 March 2026", AFTER), ("Monday 2 March 2026", AFTER), ("Monday 2 March 2026", BEFORE)):
    day = ctparse(text, ts=today).resolution
    print(f"{text}, read on {today.day} {today:%B %Y}: {day.year}-{day.month:02}-{day.day:02}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: ctparse weighs weekday and year in another way now." >&2
  exit 1
}
