#!/usr/bin/env bash
# csrlite turns 'since 2 March 09:30' into 'since 30 March', and finds nobody with 'Pain in extremity'.
#
# Guess: In a filter such as adae:aedecod == 'Pain in extremity' only what stands outside the quotation marks is
#   rewritten: the prefix of the dataset, names, and, or, in.
# Seen: The text between the marks is rewritten as well. '2026-03-02T09:30' becomes '2026-03-30', since 02T09: looks
#   like a dataset; 'Pain in extremity' becomes 'PAIN IN extremity'. No warning: the count is another one, or nought.
# Hurts: Tables of a study report: adverse events are missing that are in the data.
# Versions: csrlite 0.3.2, polars 1.34.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile csrlite==0.3.2 polars==1.34.0

cat >expected <<'EXPECTED'
adae:aedecod == 'Headache': AEDECOD = 'Headache', 1 of 1
adae:aedecod == 'Pain in extremity': AEDECOD = 'PAIN IN extremity', 0 of 2
adae:aestdtc >= '2026-03-02T09:30': AESTDTC >= '2026-03-30', 1 of 3
EXPECTED

cat >look.py <<'PYTHON'
import polars as pl
from csrlite.common.parse import apply_filter_sql, parse_filter_to_sql

events = pl.DataFrame(
    {
        "AEDECOD": ["Headache", "Pain in extremity", "Pain in extremity"],
        "AESTDTC": ["2026-03-02T10:00", "2026-03-09T08:00", "2026-04-06T12:00"],
    }
)
for text, true in (
    ("adae:aedecod == 'Headache'", 1),
    ("adae:aedecod == 'Pain in extremity'", 2),
    ("adae:aestdtc >= '2026-03-02T09:30'", 3),
):
    print(f"{text}: {parse_filter_to_sql(text)}, {apply_filter_sql(events, text).height} of {true}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: csrlite rewrites filters in another way now." >&2
  exit 1
}
