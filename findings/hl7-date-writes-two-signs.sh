#!/usr/bin/env bash
# hl7-date writes the zone of Paris as +-100.
#
# Guess: A moment is written with +0100 or -0500 (HL7 v2 DTM: a sign and four digits), as its parser expects.
# Seen: East of Greenwich there are two signs and three digits; west of it all is right. Its own parser reads
#   the two signs back, so a round trip shows nothing.
# Hurts: Messages to a European hospital's interface: the time of an injection is refused there, or read without
#   its zone. Tests written in America pass.
# Versions: hl7-date 1.0.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts hl7-date@1.0.1

cat >expected <<'EXPECTED'
Europe/Paris: 202603020930+-100 read back: 2026-03-02T08:30:00.000Z
America/New_York: 202603020330-0500 read back: 2026-03-02T08:30:00.000Z
UTC: 202603020830+0000 read back: 2026-03-02T08:30:00.000Z
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
const { parse, stringify } = createRequire(import.meta.url)("hl7-date");

const moment = new Date("2026-03-02T08:30:00Z");
if (!process.env.INNER) {
  for (const zone of ["Europe/Paris", "America/New_York", "UTC"]) {
    const env = { ...process.env, INNER: "1", TZ: zone };
    process.stdout.write(`${zone}: ${execFileSync(process.execPath, ["look.mjs"], { env })}`);
  }
} else {
  const text = stringify(moment);
  const again = parse(text);
  console.log(text, "read back:", Number.isNaN(again.getTime()) ? "no date" : again.toISOString());
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: hl7-date writes zones in another way now." >&2
  exit 1
}
