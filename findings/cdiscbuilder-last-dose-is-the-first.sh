#!/usr/bin/env bash
# cdiscbuilder names the first injection as the last, when only the first one has no time of day.
#
# Guess: SDTM allows a date and a date with a time in one column; the last dose is the latest, and each whole date has
#   a study day.
# Seen: The form of the first row decides; rows in the other form count as no date. So the last dose of 2 March, 30 March
#   09:30 and 27 April 09:30 is 2 March, and study days are missing. With zones, half past midnight is the day before.
# Hurts: RFXENDTC and --DY: exposure ends eight weeks early, and follow-up is counted from there.
# Versions: cdiscbuilder 2.2.0, pandas 3.1.1, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile cdiscbuilder==2.2.0 pandas==3.1.1

cat >expected <<'EXPECTED'
all with times: last dose 2026-04-27T09:30, days [1, 29, 57]
first without a time: last dose 2026-03-02, days [1, None, None]
first with a time: last dose 2026-03-02T09:30, days [1, None, None]
2026-03-03T00:30+01:00 after a first dose on 2 March: day [1]
EXPECTED

cat >look.py <<'PYTHON'
import warnings

import pandas as pd
from cdiscbuilder.functions import calculate_study_day, get_last_dose_date

warnings.simplefilter("ignore")


def days(dates, first):
    found = calculate_study_day(pd.Series(dates), pd.Series([first] * len(dates)))
    return [None if pd.isna(day) else int(day) for day in found]


for name, dates in (
    ("all with times", ["2026-03-02T09:30", "2026-03-30T09:30", "2026-04-27T09:30"]),
    ("first without a time", ["2026-03-02", "2026-03-30T09:30", "2026-04-27T09:30"]),
    ("first with a time", ["2026-03-02T09:30", "2026-03-30", "2026-04-27"]),
):
    ex = pd.DataFrame({"USUBJID": "IM-0122-7", "EXDOSE": 5, "EXSTDTC": dates, "EXENDTC": dates})
    last = get_last_dose_date(pd.Series(["IM-0122-7"]), {"EX": ex}).iloc[0]
    print(f"{name}: last dose {last}, days {days(dates, '2026-03-02')}")
late = "2026-03-03T00:30+01:00"
print(late, "after a first dose on 2 March: day", days([late], "2026-03-02T09:30+01:00"))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: cdiscbuilder orders dates of two forms in another way now." >&2
  exit 1
}
