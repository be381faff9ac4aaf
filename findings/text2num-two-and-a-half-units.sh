#!/usr/bin/env bash
# text2num turns 'deux virgule cinq millions' into 2,5000000: two and a half instead of two and a half million.
#
# Guess: 2500000, as 'deux millions cinq cent mille' becomes; or the words stay.
# Seen: In French the scale is glued behind the decimals as noughts, which say nothing: 2,5000000 is two and a half.
#   'un virgule zéro million' becomes 1,01000000. In English '2.5 1000000' is left, two numbers side by side.
# Hurts: Doses of interleukin-2 are dictated in millions of units: a dictated dose is a million times too small.
# Versions: text2num 3.1.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check text2num==3.1.0

cat >expected <<'EXPECTED'
fr: deux millions cinq cent mille unités -> 2500000 unités
fr: deux virgule cinq millions d'unités -> 2,5000000 d'unités
fr: un virgule zéro million d'unités -> 1,01000000 d'unités
en: two million five hundred thousand units -> 2500000 units
en: two point five million units -> 2.5 1000000 units
EXPECTED

cat >look.py <<'PYTHON'
from text_to_num import alpha2digit

for language, words in (
    ("fr", "deux millions cinq cent mille unités"),
    ("fr", "deux virgule cinq millions d'unités"),
    ("fr", "un virgule zéro million d'unités"),
    ("en", "two million five hundred thousand units"),
    ("en", "two point five million units"),
):
    print(f"{language}: {words} -> {alpha2digit(words, language)}")
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: text2num reads decimals of millions in another way now." >&2
  exit 1
}
