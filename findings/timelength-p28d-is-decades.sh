#!/usr/bin/env bash
# timelength reads P28D, twenty-eight days, as 28 decades, and minus seven days as seven.
#
# Guess: ISO 8601's P28D is 28 days, or is not understood; -7 days is minus seven.
# Seen: A capital D is a decade, a capital M a month: P28D is 102,200 days, PT1H30M an hour and thirty months. 'success'
#   is True, though the P is listed among what was not understood. The sign of -7 days is dropped without a word.
# Hurts: Who reads visit windows of a study definition (USDM writes them in ISO 8601): a visit 28 days on lies in the
#   24th century, and a window that opens a week before opens a week after.
# Versions: timelength 3.0.4, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check timelength==3.0.4

cat >expected <<'EXPECTED'
28 days: 28 days, success: True
P28D: 102200 days, success: True
PT1H30M: 915 days, success: True
-7 days: 7 days, success: True
EXPECTED

cat >look.py <<'PYTHON'
from timelength import TimeLength

for text in ("28 days", "P28D", "PT1H30M", "-7 days"):
    result = TimeLength(text).result
    print(f"{text}: {result.seconds / 86400:.0f} days, success: {result.success}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: timelength reads these durations in another way now." >&2
  exit 1
}
