#!/usr/bin/env bash
# undate's omnibus parser reads 2026-03-02 as the year 2026.
#
# Guess: Its parser named 'omnibus' tries each known format, so it reads at least what its EDTF parser reads.
# Seen: An ISO date comes back as its year alone, without an error; the same day written in words comes back
#   whole. The EDTF parser of the same package reads it rightly.
# Hurts: Partial dates of adverse events and of earlier treatment: the month is lost in silence, and with it the
#   order of two events.
# Versions: undate 0.8.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check undate==0.8.0

cat >expected <<'EXPECTED'
omnibus 2026-03: 2026
omnibus 2026-03-02: 2026
omnibus March 2026: 2026-03
omnibus 2 March 2026: 2026-03-02
EDTF 2026-03-02: 2026-03-02
EXPECTED

cat >look.py <<'PYTHON'
from undate import Undate

for text in ("2026-03", "2026-03-02", "March 2026", "2 March 2026"):
    print(f"omnibus {text}: {Undate.parse(text, 'omnibus')}")
print(f"EDTF 2026-03-02: {Undate.parse('2026-03-02', 'EDTF')}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: undate's omnibus parser reads ISO dates in another way now." >&2
  exit 1
}
