#!/usr/bin/env bash
# cdiscbuilder loses every date in October: 12-OCT-2026 becomes nothing, 12-NOV-2026 becomes 2026-11-12.
#
# Guess: Dates with English month names, as EDC systems export them, become ISO dates in all twelve months.
# Seen: The T of OCT is taken for the one in front of a time of day. Day first, the date is gone; year first, only the
#   year is left. The eleven other months are right.
# Hurts: SDTM datasets: adverse events and doses of October have no date, nor has an unknown day in October its month.
# Versions: cdiscbuilder 2.2.0, pandas 3.1.1, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile cdiscbuilder==2.2.0 pandas==3.1.1

cat >expected <<'EXPECTED'
12-SEP-2026 2026-09-12, 2026-SEP-12 2026-09-12, UN-SEP-2026 2026-09
12-OCT-2026 None, 2026-OCT-12 2026, UN-OCT-2026 None
12-NOV-2026 2026-11-12, 2026-NOV-12 2026-11-12, UN-NOV-2026 2026-11
months that are lost: OCT
EXPECTED

cat >look.py <<'PYTHON'
from cdiscbuilder.sdtm.engine.utils.iso8601 import parse_iso8601

for month in ("SEP", "OCT", "NOV"):
    forms = (f"12-{month}-2026", f"2026-{month}-12", f"UN-{month}-2026")
    print(", ".join(f"{form} {parse_iso8601(form)}" for form in forms))
months = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
print("months that are lost:", *(month for month in months if parse_iso8601(f"12-{month}-2026") is None))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: cdiscbuilder reads month names in another way now." >&2
  exit 1
}
