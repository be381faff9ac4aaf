#!/usr/bin/env bash
# pytoml writes a local time of nine thirty as nine thirty UTC.
#
# Guess: A moment without a zone is written as a local moment, or refused like a date alone.
# Seen: A Z is added: what had no zone is now UTC, and reading it back gives a moment with a zone.
# Hurts: A protocol file rewritten by a script: injections at 09:30 local time move by an hour, or two in
#   summer.
# Versions: pytoml 0.1.21, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pytoml==0.1.21

cat >expected <<'EXPECTED'
first = 2026-07-02T09:30:00Z
has a zone now: True
EXPECTED

cat >look.py <<'PYTHON'
import datetime
import tomllib

import pytoml

text = pytoml.dumps({"first": datetime.datetime(2026, 7, 2, 9, 30)})
print(text.strip())
print("has a zone now:", tomllib.loads(text)["first"].tzinfo is not None)
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: pytoml writes local moments in another way now." >&2
  exit 1
}
