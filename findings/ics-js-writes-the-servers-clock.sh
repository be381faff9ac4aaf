#!/usr/bin/env bash
# ics-js writes a visit at the wall clock of the machine, without saying whose clock it is.
#
# Guess: A moment is written in UTC with a Z, so that one visit is one moment wherever the file is made.
# Seen: Machines in UTC, Paris and Martinique write 08:30, 09:30 and 04:30 for one moment, each without a zone,
#   DTSTAMP too, which must be UTC. A semicolon and a comma of a title are not escaped.
# Hurts: Participants in another zone than the server's: the calendar shows the server's hour as theirs.
# Versions: ics-js 0.10.2, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts ics-js@0.10.2

cat >expected <<'EXPECTED'
UTC: DTSTAMP:20260301T080000 DTSTART:20260302T083000 SUMMARY:Visit 2; arm A, day 28
Europe/Paris: DTSTAMP:20260301T090000 DTSTART:20260302T093000 SUMMARY:Visit 2; arm A, day 28
America/Martinique: DTSTAMP:20260301T040000 DTSTART:20260302T043000 SUMMARY:Visit 2; arm A, day 28
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
const { VCALENDAR, VEVENT } = createRequire(import.meta.url)("ics-js");

if (!process.env.INNER) {
  for (const zone of ["UTC", "Europe/Paris", "America/Martinique"]) {
    const env = { ...process.env, INNER: "1", TZ: zone };
    process.stdout.write(`${zone}: ${execFileSync(process.execPath, ["look.mjs"], { env })}`);
  }
} else {
  const calendar = new VCALENDAR();
  calendar.addProp("VERSION", 2);
  calendar.addProp("PRODID", "-//Example//Trial//EN");
  const event = new VEVENT();
  event.addProp("UID", "visit-2@trial.example");
  event.addProp("DTSTAMP", new Date("2026-03-01T08:00:00Z"));
  event.addProp("DTSTART", new Date("2026-03-02T08:30:00Z"));
  event.addProp("SUMMARY", "Visit 2; arm A, day 28");
  calendar.addComponent(event);
  const lines = calendar.toString().split(/\r?\n/);
  console.log(lines.filter((line) => /^(DTSTAMP|DTSTART|SUMMARY)/.test(line)).join(" "));
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: ics-js writes moments or titles in another way now." >&2
  exit 1
}
