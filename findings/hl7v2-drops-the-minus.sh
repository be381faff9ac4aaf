#!/usr/bin/env bash
# hl7v2 writes a moment of 09:30 in New York back without the minus of its zone, and gives a birth month a day.
#
# Guess: A message that is read and written again is the same: 20260302093000-0500 keeps its zone, and PID-7 may hold
#   the month of birth alone, as HL7 v2 allows.
# Seen: West of Greenwich the sign is lost, so that the zone looks like more digits of the time; east of it all is
#   right. A birth in March 1980 becomes 1 March, a year its New Year's Day.
# Hurts: American sites: the time of an injection cannot be read any more. Ages of those who gave only a month look
#   exact.
# Versions: hl7v2 1.8.0, hl7v2-dictionary 1.8.0, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts hl7v2@1.8.0 hl7v2-dictionary@1.8.0

cat >expected <<'EXPECTED'
OBX-14 20260302093000-0500 becomes 202603020930000500
OBX-14 20260302093000+0100 becomes 20260302093000+0100
PID-7 19800302 becomes 19800302
PID-7 198003 becomes 19800301
PID-7 1980 becomes 19800101
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const { HL7Message } = createRequire(import.meta.url)("hl7v2");

const header = "MSH|^~\\&|TRIAL|S1|EDC|H|202603020930||ORU^R01|1|P|2.5.1";
const again = (segment) => HL7Message.parse(`${header}\r${segment}\r`).toHL7String().split("\r")[1].split("|");
for (const moment of ["20260302093000-0500", "20260302093000+0100"]) {
  console.log("OBX-14", moment, "becomes", again(`OBX|1|NM|WEIGHT||70|kg|||||F|||${moment}`)[14]);
}
for (const birth of ["19800302", "198003", "1980"]) {
  console.log("PID-7", birth, "becomes", again(`PID|1||IM-0122-7||DOE^JANE||${birth}|F`)[7]);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: hl7v2 writes zones or partial dates in another way now." >&2
  exit 1
}
