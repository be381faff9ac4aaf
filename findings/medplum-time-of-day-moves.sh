#!/usr/bin/env bash
# medplum's formatTiming shows a time of day of 08:00 as 9:00, and a five-day course as Daily.
#
# Guess: timeOfDay has no zone and is shown as it is; bounds and count are part of the wording, or the whole is
#   refused.
# Seen: On a machine set to Paris each time of day is an hour later. boundsPeriod, boundsDuration and
#   count leave no trace; days and times without a frequency give an empty text.
# Hurts: A FHIR dosing timing shown to a nurse or printed: wrong hour, and a course of five days that reads as
#   treatment without an end.
# Versions: @medplum/core 4.5.2, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts @medplum/core@4.5.2

cat >expected <<'EXPECTED'
twice, at 08:00 and 20:00: "2 times per day at 9:00:00 AM, 9:00:00 PM"
five days: "Daily"
2 to 6 March: "Daily"
five times: "Daily"
Monday at 09:00: ""
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { formatTiming } from "@medplum/core";

const daily = { frequency: 1, period: 1, periodUnit: "d" };
const timings = {
  "twice, at 08:00 and 20:00": { frequency: 2, period: 1, periodUnit: "d", timeOfDay: ["08:00:00", "20:00:00"] },
  "five days": { ...daily, boundsDuration: { value: 5, unit: "d", system: "http://unitsofmeasure.org", code: "d" } },
  "2 to 6 March": { ...daily, boundsPeriod: { start: "2026-03-02", end: "2026-03-06" } },
  "five times": { ...daily, count: 5 },
  "Monday at 09:00": { dayOfWeek: ["mon"], timeOfDay: ["09:00:00"] },
};
for (const [meaning, repeat] of Object.entries(timings)) console.log(`${meaning}: "${formatTiming({ repeat }).replaceAll("\u202f", " ")}"`);
JAVASCRIPT

TZ=Europe/Paris node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: medplum words timings in another way now." >&2
  exit 1
}
