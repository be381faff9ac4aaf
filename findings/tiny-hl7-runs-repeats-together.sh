#!/usr/bin/env bash
# tiny-hl7 runs two identifiers of a participant together.
#
# Guess: PID-3 may repeat (~): both identifiers can be told apart, and the second has its own components.
# Seen: The repeat sign is an ordinary letter: the first identifier's type is 'PI~R-58213', and the second's
#   parts are components 8 and 9 of one identifier. Line breaks (\\.br\\) are written back with their
#   backslashes escaped.
# Hurts: A link between trial number and hospital number: the hospital number is found nowhere, and the type of
#   the trial number is wrong.
# Versions: tiny-hl7 1.0.7, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts tiny-hl7@1.0.7

cat >expected <<'EXPECTED'
PID.3.1 IM-0122-7
PID.3.4 TRIAL
PID.3.5 PI~R-58213
PID.3.8 SITE
PID.3.9 PI
NTE|1||line one\E\.br\E\line two
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const { parse, serialize } = createRequire(import.meta.url)("tiny-hl7");

const message = [
  "MSH|^~\\&|TRIAL|S1|EDC|H|20260302093000+0100||ADT^A08|1|P|2.5.1",
  "PID|1||IM-0122-7^^^TRIAL^PI~R-58213^^^SITE^PI||DOE^JANE",
  "NTE|1||line one\\.br\\line two",
].join("\r");
const [, pid] = parse(message);
for (const [field, value] of Object.entries(pid)) if (field.startsWith("PID.3.") && value) console.log(field, value);
console.log(serialize(parse(message)).split("\r").at(-1));
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: tiny-hl7 reads repeats in another way now." >&2
  exit 1
}
