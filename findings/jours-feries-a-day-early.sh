#!/usr/bin/env bash
# The French holidays of @socialgouv/jours-feries are a day early once they are JSON in Paris.
#
# Guess: A holiday is a date; as JSON Christmas is 2026-12-25 wherever the program runs.
# Seen: They are moments at midnight of the machine's zone. On a machine set to Paris all eleven become the day
#   before as JSON; on one set to UTC they are right.
# Hurts: A service that hands closed days to a calendar: right on the developer's UTC server, a day early on the
#   hospital's.
# Versions: @socialgouv/jours-feries 2.0.0, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts @socialgouv/jours-feries@2.0.0

cat >expected <<'EXPECTED'
UTC: 01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25
Europe/Paris: 04-05 04-30 05-07 05-13 05-24 07-13 08-14 10-31 11-10 12-24 12-31
America/Martinique: 01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import module from "@socialgouv/jours-feries";
import { execFileSync } from "node:child_process";

if (!process.env.INNER) {
  for (const zone of ["UTC", "Europe/Paris", "America/Martinique"]) {
    const env = { ...process.env, INNER: "1", TZ: zone };
    process.stdout.write(`${zone}: ${execFileSync(process.execPath, ["look.mjs"], { env })}`);
  }
} else {
  const days = (module.default ?? module)(2026);
  const shown = JSON.parse(JSON.stringify(Object.values(days))).map((text) => text.slice(5, 10)).sort();
  console.log(shown.join(" "));
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: the package hands out holidays in another way now." >&2
  exit 1
}
