#!/usr/bin/env bash
# businessdate plans a visit every 28 days with the second one after eight days.
#
# Guess: A schedule from 2 March in steps of 28 days has its second day on 30 March; one from 31 January in steps of a
#   month ends each month.
# Seen: BusinessSchedule counts back from its end and puts the rest in front, as bonds do: 2 March, 10 March, 7 April.
#   Its parent BusinessRange, with the same arguments, counts from the start.
# Hurts: Dosing schedules: two injections within eight days, and another one if the trial's last day is moved.
# Versions: businessdate 0.7.2, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile businessdate==0.7.2

cat >expected <<'EXPECTED'
28D to 30 June: schedule 02.03 10.03 07.04 05.05 02.06 30.06, range 02.03 30.03 27.04 25.05 22.06
28D to 1 July: schedule 02.03 11.03 08.04 06.05 03.06 01.07, range 02.03 30.03 27.04 25.05 22.06
EXPECTED

cat >look.py <<'PYTHON'
from businessdate import BusinessDate, BusinessRange, BusinessSchedule


def shown(days):
    return " ".join(f"{day.day:02d}.{day.month:02d}" for day in days)


start = BusinessDate(20260302)
for name, end in (("30 June", BusinessDate(20260630)), ("1 July", BusinessDate(20260701))):
    schedule, plain = (shown(kind(start, end, "28D")) for kind in (BusinessSchedule, BusinessRange))
    print(f"28D to {name}: schedule {schedule}, range {plain}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: businessdate lays schedules in another way now." >&2
  exit 1
}
