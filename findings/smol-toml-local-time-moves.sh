#!/usr/bin/env bash
# smol-toml reads a local time as a moment in UTC: 09:30 is 9 h 39 in Paris.
#
# Guess: A local time has no zone: getHours() and getMinutes() of what is read are 9 and 30 on any machine.
# Seen: It is kept in a Date in UTC: on a machine set to Paris a time of day falls in the year 0 and its local
#   mean time (9 minutes 21 seconds ahead), a local moment of winter is an hour later. Only toISOString() is
#   right.
# Hurts: A protocol file with 'not before 09:30', read by a site's JavaScript: a window that opens nine minutes
#   late in Paris and is right on the developer's server.
# Versions: smol-toml 1.9.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts smol-toml@1.9.1

cat >expected <<'EXPECTED'
earliest: 9 h 39, isLocal true, written 09:30:00.000
first: 10 h 30, isLocal true, written 2026-03-02T09:30:00.000
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { parse } from "smol-toml";

const read = parse("earliest = 09:30:00\nfirst = 2026-03-02T09:30:00\n");
for (const [name, moment] of Object.entries(read)) {
  console.log(`${name}: ${moment.getHours()} h ${moment.getMinutes()}, isLocal ${moment.isLocal()}, written ${moment.toISOString()}`);
}
JAVASCRIPT

TZ=Europe/Paris node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: smol-toml treats local times in another way now." >&2
  exit 1
}
