#!/usr/bin/env bash
# Four calendar readers cut a quoted name at its semicolon.
#
# Guess: RFC 5545 (3.2) lets a quoted parameter value hold semicolons; the name comes back whole, without its
#   quotation marks.
# Seen: ical2json, ts-ics, node-ical and cal-parser give the first half with an opening quotation mark; what
#   follows is lost. ical.js reads it. ical2json then writes the half back as an unclosed quotation.
# Hurts: Rooms and teams named as hospitals do ('Ward 2; day unit'): the reminder names the wrong unit, and the
#   rewritten file is invalid.
# Versions: ical2json 5.0.0, ts-ics 2.4.6, node-ical 0.26.1, cal-parser 1.0.2, ical.js 2.2.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts ical2json@5.0.0 ts-ics@2.4.6 node-ical@0.26.1 cal-parser@1.0.2 ical.js@2.2.1

cat >expected <<'EXPECTED'
ical2json: "Ward 2
ts-ics: "Ward 2
node-ical: "Ward 2
cal-parser: "Ward 2
ical.js: Ward 2; day unit
written back: ORGANIZER;CN="Ward 2:mailto:ward@trial.example
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import ICAL from "ical.js";
import calParser from "cal-parser";
import { convert, revert } from "ical2json";
import nodeIcal from "node-ical";
import { convertIcsCalendar } from "ts-ics";

const lines = [
  "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Trial//EN", "BEGIN:VEVENT",
  "UID:visit-1@trial.example", "DTSTAMP:20260201T080000Z", "DTSTART:20260302T080000Z",
  'ORGANIZER;CN="Ward 2; day unit":mailto:ward@trial.example',
  "SUMMARY:Injection", "END:VEVENT", "END:VCALENDAR", "",
];
const text = lines.join("\r\n");
const plain = convert(text);
const [event] = Object.values(nodeIcal.sync.parseICS(text)).filter((item) => item.type === "VEVENT");
const component = new ICAL.Component(ICAL.parse(text)).getFirstSubcomponent("vevent");
console.log("ical2json:", plain.VCALENDAR[0].VEVENT[0].ORGANIZER.CN);
console.log("ts-ics:", convertIcsCalendar(undefined, text).events[0].organizer.name);
console.log("node-ical:", event.organizer.params.CN);
console.log("cal-parser:", calParser.parseString(text).events[0].organizer.params.cn);
console.log("ical.js:", component.getFirstProperty("organizer").getParameter("cn"));
console.log("written back:", revert(plain).split("\n").find((line) => line.startsWith("ORGANIZER")));
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: one of the readers treats quoted parameters in another way now." >&2
  exit 1
}
