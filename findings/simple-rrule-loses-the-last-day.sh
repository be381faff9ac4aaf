#!/usr/bin/env bash
# simple-rrule leaves out the day that UNTIL names.
#
# Guess: UNTIL is inclusive (RFC 5545, 3.3.10): a course from Monday to Friday has five days.
# Seen: Four: the occurrence at the very moment of UNTIL is left out. COUNT=5 gives all five, and rrule.js gives
#   five for both.
# Hurts: A participant whose calendar was written with UNTIL, as many programs write it: the fifth injection is on
#   no page of the portal that reads it.
# Versions: simple-rrule 1.8.1, rrule 2.8.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts simple-rrule@1.8.1 rrule@2.8.1

cat >expected <<'EXPECTED'
simple-rrule UNTIL=20260306T080000Z: 02 03 04 05
simple-rrule COUNT=5: 02 03 04 05 06
rrule UNTIL=20260306T080000Z: 02 03 04 05 06
rrule COUNT=5: 02 03 04 05 06
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import rrule from "rrule";
import * as simple from "simple-rrule";

const days = (moments) => moments.map((moment) => moment.toISOString().slice(8, 10)).join(" ");
const ends = ["UNTIL=20260306T080000Z", "COUNT=5"];

for (const end of ends) {
  const lines = ["DTSTART:20260302T080000Z", "DTEND:20260302T090000Z", `RRULE:FREQ=DAILY;INTERVAL=1;${end};WKST=MO`];
  const rule = simple.parseRecurrenceFromString(lines.join("\n"));
  const { events } = simple.expandRRule(rule, new Date("2026-01-01"), new Date("2027-01-01"));
  console.log(`simple-rrule ${end}: ${days(events.map((event) => event.date))}`);
}
for (const end of ends) {
  const rule = rrule.rrulestr(`DTSTART:20260302T080000Z\nRRULE:FREQ=DAILY;${end}`);
  console.log(`rrule ${end}: ${days(rule.all())}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: simple-rrule treats UNTIL in another way now." >&2
  exit 1
}
