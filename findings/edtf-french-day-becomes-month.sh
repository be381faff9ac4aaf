#!/usr/bin/env bash
# edtf turns the French '2 mars 2026' into February 2026.
#
# Guess: A text that the English parser does not know gives nothing (None), as '20 juin 2026' does.
# Seen: The day's number is taken as the month when it is 12 or less; from 13 on nothing comes. The English
#   words are read rightly.
# Hurts: Onset dates typed as words at a French or Belgian site: a month that was never written, well formed and
#   plausible.
# Versions: edtf 5.0.2, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check edtf==5.0.2

cat >expected <<'EXPECTED'
2 March 2026: 2026-03-02
2 mars 2026: 2026-02
5 mai 2026: 2026-05
11 avril 2026: 2026-11
12 août 2026: 2026-12
20 juin 2026: None
EXPECTED

cat >look.py <<'PYTHON'
from edtf import text_to_edtf

for text in ("2 March 2026", "2 mars 2026", "5 mai 2026", "11 avril 2026", "12 août 2026", "20 juin 2026"):
    print(f"{text}: {text_to_edtf(text)}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: edtf reads French dates in another way now." >&2
  exit 1
}
