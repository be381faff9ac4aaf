#!/usr/bin/env bash
# gsone makes a GTIN-14 of fifteen digits, and labels it as a shipping container.
#
# Guess: get_barcode_gtin14 gives (01), the identifier of a product, and fourteen digits.
# Seen: The defaults put (00), a container, and an extension digit 0 before the number: 14 digits for a GTIN-13,
#   15 for a GTIN-14. Even the SSCC, the only container of the three, has 19 digits instead of 18.
# Hurts: Labels of kits made with the defaults: a scanner finds no product, or takes the first digit of the lot
#   into the number.
# Versions: gsone 0.1.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check gsone==0.1.0

cat >expected <<'EXPECTED'
gtin13: (00)03400936000018, digits after the bracket: 14
gtin14: (00)034009360000016, digits after the bracket: 15
sscc: (00)0340093600000000016, digits after the bracket: 19
EXPECTED

cat >look.py <<'PYTHON'
from gsone import gsone

for name in ("gtin13", "gtin14", "sscc"):
    text = getattr(gsone, f"get_barcode_{name}")("3400936", "00001")
    print(f"{name}: {text}, digits after the bracket: {len(text.split(')')[1])}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: gsone's defaults are others now." >&2
  exit 1
}
