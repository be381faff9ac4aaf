#!/usr/bin/env bash
# rwslib writes an audit moment of 09:30 in Paris as 09:30, and one of 08:30 UTC, the same, as 08:30.
#
# Guess: ODM keeps zones (2026-03-02T09:30:00+01:00), so two spellings of one moment come out as one moment.
# Seen: The zone and the fraction of the second are cut off before it is written; the wall clock of whoever made the
#   entry stays. The library's own 'now' is UTC, without saying so.
# Hurts: Audit trails from two countries: entries change their order, and nobody can tell which clock they are on.
# Versions: rwslib 1.2.15, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile rwslib==1.2.15

cat >expected <<'EXPECTED'
entry 1, 2026-03-02T09:30:00.250000+01:00: 2026-03-02T09:30:00
entry 2, 2026-03-02T08:30:00.500000+00:00: 2026-03-02T08:30:00
entry 3, 2026-03-02T04:30:00.750000-04:00: 2026-03-02T04:30:00
in the order of the text: 3 2 1
EXPECTED

cat >look.py <<'PYTHON'
import re
from datetime import datetime

from rwslib.builders.clinicaldata import AuditRecord, DateTimeStamp, ItemData, LocationRef, UserRef

written = {}
for number, text in enumerate(
    ("2026-03-02T09:30:00.250000+01:00", "2026-03-02T08:30:00.500000+00:00", "2026-03-02T04:30:00.750000-04:00"), 1
):
    record = AuditRecord(edit_point=AuditRecord.EDIT_MONITORING, used_imputation_method=False, identifier=f"A{number}")
    for part in (UserRef("U1"), LocationRef("S1"), DateTimeStamp(datetime.fromisoformat(text))):
        record << part
    item = ItemData("DOSE", "5")
    item << record
    written[number] = re.search(r"<DateTimeStamp>(.*?)</DateTimeStamp>", str(item)).group(1)
    print(f"entry {number}, {text}: {written[number]}")
print("in the order of the text:", *sorted(written, key=written.get))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: rwslib writes moments in another way now." >&2
  exit 1
}
