#!/usr/bin/env bash
# later's 'every 2 days' falls on two days running when a month ends.
#
# Guess: Every second day is 48 hours apart, across months as well.
# Seen: The count starts again on the first: 29 January, 31 January, 1 February.
# Hurts: Alternate-day dosing: two doses on two days running, seven times a year, in a schedule that looks right
#   when it is made.
# Versions: later 1.2.0, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts later@1.2.0

cat >expected <<'EXPECTED'
2026-01-29 2026-01-31 2026-02-01 2026-02-03 2026-02-05 2026-02-07
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const later = createRequire(import.meta.url)("later");

const schedule = later.schedule(later.parse.text("every 2 days"));
const days = schedule.next(6, new Date("2026-01-28T00:00:00Z"));
console.log(days.map((day) => day.toISOString().slice(0, 10)).join(" "));
JAVASCRIPT

TZ=UTC node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: later counts days in another way now." >&2
  exit 1
}
