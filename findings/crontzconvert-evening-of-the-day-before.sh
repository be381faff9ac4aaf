#!/usr/bin/env bash
# crontzconvert moves a reminder at 8 and 20 h on working days to Sunday evening, and drops Friday's.
#
# Guess: A list of hours of which one crosses midnight cannot be one cron line in another zone: it is refused, or
#   becomes two lines.
# Seen: The hours move, the weekdays stay: Sunday to Thursday evening in Bogota. Alone, each hour is right. And
#   'the 31st at 23:30' becomes 'the 1st at 04:30', in every month, also after months that have no 31st.
# Hurts: Twice-daily dosing reminders: one on a day off, none on Friday evening.
# Versions: crontzconvert 1.1.1, Node 20. Bogota is five hours behind UTC all year.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts crontzconvert@1.1.1

cat >expected <<'EXPECTED'
0 0 8 * * 1-5 becomes 0 0 13 * * 1-5
0 0 20 * * 1-5 becomes 0 0 1 * * 2-6
0 0 8,20 * * 1-5 becomes 0 0 1,13 * * 1-5
0 0 8,20 15 * * becomes 0 0 1,13 15 * *
0 30 23 31 * * becomes 0 30 4 1 * *
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const module = createRequire(import.meta.url)("crontzconvert");

const convert = module.convert ?? module.default?.convert ?? module.default;
for (const line of ["0 0 8 * * 1-5", "0 0 20 * * 1-5", "0 0 8,20 * * 1-5", "0 0 8,20 15 * *", "0 30 23 31 * *"]) {
  console.log(line, "becomes", convert(line, "America/Bogota", "UTC"));
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: crontzconvert moves days in another way now." >&2
  exit 1
}
