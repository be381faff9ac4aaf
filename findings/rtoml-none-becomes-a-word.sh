#!/usr/bin/env bash
# rtoml writes a missing value as the word "null", also inside a list.
#
# Guess: TOML has no null: a missing value is left out or refused.
# Seen: It becomes a text of four letters, and is text when read back by any reader.
# Hurts: An upper age limit that was never set becomes text; a comment that was empty says null; a list of days
#   has a word in it.
# Versions: rtoml 0.14.0, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check rtoml==0.14.0

cat >expected <<'EXPECTED'
age_to = "null"
days = [1, "null", 3]
{'age_to': 'null', 'days': [1, 'null', 3]}
EXPECTED

cat >look.py <<'PYTHON'
import tomllib

import rtoml

text = rtoml.dumps({"age_to": None, "days": [1, None, 3]})
print(text.strip())
print(tomllib.loads(text))
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: rtoml writes missing values in another way now." >&2
  exit 1
}
