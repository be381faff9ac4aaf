#!/usr/bin/env bash
# ts-ics writes a name with a colon without quotation marks, and the address is lost to others.
#
# Guess: What it reads as a quoted name it writes as a quoted name.
# Seen: The quotation marks are gone, so the value begins at the first colon: ical.js then reads a name cut
#   short and an address that is none.
# Hurts: A calendar that passes through a portal: replies and cancellations go to an address nobody has.
# Versions: ts-ics 2.4.6, ical.js 2.2.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts ts-ics@2.4.6 ical.js@2.2.1

cat >expected <<'EXPECTED'
before: name Pharmacy: trial desk, address mailto:desk@trial.example
after: name Pharmacy, address  trial desk:MAILTO:desk@trial.example
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import { convertIcsCalendar, generateIcsCalendar } from "ts-ics";

const lines = [
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Trial//EN", "BEGIN:VEVENT",
  "UID:visit-1@trial.example", "DTSTAMP:20260201T080000Z", "DTSTART:20260302T080000Z",
  'ORGANIZER;CN="Pharmacy: trial desk":mailto:desk@trial.example',
  "SUMMARY:Injection", "END:VEVENT", "END:VCALENDAR", "",
];
const before = lines.join("\r\n");
const after = generateIcsCalendar(convertIcsCalendar(undefined, before));
for (const [word, text] of [["before", before], ["after", after]]) {
  const event = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent");
  const organizer = event.getFirstProperty("organizer");
  console.log(`${word}: name ${organizer.getParameter("cn")}, address ${organizer.getFirstValue()}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: ts-ics writes parameter values in another way now." >&2
  exit 1
}
