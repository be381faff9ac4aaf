#!/usr/bin/env bash
# Day 1-5 and Monday to Friday: Celery wants both, croniter either, and cronstrue's words say both.
#
# Guess: One line of cron has one meaning: 0 9 1-5 * 1-5 runs on working days among the first five of the month.
# Seen: In May 2026 Celery runs on three days, croniter (like cron itself) on 23: with both fields set, either
#   is enough there. The describing library words it as both.
# Hurts: A monthly task moved from a crontab to a worker, or checked by its description: reminders on twenty
#   days more, or fewer.
# Versions: celery 5.7.0, croniter 6.0.0, npm cronstrue 3.39.0, Python 3.11, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile celery==5.7.0 croniter==6.0.0
npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts cronstrue@3.39.0

cat >expected <<'EXPECTED'
celery: 1 4 5
croniter: 1 2 3 4 5 6 7 8 11 12 13 14 15 18 19 20 21 22 25 26 27 28 29
cronstrue: At 09:00, between day 1 and 5 of the month, Monday through Friday
EXPECTED

cat >look.py <<'PYTHON'
from datetime import datetime, timedelta, timezone

from celery import Celery
from celery.schedules import crontab
from croniter import croniter

app = Celery()
app.conf.timezone = "UTC"
may = [datetime(2026, 5, day, 9, tzinfo=timezone.utc) for day in range(1, 32)]


def due_in_celery(day):
    rule = crontab(minute="0", hour="9", day_of_month="1-5", day_of_week="1-5", app=app, nowfun=lambda: day)
    return rule.is_due(day - timedelta(hours=1)).is_due


print("celery:", *(day.day for day in may if due_in_celery(day)))
print("croniter:", *(day.day for day in may if croniter.match("0 9 1-5 * 1-5", day)))
PYTHON

cat >look.mjs <<'JAVASCRIPT'
import cronstrue from "cronstrue";

console.log("cronstrue:", cronstrue.toString("0 9 1-5 * 1-5", { use24HourTimeFormat: true }));
JAVASCRIPT

{
  venv/bin/python look.py
  node look.mjs
} | tee seen
diff expected seen || {
  echo "CHANGED: one of the libraries combines the two fields in another way now." >&2
  exit 1
}
