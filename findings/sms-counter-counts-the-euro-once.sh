#!/usr/bin/env bash
# sms-counter (npm) counts the euro sign as one place, so that a long reminder has one part too few.
#
# Guess: A sign of the extension table takes two of the 160 places (3GPP 23.038); a counter that names the table
#   'GSM_7BIT_EX' knows that.
# Seen: 159 letters and a euro sign are one message with nothing left; split-sms says two. A text of 305 signs with
#   brackets is two instead of three.
# Hurts: Reminders that name an amount or use brackets: cut at the end where the gateway allows one part, or paid
#   twice.
# Versions: sms-counter 1.0.0 (npm), split-sms 0.1.7, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts sms-counter@1.0.0 split-sms@0.1.7

cat >expected <<'EXPECTED'
160 letters: sms-counter GSM_7BIT 1, split-sms 1
159 letters and a euro: sms-counter GSM_7BIT_EX 1, split-sms 2
303 letters in brackets: sms-counter GSM_7BIT_EX 2, split-sms 3
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const counter = require("sms-counter");
const splitter = require("split-sms");

for (const [name, text] of [
  ["160 letters", "a".repeat(160)],
  ["159 letters and a euro", "a".repeat(159) + "\u20ac"],
  ["303 letters in brackets", "[" + "a".repeat(303) + "]"],
]) {
  const counted = (counter.count ?? counter.default.count)(text);
  const split = splitter.split(text);
  console.log(`${name}: sms-counter ${counted.encoding} ${counted.messages}, split-sms ${split.parts.length}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: sms-counter or split-sms counts in another way now." >&2
  exit 1
}
