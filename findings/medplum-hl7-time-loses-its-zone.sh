#!/usr/bin/env bash
# medplum's formatHl7DateTime writes 09:30 in Paris as 083000, without a zone.
#
# Guess: The moment keeps its digits and its offset (20260302093000+0100), or gets one.
# Seen: It writes the digits of UTC and leaves the zone out. HL7 v2 takes a time without a zone for the sender's
#   local time.
# Hurts: The receiving hospital reads half past eight: each injection is reported an hour early, two in summer,
#   and the day changes near midnight.
# Versions: @medplum/core 4.5.2, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts @medplum/core@4.5.2

cat >expected <<'EXPECTED'
2026-03-02T09:30:00+01:00 becomes 20260302083000
2026-07-02T00:30:00+02:00 becomes 20260701223000
20260302093000+0100 and back: 20260302083000
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { formatHl7DateTime, parseHl7DateTime } from "@medplum/core";

for (const moment of ["2026-03-02T09:30:00+01:00", "2026-07-02T00:30:00+02:00"]) {
  console.log(moment, "becomes", formatHl7DateTime(moment));
}
console.log("20260302093000+0100 and back:", formatHl7DateTime(parseHl7DateTime("20260302093000+0100")));
JAVASCRIPT

TZ=Europe/Paris node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: medplum writes HL7 times in another way now." >&2
  exit 1
}
