#!/usr/bin/env bash
# isodate reads .5 of a second as five milliseconds, and Z as the machine's own zone.
#
# Guess: 09:30:00.5Z is half a second past 09:30 UTC, wherever the program runs.
# Seen: The digits behind the point count as milliseconds, whatever their number. Z is ignored: on a machine set to
#   Paris all moments in UTC are an hour early in winter, and an offset of +01:00 is taken from there.
# Hurts: Audit trails: two entries change their order (.5 before .25), and moments differ between two servers.
# Versions: isodate 0.1.4 (npm), Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts isodate@0.1.4

cat >expected <<'EXPECTED'
UTC: 2026-03-02T09:30:00.5Z becomes 2026-03-02T09:30:00.005Z
UTC: 2026-03-02T09:30:00.25Z becomes 2026-03-02T09:30:00.025Z
UTC: 2026-03-02T09:30:00+01:00 becomes 2026-03-02T10:30:00.000Z
Europe/Paris: 2026-03-02T09:30:00.5Z becomes 2026-03-02T08:30:00.005Z
Europe/Paris: 2026-03-02T09:30:00.25Z becomes 2026-03-02T08:30:00.025Z
Europe/Paris: 2026-03-02T09:30:00+01:00 becomes 2026-03-02T09:30:00.000Z
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import isodate from "isodate";
import { execFileSync } from "node:child_process";

if (!process.env.INNER) {
  for (const zone of ["UTC", "Europe/Paris"]) {
    const env = { ...process.env, INNER: zone, TZ: zone };
    process.stdout.write(execFileSync(process.execPath, ["look.mjs"], { env }));
  }
} else {
  for (const text of ["2026-03-02T09:30:00.5Z", "2026-03-02T09:30:00.25Z", "2026-03-02T09:30:00+01:00"]) {
    console.log(`${process.env.INNER}: ${text} becomes ${isodate(text).toISOString()}`);
  }
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: isodate reads fractions or zones in another way now." >&2
  exit 1
}
