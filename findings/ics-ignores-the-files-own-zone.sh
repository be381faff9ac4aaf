#!/usr/bin/env bash
# ics takes 09:00 in a zone that the file itself defines for 09:00 UTC.
#
# Guess: A VTIMEZONE is in the file so that its name need not be known: the event starts at 09:00+02:00.
# Seen: The definition is not used when the name is unknown to the system: 09:00+00:00, without a warning.
#   icalendar follows the file.
# Hurts: Calendars exported by hospital systems, which name zones as they like: each injection two hours late in
#   summer, one in winter.
# Versions: ics 0.7.3, icalendar 7.3.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ics==0.7.3 icalendar==7.3.0

cat >expected <<'EXPECTED'
ics: 2026-07-02T09:00:00+00:00
icalendar: 2026-07-02T09:00:00+02:00
EXPECTED

cat >look.py <<'PYTHON'
LINES = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example//Trial//EN
BEGIN:VTIMEZONE
TZID:Hospital time
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:injection-1@trial.example
DTSTAMP:20260601T080000Z
DTSTART;TZID=Hospital time:20260702T090000
DURATION:PT15M
SUMMARY:Injection
END:VEVENT
END:VCALENDAR
"""
CALENDAR = LINES.replace("\n", "\r\n")

import ics
from icalendar import Calendar

for event in ics.Calendar(CALENDAR).events:
    print("ics:", event.begin.isoformat())
for event in Calendar.from_ical(CALENDAR).walk("VEVENT"):
    print("icalendar:", event.start.isoformat())
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: ics or icalendar treats a zone defined in the file in another way now." >&2
  exit 1
}
