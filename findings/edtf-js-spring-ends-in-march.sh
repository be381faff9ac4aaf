#!/usr/bin/env bash
# npm's edtf takes the spring of 2026 for January to March, and shows it as the first of January.
#
# Guess: 2026-21, 'spring' in EDTF, holds a day of April; winter holds one of January; where bounds are unknown they
#   are left open.
# Seen: The four seasons are the quarters of the year: spring ends on 31 March and does not hold 15 April, winter is
#   October to December. Written for French readers spring is 01/01/2026. And an interval that ends in the month
#   in which it begins, 2026-03-02/2026-03, is refused.
# Hurts: Onset dates 'in spring': the event is taken for one before the first dose.
# Versions: edtf 4.11.1 (npm), Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts edtf@4.11.1

cat >expected <<'EXPECTED'
2026-21 is 2026-01-01 to 2026-03-31, in French 01/01/2026
2026-24 is 2026-10-01 to 2026-12-31, in French 01/10/2026
spring covers 15 April: false
2026-03-02/2026-03: invalid upper bound: 2026-03
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import edtf, { format } from "edtf";

const day = (value) => new Date(value).toISOString().slice(0, 10);
for (const text of ["2026-21", "2026-24"]) {
  const season = edtf(text);
  console.log(`${text} is ${day(season.min)} to ${day(season.max)}, in French ${format(season, "fr")}`);
}
console.log("spring covers 15 April:", edtf("2026-21").covers(edtf("2026-04-15")));
try {
  console.log("2026-03-02/2026-03:", String(edtf("2026-03-02/2026-03")));
} catch (problem) {
  console.log("2026-03-02/2026-03:", problem.message);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: edtf bounds or shows seasons in another way now." >&2
  exit 1
}
