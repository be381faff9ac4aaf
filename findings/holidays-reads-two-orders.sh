#!/usr/bin/env bash
# holidays reads 14/05/2026 as a day in May and 01/05/2026 as a day in January, in France.
#
# Guess: A country's calendar reads text the country's way, or one way only: 1 May is a holiday in France,
#   written 01/05/2026.
# Seen: Text is read month first, unless that is impossible: 01/05 and 08/05 are no holidays, 05/01 is one,
#   14/05 is one too.
# Hurts: Dates from a site's spreadsheet: the check for closed days is right from the 13th of a month and wrong
#   before.
# Versions: holidays 0.109, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check holidays==0.109

cat >expected <<'EXPECTED'
01/05/2026: open
08/05/2026: open
14/05/2026: closed
25/12/2026: closed
05/01/2026: closed
EXPECTED

cat >look.py <<'PYTHON'
from holidays import France

closed = France(years=2026)
for text in ("01/05/2026", "08/05/2026", "14/05/2026", "25/12/2026", "05/01/2026"):
    print(f"{text}: {'closed' if text in closed else 'open'}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: holidays reads text in another way now." >&2
  exit 1
}
