#!/usr/bin/env bash
# bark-js reads a GS1 expiry without a day as a date that does not exist.
#
# Guess: Day 00 means the last day of the month (GS1 General Specifications): 2028-02-29.
# Seen: 2028-02-00, in the same form as a good date; JavaScript makes an invalid date of it, and a comparison
#   with today is then false both ways.
# Hurts: Trial medication labelled by month: 'expired' and 'not yet expired' are both false, and whichever is
#   asked decides.
# Versions: bark-js 1.2.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts bark-js@1.2.1

cat >expected <<'EXPECTED'
280229: 2028-02-29, past: false, to come: true
280200: 2028-02-00, past: false, to come: false
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import bark from "bark-js";

for (const expiry of ["280229", "280200"]) {
  const read = bark(`010340093600001817${expiry}`).elements.find((element) => element.ai === "17").value;
  const day = new Date(read);
  console.log(`${expiry}: ${read}, past: ${day < new Date(0)}, to come: ${day >= new Date(0)}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: bark-js reads day 00 in another way now." >&2
  exit 1
}
