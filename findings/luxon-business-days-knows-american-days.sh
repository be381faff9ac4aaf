#!/usr/bin/env bash
# luxon-business-days skips Thanksgiving, and takes Ascension Day for a working day, unless told otherwise.
#
# Guess: Without a configured list of holidays only Saturdays and Sundays are skipped.
# Seen: A list of American holidays is in force from the start: the working day after 25 November 2026 is the
#   27th.
# Hurts: European sites: dosing days move for a holiday nobody has, and do not for those they have.
# Versions: luxon-business-days 3.0.1, luxon 3.7.2, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts luxon-business-days@3.0.1 luxon@3.7.2

cat >expected <<'EXPECTED'
2026-11-25 and one working day: 2026-11-27
2026-07-02 and one working day: 2026-07-03
2026-05-13 and one working day: 2026-05-14
2026-04-03 and one working day: 2026-04-06
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const { DateTime } = createRequire(import.meta.url)("luxon-business-days");

for (const day of ["2026-11-25", "2026-07-02", "2026-05-13", "2026-04-03"]) {
  console.log(day, "and one working day:", DateTime.fromISO(day).plusBusiness({ days: 1 }).toISODate());
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: the default holidays of luxon-business-days are others now." >&2
  exit 1
}
