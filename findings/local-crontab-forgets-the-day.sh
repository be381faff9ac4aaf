#!/usr/bin/env bash
# local-crontab moves a task of Monday 00:30 in Lagos to Monday 23:30 UTC, a whole day late.
#
# Guess: Where the hour crosses midnight the day moves along: Monday 00:30 in a zone an hour ahead is Sunday 23:30
#   UTC, the first of the month is the last of the one before.
# Seen: Only the hour moves. And where the clocks change, the days of a month are set beside the weekdays; cron
#   joins these two with 'or', so that a task for working days runs at weekends in March and October.
# Hurts: Nightly reminders and weekly exports: a day late all year, and at weekends in two months.
# Versions: local-crontab 0.1.8, croniter 6.0.0, Node 20, Python 3.11. The clock is held in 2026.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile croniter==6.0.0
npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts local-crontab@0.1.8

cat >expected <<'EXPECTED'
Africa/Lagos 30 0 * * 1 becomes 30 23 * * 1
Africa/Lagos 30 0 1 * * becomes 30 23 1 * *
Europe/Paris 0 10 * * 1-5, March: 0 9 1-28 3 1-5 / 0 8 29-31 3 1-5
first run after Friday 6 March 2026: Saturday 07 March
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const { localCrontabToUtcCrontabs } = createRequire(import.meta.url)("local-crontab");

Date.now = () => Date.UTC(2026, 0, 15);
for (const line of ["30 0 * * 1", "30 0 1 * *"]) {
  console.log("Africa/Lagos", line, "becomes", localCrontabToUtcCrontabs(line, "Africa/Lagos").join(" / "));
}
const march = localCrontabToUtcCrontabs("0 10 * * 1-5", "Europe/Paris").filter((line) => line.split(" ")[3] === "3");
console.log("Europe/Paris 0 10 * * 1-5, March:", march.join(" / "));
JAVASCRIPT

cat >look.py <<'PYTHON'
from datetime import datetime

from croniter import croniter

run = croniter("0 9 1-28 3 1-5", datetime(2026, 3, 6, 12)).get_next(datetime)
print(f"first run after Friday 6 March 2026: {run:%A %d %B}")
PYTHON

{ node look.mjs && venv/bin/python look.py; } | tee seen
diff expected seen || {
  echo "CHANGED: local-crontab moves days in another way now." >&2
  exit 1
}
