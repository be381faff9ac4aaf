#!/usr/bin/env bash
# edc-utils gives a child of 45 days the age of 14 days, and one of a year none.
#
# Guess: get_age_in_days is the number of days between the birth and the day of the visit; who turns 18 today is
#   18 at any hour of today.
# Seen: It is the days that are left behind whole years and months: 45 days are a month and 14 days, so 14. And a
#   moment is taken to UTC before it is compared with the day of birth: half past midnight in Paris on the
#   eighteenth birthday is 17.
# Hurts: Newborn trials: a child of 45 days passes 'at most 28 days', a child of one year too.
# Versions: edc-utils 0.3.33 (the newest for Python 3.11), Django 5.2, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile edc-utils==0.3.33 Django==5.2 \
  python-dateutil==2.9.0.post0

cat >expected <<'EXPECTED'
born 2026-02-10, seen 2026-03-02: 20 days, get_age_in_days 20
born 2026-01-16, seen 2026-03-02: 45 days, get_age_in_days 14
born 2025-03-02, seen 2026-03-02: 365 days, get_age_in_days 0
eighteenth birthday in Paris, 00:30: 17, 12:30: 18
EXPECTED

cat >look.py <<'PYTHON'
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

settings.configure(TIME_ZONE="Europe/Paris", USE_TZ=True)

from edc_utils.age import age, get_age_in_days  # noqa: E402

seen = date(2026, 3, 2)
for born in (date(2026, 2, 10), date(2026, 1, 16), date(2025, 3, 2)):
    print(f"born {born}, seen {seen}: {(seen - born).days} days, get_age_in_days {get_age_in_days(seen, born)}")
hours = [datetime(2026, 3, 20, hour, 30, tzinfo=ZoneInfo("Europe/Paris")) for hour in (0, 12)]
found = [f"{moment:%H:%M}: {age(date(2008, 3, 20), moment).years}" for moment in hours]
print("eighteenth birthday in Paris,", ", ".join(found))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: edc-utils counts ages in another way now." >&2
  exit 1
}
