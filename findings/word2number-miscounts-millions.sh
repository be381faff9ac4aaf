#!/usr/bin/env bash
# word2number reads 'two million five hundred thousand' as 2501500, and 'two point five million' as 2.
#
# Guess: 2500000 for both, or an error, as for a word that is no number.
# Seen: Hundreds of thousands behind a million are counted twice, once as 1500; each alone is right. With a scale
#   behind decimals both are dropped ('two point five' alone is 2.5). 'half a million' is a million.
# Hurts: Who takes doses in units from dictated notes: a little more, a million times less, or twice as much.
# Versions: word2number 1.1, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check word2number==1.1

cat >expected <<'EXPECTED'
two point five: 2.5
five hundred thousand: 500000
two million five hundred thousand: 2501500
two point five million: 2
half a million: 1000000
EXPECTED

cat >look.py <<'PYTHON'
from word2number import w2n

for words in (
    "two point five",
    "five hundred thousand",
    "two million five hundred thousand",
    "two point five million",
    "half a million",
):
    print(f"{words}: {w2n.word_to_num(words)}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: word2number reads such doses in another way now." >&2
  exit 1
}
