#!/usr/bin/env bash
# canonicaljson and RFC 8785 canonicalise a dose of 2.0 and a list of names differently.
#
# Guess: Canonical JSON is one thing: the same record gives the same bytes in both, and in JavaScript.
# Seen: 2.0 stays 2.0 in canonicaljson and is 2 in RFC 8785 and JavaScript; 1e16 and the order of two keys
#   outside the first plane differ as well. A record with whole numbers and plain names agrees, so a short
#   test passes.
# Hurts: A list sealed in Python and checked in a browser: 'altered', though nobody touched it, from the first
#   dose with a decimal on.
# Versions: canonicaljson 2.0.0, rfc8785 0.1.4, npm canonicalize 4.0.0, Python 3.11, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check canonicaljson==2.0.0 rfc8785==0.1.4
npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts canonicalize@4.0.0

cat >expected <<'EXPECTED'
canonicaljson: '{"arm":"A","n":15}'
rfc8785: '{"arm":"A","n":15}'
canonicaljson: '{"dose":2.0}'
rfc8785: '{"dose":2}'
canonicaljson: '{"units":1e+16}'
rfc8785: '{"units":10000000000000000}'
canonicaljson: '{"\ufb33":1,"\U0001f600":2}'
rfc8785: '{"\U0001f600":2,"\ufb33":1}'
canonicalize: {"arm":"A","n":15}
canonicalize: {"dose":2}
canonicalize: {"units":10000000000000000}
EXPECTED

cat >look.py <<'PYTHON'
import json

import rfc8785
from canonicaljson import encode_canonical_json

for text in ('{"n":15,"arm":"A"}', '{"dose":2.0}', '{"units":1e16}', '{"\\ufb33":1,"\\ud83d\\ude00":2}'):
    record = json.loads(text)
    print("canonicaljson:", ascii(encode_canonical_json(record).decode()))
    print("rfc8785:", ascii(rfc8785.dumps(record).decode()))
PYTHON

cat >look.mjs <<'JAVASCRIPT'
import canonicalize from "canonicalize";

for (const text of ['{"n":15,"arm":"A"}', '{"dose":2.0}', '{"units":1e16}']) console.log("canonicalize:", canonicalize(JSON.parse(text)));
JAVASCRIPT

{
  venv/bin/python look.py
  node look.mjs
} | tee seen
diff expected seen || {
  echo "CHANGED: one of the canonicalisers writes numbers or keys in another way now." >&2
  exit 1
}
