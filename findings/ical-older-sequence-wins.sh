#!/usr/bin/env bash
# Of two versions of one visit, ical keeps the later in the file, whatever its SEQUENCE.
#
# Guess: SEQUENCE says which version holds (RFC 5545, 3.8.7.4): the moved visit wins, in any order.
# Seen: ical keeps whichever comes last, so the old day returns. Its successor node-ical keeps the newer
#   version.
# Hurts: Mail archives and merged feeds hold both versions: the participant is told the day from which the visit
#   was moved.
# Versions: ical 0.8.0, node-ical 0.26.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts ical@0.8.0 node-ical@0.26.1

cat >expected <<'EXPECTED'
old, new: ical 2026-03-09, node-ical 2026-03-09
new, old: ical 2026-03-02, node-ical 2026-03-09
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import ical from "ical";
import nodeIcal from "node-ical";

const version = (sequence, day) => [
  "BEGIN:VEVENT", "UID:visit-1@trial.example", `SEQUENCE:${sequence}`, "DTSTAMP:20260201T080000Z",
  `DTSTART:202603${day}T080000Z`, `DTEND:202603${day}T081500Z`, "SUMMARY:Injection", "END:VEVENT",
];
const file = (...versions) =>
  ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Trial//EN", ...versions.flat(), "END:VCALENDAR", ""].join("\r\n");
const days = (items) =>
  Object.values(items).filter((item) => item.start).map((item) => item.start.toISOString().slice(0, 10)).join(" ");
console.warn = () => {};
for (const [word, text] of [
  ["old, new", file(version(0, "02"), version(1, "09"))],
  ["new, old", file(version(1, "09"), version(0, "02"))],
]) {
  console.log(`${word}: ical ${days(ical.parseICS(text))}, node-ical ${days(nodeIcal.sync.parseICS(text))}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: ical or node-ical chooses between versions in another way now." >&2
  exit 1
}
