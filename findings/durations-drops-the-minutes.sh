#!/usr/bin/env bash
# durations reads '8h30' as eight hours, and '1:30' and '90' as nothing.
#
# Guess: Text that is not understood raises InvalidTokenError, as '1.5 days' does.
# Seen: A number without a unit is dropped, wherever it stands: 8h30 loses its minutes and 90 becomes a duration
#   of zero, without an error.
# Hurts: Windows and observation times written the French way (8h30): half an hour vanishes; a window typed
#   without a unit closes when it opens.
# Versions: durations 0.3.3, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check durations==0.3.3

cat >expected <<'EXPECTED'
8h30m: 510 minutes
8h30: 480 minutes
1h 30: 60 minutes
1:30: 0 minutes
90: 0 minutes
2 days 12: 2880 minutes
1.5 days: InvalidTokenError
EXPECTED

cat >look.py <<'PYTHON'
from durations import Duration

for text in ("8h30m", "8h30", "1h 30", "1:30", "90", "2 days 12"):
    print(f"{text}: {Duration(text).to_minutes():g} minutes")
try:
    Duration("1.5 days")
except Exception as refusal:
    print("1.5 days:", type(refusal).__name__)
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: durations treats numbers without a unit in another way now." >&2
  exit 1
}
