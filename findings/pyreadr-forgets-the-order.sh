#!/usr/bin/env bash
# pyreadr writes ordered grades to R as unordered ones.
#
# Guess: An ordered category is written as an ordered factor; its levels come out in their order and stay
#   comparable.
# Seen: The levels keep their order, the word 'ordered' is not written: R then answers NA to 'grade > mild',
#   with only a warning. Read back, ordered is False. A round trip through rdata loses it too.
# Hurts: Severity of adverse events: a filter for 'worse than mild' is empty, or an analysis treats grades as
#   names.
# Versions: pyreadr 0.5.8, rdata 1.1.0, pandas 3.1.1, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pyreadr==0.5.8 rdata==1.1.0 pandas==3.1.1

cat >expected <<'EXPECTED'
before: ordered True ['none', 'mild', 'severe']
pyreadr: ordered False ['none', 'mild', 'severe']
the word in the file: False
rdata: ordered False ['none', 'mild', 'severe']
EXPECTED

cat >look.py <<'PYTHON'
import warnings

import pandas as pd
import pyreadr
import rdata

warnings.simplefilter("ignore")
grades = pd.Categorical(["mild", "severe", "none"], categories=["none", "mild", "severe"], ordered=True)
table = pd.DataFrame({"grade": grades})
print("before: ordered", table["grade"].cat.ordered, list(table["grade"].cat.categories))
pyreadr.write_rds("pyreadr.rds", table)
again = pyreadr.read_r("pyreadr.rds")[None]["grade"].cat
print("pyreadr: ordered", again.ordered, list(again.categories))
print("the word in the file:", b"ordered" in open("pyreadr.rds", "rb").read())
rdata.write_rds("rdata.rds", table)
again = rdata.read_rds("rdata.rds")["grade"].cat
print("rdata: ordered", again.ordered, list(again.categories))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: one of the writers keeps the order now, or writes it in another way." >&2
  exit 1
}
