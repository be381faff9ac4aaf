#!/usr/bin/env bash
# human-to-cron makes 'every day at 9am' a job for each second.
#
# Guess: 'every day at 9am' is 0 0 9 * * * in its six fields, or is refused.
# Seen: The hour is lost and all seconds match; 'every weekday at 9:00' runs on Sundays too; 'every monday at
#   09:30' runs on all days.
# Hurts: Reminders configured in words: a participant gets a message each second, or on the wrong days.
# Versions: human-to-cron 0.3.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts human-to-cron@0.3.1

cat >expected <<'EXPECTED'
every day at 9am: * * * * * */1
every day at 9:00: 0 0 9 * * */1
every weekday at 9:00: 0 0 9 * * *
every monday at 09:30: 0 30 9 * * *
every 2 days: * * * * * */2
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const module = createRequire(import.meta.url)("human-to-cron");
const cron = module.default ?? module;

for (const words of ["every day at 9am", "every day at 9:00", "every weekday at 9:00", "every monday at 09:30", "every 2 days"]) {
  console.log(`${words}: ${cron(words)}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: human-to-cron understands these words in another way now." >&2
  exit 1
}
