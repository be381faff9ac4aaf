#!/usr/bin/env bash
# pharma-datamatrix gives a pack without a batch the batch of the pack scanned before it.
#
# Guess: Each scan stands for itself: a code without a batch is called incomplete, and an earlier answer stays as
#   it was.
# Seen: All answers are one and the same dictionary. A second code that has no batch is returned with the first
#   one's batch and without an error, and the first answer now shows the second serial number.
# Hurts: Accountability: a kit is entered under another kit's lot, and a list of scans is the last one repeated.
# Versions: pharma-datamatrix 1.4.5, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile pharma_datamatrix==1.4.5

cat >expected <<'EXPECTED'
second pack alone: batch absent
both packs, second: batch LOT-A, serial K-0002
both packs, first: batch LOT-A, serial K-0002
one object: True
EXPECTED

cat >look.py <<'PYTHON'
import subprocess
import sys

from pharma_datamatrix import pharma_datamatrix

FIRST = "]d2010950600013435217990331" + "10LOT-A\x1d" + "21K-0001"
SECOND = "]d2010950600013435217990331" + "21K-0002\x1d"

if len(sys.argv) > 1:
    print("second pack alone: batch", pharma_datamatrix(SECOND).get("BATCH", "absent"))
else:
    subprocess.run([sys.executable, "look.py", "alone"], check=True)
    first = pharma_datamatrix(FIRST)
    second = pharma_datamatrix(SECOND)
    for name, pack in (("second", second), ("first", first)):
        print(f"both packs, {name}: batch {pack['BATCH']}, serial {pack['SERIAL']}")
    print("one object:", first is second)
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: pharma-datamatrix keeps scans apart now, or mixes them in another way." >&2
  exit 1
}
