#!/usr/bin/env bash
# duration-fns calls the day from 31 December to 1 January 'a year minus eleven months minus thirty days'.
#
# Guess: The time between two days is counted from large to small: 17 years and 11 months and some days, and one
#   day at the turn of the year.
# Seen: Year, month and day are subtracted each for itself: P18Y-10D for someone ten days short of 18,
#   P1Y-11M-30D for one day, P2M-30D for twenty-nine. The field 'years' says 18. Whole months come out right.
# Hurts: Screening on 'years': a minor is of age. An interval between doses is shown in a form nobody can read.
# Versions: duration-fns 3.0.2, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts duration-fns@3.0.2

cat >expected <<'EXPECTED'
2008-03-20 to 2026-03-10: 18 years, P18Y-10D
2026-12-31 to 2027-01-01: 1 years, P1Y-11M-30D
2026-01-31 to 2026-03-01: 0 years, P2M-30D
2026-03-02 to 2026-04-02: 0 years, P1M
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { between, toString } from "duration-fns";

for (const [from, to] of [
  ["2008-03-20", "2026-03-10"], ["2026-12-31", "2027-01-01"],
  ["2026-01-31", "2026-03-01"], ["2026-03-02", "2026-04-02"],
]) {
  const found = between(new Date(from), new Date(to));
  console.log(`${from} to ${to}: ${found.years} years, ${toString(found)}`);
}
JAVASCRIPT

TZ=UTC node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: duration-fns counts the time between two days in another way now." >&2
  exit 1
}
