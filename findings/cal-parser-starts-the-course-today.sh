#!/usr/bin/env bash
# cal-parser starts a course with one cancelled day on the day on which the file is read.
#
# Guess: Five daily injections from 2 March 2026, one of them taken out by EXDATE: four dates in March, at 09:00
#   in Paris.
# Seen: With an EXDATE the rule handed out with the event forgets its start: its five dates begin at the moment
#   of reading, none is taken out. The start itself is 09:00 UTC, not 09:00 in Paris.
# Hurts: A site portal that shows a course of injections: each day on which the page is opened, the course
#   begins anew.
# Versions: cal-parser 1.0.2, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts cal-parser@1.0.2

cat >expected <<'EXPECTED'
start: 2026-03-02T09:00:00.000Z
dates: 5 of them in March 2026: 0
the first within a day of now: true
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import parser from "cal-parser";

const lines = [
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Trial//EN", "BEGIN:VEVENT",
  "UID:course-1@trial.example", "DTSTAMP:20260201T080000Z",
  "DTSTART;TZID=Europe/Paris:20260302T090000", "DURATION:PT15M",
  "RRULE:FREQ=DAILY;COUNT=5", "EXDATE;TZID=Europe/Paris:20260304T090000",
  "SUMMARY:Injection", "END:VEVENT", "END:VCALENDAR", "",
];
const [event] = parser.parseString(lines.join("\r\n")).events;
const dates = event.recurrenceRule.all();
console.log("start:", event.dtstart.value.toISOString());
console.log("dates:", dates.length, "of them in March 2026:", dates.filter((day) => day.toISOString().startsWith("2026-03")).length);
console.log("the first within a day of now:", Math.abs(dates[0].getTime() - Date.now()) < 86400000);
JAVASCRIPT

TZ=Europe/Paris node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: cal-parser reads zones or recurrence rules in another way now." >&2
  exit 1
}
