#!/usr/bin/env bash
# price-parser reads 0.125 and 0,125 as 125.
#
# Guess: A number that begins with 0 and a sign is a fraction, whichever the sign.
# Seen: Three digits after a sign are taken for thousands, also after 0; two or four are taken for a fraction. A
#   minus sign is dropped.
# Hurts: Doses in mg or MIU typed with either decimal sign: 0,25 is right and 0,125 a thousand times too large.
# Versions: price-parser 0.5.1, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check price-parser==0.5.1

cat >expected <<'EXPECTED'
0,25 mg: 0.25
0,125 mg: 125
0.125 mg: 125
0.1250 mg: 0.1250
70,125 kg: 70125
-3,5: 3.5
EXPECTED

cat >look.py <<'PYTHON'
from price_parser import Price

for text in ("0,25 mg", "0,125 mg", "0.125 mg", "0.1250 mg", "70,125 kg", "-3,5"):
    print(f"{text}: {Price.fromstring(text).amount}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: price-parser reads fractions in another way now." >&2
  exit 1
}
