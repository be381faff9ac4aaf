#!/usr/bin/env bash
# any-date-parser reads '2 juin 2026 à 9h30' as midnight, and reports no doubt.
#
# Guess: The locale fr knows the way in which French is written: half past nine.
# Seen: The day is right and the hour is gone: 00:00, as if none had been written. '09:30' is kept. Since nothing
#   says that a part was not understood, the answer looks whole.
# Hurts: An appointment typed at a French site becomes one at midnight, and its reminder goes out the evening before.
# Versions: any-date-parser 2.2.4, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts any-date-parser@2.2.4

cat >expected <<'EXPECTED'
2 juin 2026 09:30: 2026-06-02T09:30
2 juin 2026 9h30: 2026-06-02T00:00
2 juin 2026 à 9 h 30: 2026-06-02T00:00
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import parser from "any-date-parser";

for (const typed of ["2 juin 2026 09:30", "2 juin 2026 9h30", "2 juin 2026 à 9 h 30"])
  console.log(`${typed}: ${parser.fromString(typed, "fr").toISOString().slice(0, 16)}`);
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: any-date-parser reads French hours in another way now." >&2
  exit 1
}
