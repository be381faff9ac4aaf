#!/usr/bin/env bash
# digital-link.js hands out a serial number with its percent signs.
#
# Guess: What it reads from a GS1 Digital Link is the serial number itself: R/58.
# Seen: R%2F58 comes out, where a scan of the Data Matrix of the same box gives R/58.
# Hurts: A kit is looked up by lot and serial: the box scanned as a link is another box than the one scanned as
#   a matrix.
# Versions: digital-link.js 1.4.3, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts digital-link.js@1.4.3

cat >expected <<'EXPECTED'
valid: true
lot: A%2B1
serial: R%2F58
expiry: 280131
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
const { DigitalLink } = createRequire(import.meta.url)("digital-link.js");

const link = DigitalLink("https://kits.example/01/03400936000018/10/A%2B1/21/R%2F58?17=280131");
console.log("valid:", link.isValid());
console.log("lot:", link.getKeyQualifiers()["10"]);
console.log("serial:", link.getKeyQualifiers()["21"]);
console.log("expiry:", link.getAttributes()["17"]);
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: digital-link.js decodes qualifiers in another way now." >&2
  exit 1
}
