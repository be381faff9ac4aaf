#!/usr/bin/env bash
# The npm package iso8601 takes an offset of +01:00 for a hundred hours, and reads an ordinal date as a month.
#
# Guess: 2026-03-02T09:30:00+01:00 is 08:30 UTC; the week date 2026-W10-1 and the ordinal date 2026-061 are the
#   second of March, or are refused.
# Seen: The moment lies four days too early, west of Greenwich twenty days too late. The week date and the basic
#   form become New Year's Day, the ordinal date the first of June. What ends in Z, or has no zone, is right.
# Hurts: Times of injections from European sites land on another day; samples written in UTC show nothing.
# Versions: iso8601 1.1.1 (npm), Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts iso8601@1.1.1

cat >expected <<'EXPECTED'
2026-03-02T09:30:00Z becomes 2026-03-02T09:30:00.000Z
2026-03-02T09:30:00+01:00 becomes 2026-02-26T05:30:00.000Z
2026-03-02T09:30:00-05:00 becomes 2026-03-23T05:30:00.000Z
2026-W10-1 becomes 2026-01-01T00:00:00.000Z
2026-061 becomes 2026-06-01T00:00:00.000Z
20260302T093000Z becomes 2026-01-01T00:00:00.000Z
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import iso8601 from "iso8601";

for (const text of [
  "2026-03-02T09:30:00Z", "2026-03-02T09:30:00+01:00", "2026-03-02T09:30:00-05:00",
  "2026-W10-1", "2026-061", "20260302T093000Z",
]) {
  console.log(text, "becomes", iso8601.toDate(text).toISOString());
}
JAVASCRIPT

TZ=Europe/Paris node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: iso8601 reads offsets or dates in another way now." >&2
  exit 1
}
