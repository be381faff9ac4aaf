#!/usr/bin/env bash
# jcs writes two different whole numbers as one text, so that their hashes agree.
#
# Guess: A whole number that JavaScript cannot hold is refused, as rfc8785 does, or written in full.
# Seen: It is rounded in silence: 9007199254740993 becomes ...992, and both have one canonical text and one
#   SHA-256.
# Hurts: Records with long serial numbers (boxes, messages): what was sealed is not what was written, and two
#   records cannot be told apart by their hashes.
# Versions: jcs 0.2.1, rfc8785 0.1.4, Python 3.11.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check jcs==0.2.1 rfc8785==0.1.4

cat >expected <<'EXPECTED'
jcs: 9007199254740992 {"serial":9007199254740992} 2dc64721766396b6
rfc8785: IntegerDomainError
jcs: 9007199254740993 {"serial":9007199254740992} 2dc64721766396b6
rfc8785: IntegerDomainError
EXPECTED

cat >look.py <<'PYTHON'
import hashlib

import jcs
import rfc8785

for serial in (9007199254740992, 9007199254740993):
    text = jcs.canonicalize({"serial": serial})
    print("jcs:", serial, text.decode(), hashlib.sha256(text).hexdigest()[:16])
    try:
        print("rfc8785:", rfc8785.dumps({"serial": serial}).decode())
    except Exception as refusal:
        print("rfc8785:", type(refusal).__name__)
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: jcs treats large whole numbers in another way now." >&2
  exit 1
}
