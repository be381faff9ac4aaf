#!/usr/bin/env bash
# ical-js-parser adds a line 'E:EN' to each event and takes the blanks out of names.
#
# Guess: Reading a calendar and writing it again gives the same properties.
# Seen: The language at the end of PRODID turns up as a property of the event, and blanks after a colon in a
#   name are dropped.
# Hurts: Signed or compared calendars: the file changes though nobody changed anything, and strict readers
#   refuse the unknown line.
# Versions: ical-js-parser 0.7.4, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts ical-js-parser@0.7.4

cat >expected <<'EXPECTED'
new: ORGANIZER;CN="Pharmacy:trial desk":mailto:desk@trial.example
new: E:EN
gone: ORGANIZER;CN="Pharmacy: trial desk":mailto:desk@trial.example
gone: 
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const module = createRequire(import.meta.url)("ical-js-parser");
const parser = module.default ?? module;

const lines = [
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Trial//EN", "BEGIN:VEVENT",
  "UID:visit-1@trial.example", "DTSTAMP:20260201T080000Z", "DTSTART:20260302T080000Z",
  'ORGANIZER;CN="Pharmacy: trial desk":mailto:desk@trial.example',
  "SUMMARY:Injection", "END:VEVENT", "END:VCALENDAR", "",
];
const written = parser.toString(parser.toJSON(lines.join("\r\n"))).split(/\r?\n/);
for (const line of written) if (!lines.includes(line)) console.log("new:", line);
for (const line of lines) if (!written.includes(line)) console.log("gone:", line);
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: ical-js-parser rewrites calendars in another way now." >&2
  exit 1
}
