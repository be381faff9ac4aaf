#!/usr/bin/env bash
# smsutil does not read back what it wrote: œ comes out as two other signs.
#
# Guess: decode(encode(text)) is text.
# Seen: encode chooses between the GSM table and UTF-16 in silence and hands out bytes only; decode always takes
#   the GSM table. Where the guess is wrong other letters come out, or it raises TypeError inside the codec.
# Hurts: A log of sent reminders that is decoded later: words that were never sent.
# Versions: smsutil 1.1.3, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check smsutil==1.1.3

cat >expected <<'EXPECTED'
prevue: 'prevue'
prévue: 'pr\xe9vue'
cœur: '@c\xa3S@u@r'
reçu: TypeError
9 h: '9 h'
EXPECTED

cat >look.py <<'PYTHON'
import smsutil

for text in ("prevue", "prévue", "cœur", "reçu", "9 h"):
    try:
        print(f"{text}: {smsutil.decode(smsutil.encode(text))!a}")
    except Exception as refusal:
        print(f"{text}: {type(refusal).__name__}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: smsutil decodes in another way now." >&2
  exit 1
}
