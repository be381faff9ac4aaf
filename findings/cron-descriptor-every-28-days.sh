#!/usr/bin/env bash
# cron-descriptor calls a task that runs on the 1st and the 29th 'every 28 days'.
#
# Guess: Its words say when the task runs.
# Seen: A step in the field of the day counts within each month: */28 is day 1 and day 29. From January to April that
#   is 28, 3, 28, 31 and 28 days apart (2026), never 28 twice running; the words say 28 in English and in French.
# Hurts: Who sets up a reminder for each cycle of 28 days and reads the sentence back to check it.
# Versions: cron-descriptor 2.2.1; days by croniter 6.0.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cron-descriptor==2.2.1 croniter==6.0.0

cat >expected <<'EXPECTED'
en_US: At 08:00, every 28 days
fr_FR: À 08:00, tous les 28 jours
days: 01-01 01-29 02-01 03-01 03-29 04-01
apart: 28 3 28 28 3
EXPECTED

cat >look.py <<'PYTHON'
from datetime import datetime
from itertools import pairwise

from cron_descriptor import Options, get_description
from croniter import croniter

TASK = "0 8 */28 * *"

for language in ("en_US", "fr_FR"):
    options = Options()
    options.locale_code, options.use_24hour_time_format = language, True
    print(f"{language}: {get_description(TASK, options)}")
runs = croniter(TASK, datetime(2025, 12, 31, 12))
days = [runs.get_next(datetime) for _ in range(6)]
print("days:", *(f"{day:%m-%d}" for day in days))
print("apart:", *((later - earlier).days for earlier, later in pairwise(days)))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: cron-descriptor has other words for a step of days now." >&2
  exit 1
}
