#!/usr/bin/env bash
# jetblack-iso8601 writes five milliseconds as .05 seconds, and a local time with a Z.
#
# Guess: 5 ms past 09:30 is 09:30:00.005; a moment without a zone is written without one; both come back as they
#   were.
# Seen: Milliseconds below 100 are written with two digits: .05 for 5 ms, .50 for 50 ms, which its own reader takes
#   for 50 and 500. What knows no zone gets a Z.
# Hurts: Audit trails: entries of one second change their order; a local time of day becomes UTC.
# Versions: jetblack-iso8601 2.0.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile jetblack-iso8601==2.0.0

cat >expected <<'EXPECTED'
5 ms: 2026-03-02T09:30:00.05Z, read back as 50 ms
50 ms: 2026-03-02T09:30:00.50Z, read back as 500 ms
120 ms: 2026-03-02T09:30:00.120Z, read back as 120 ms
without a zone: 2026-03-02T09:30:00.00Z
EXPECTED

cat >look.py <<'PYTHON'
from datetime import datetime, timezone

from jetblack_iso8601 import datetime_to_iso8601, iso8601_to_datetime

for milliseconds in (5, 50, 120):
    text = datetime_to_iso8601(datetime(2026, 3, 2, 9, 30, 0, milliseconds * 1000, tzinfo=timezone.utc))
    print(f"{milliseconds} ms: {text}, read back as {iso8601_to_datetime(text).microsecond // 1000} ms")
print("without a zone:", datetime_to_iso8601(datetime(2026, 3, 2, 9, 30)))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: jetblack-iso8601 writes fractions or zones in another way now." >&2
  exit 1
}
