#!/usr/bin/env bash
# aniso8601 steps a monthly visit by thirty days, from the last of January to the second of March.
#
# Guess: R3/2026-01-31/P1M gives last days of months, or is refused because February has no 31st.
# Seen: A month is 30 days: no visit in February at all, and the day of the month wanders. metomi-isodatetime,
#   the other reader of such texts, stays in the months.
# Hurts: A schedule of visits exchanged as an ISO 8601 repeating interval: two readers, two calendars, no error.
# Versions: aniso8601 10.0.1, metomi-isodatetime 3.2.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check aniso8601==10.0.1 metomi-isodatetime==1!3.2.0

cat >expected <<'EXPECTED'
aniso8601: 2026-01-31 2026-03-02 2026-04-01 2026-05-01
metomi: 2026-01-31 2026-02-28 2026-03-28 2026-04-28
one month and one day: 31 days
EXPECTED

cat >look.py <<'PYTHON'
import aniso8601
from metomi.isodatetime.parsers import TimeRecurrenceParser

visits = aniso8601.parse_repeating_interval("R4/2026-01-31/P1M")
print("aniso8601:", *visits)
others = TimeRecurrenceParser().parse("R4/2026-01-31T00:00Z/P1M")
print("metomi:", *(str(visit)[:10] for visit in others))
print("one month and one day:", aniso8601.parse_duration("P1M1D").days, "days")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: aniso8601 or metomi-isodatetime steps months in another way now." >&2
  exit 1
}
