#!/usr/bin/env bash
# gs1js reads the French medicine number (711) as identifier 71, with a digit too many.
#
# Guess: An identifier has two, three or four digits, as the GS1 tables say: 711 holds a French number, 3103 a weight
#   in kilograms with three decimals.
# Seen: Identifiers have two digits always; the third and fourth lead the value. Nothing is refused.
# Hurts: Pharmacies that scan European packs: the national number is found under no key, and under 71 it is a digit
#   too long.
# Versions: gs1js 0.0.2, gs1-barcode-parser-mod 1.2.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts gs1js@0.0.2 gs1-barcode-parser-mod@1.2.1

cat >expected <<'EXPECTED'
gs1js: 01=09506000134352 21=S10-7 71=13400900000001
gs1-barcode-parser-mod: 01=09506000134352 21=S10-7 711=3400900000001
gs1js: 01=09506000134352 31=03000500 21=S10-7
gs1-barcode-parser-mod: 01=09506000134352 3103=0.5 21=S10-7
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const { GS1Reader } = require("gs1js");
const { parseBarcode } = require("gs1-barcode-parser-mod");

for (const code of ["010950600013435221S10-7\x1d7113400900000001", "0109506000134352310300050021S10-7"]) {
  const found = new GS1Reader(code).getApplicationIdentifiers();
  console.log("gs1js:", found.map((item) => `${item.identifier}=${item.value}`).join(" "));
  const other = parseBarcode(`]d2${code}`).parsedCodeItems;
  console.log("gs1-barcode-parser-mod:", other.map((item) => `${item.ai}=${item.data}`).join(" "));
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: gs1js or gs1-barcode-parser-mod reads identifiers in another way now." >&2
  exit 1
}
