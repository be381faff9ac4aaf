#!/usr/bin/env bash
# hl7find counts the fields of the header from the second: MSH.10 is the processing ID, not the control ID.
#
# Guess: MSH.10 is the message control ID, as in HL7 v2, where the bar itself is MSH-1; hl7parser agrees.
# Seen: In the header each field has a number one lower than in the standard, in all other segments the standard's.
# Hurts: Who acknowledges messages: MSA-2 takes 'P' for the ID of the message answered, and the sender sends it
#   again.
# Versions: hl7find 1.0.2, Python 3.11; hl7parser 1.0.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile hl7find==1.0.2
npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts hl7parser@1.0.1

cat >expected <<'EXPECTED'
hl7find MSH.3 S1
hl7find MSH.10 P
hl7find MSH.12 None
hl7find PID.5.2 JANE
hl7parser MSH.3 TRIAL
hl7parser MSH.10 CTRL-1
hl7parser MSH.12 2.5.1
hl7parser PID.5.2 JANE
EXPECTED

cat >message.txt <<'MESSAGE'
MSH|^~\&|TRIAL|S1|EDC|H|202603020930||ADT^A08|CTRL-1|P|2.5.1
PID|1||IM-0122-7||DOE^JANE
MESSAGE

cat >look.py <<'PYTHON'
from pathlib import Path

from hl7find import HL7Message

message = HL7Message(Path("message.txt").read_text())
for place in ("MSH.3", "MSH.10", "MSH.12", "PID.5.2"):
    print("hl7find", place, message.find(place))
PYTHON

cat >look.cjs <<'JAVASCRIPT'
const { readFileSync } = require("node:fs");
const hl7parser = require("hl7parser");

const message = hl7parser.create(readFileSync("message.txt", "utf8").trimEnd().replaceAll("\n", "\r"));
for (const place of ["MSH.3", "MSH.10", "MSH.12", "PID.5.2"]) {
  console.log("hl7parser", place, message.get(place).toString());
}
JAVASCRIPT

{ venv/bin/python look.py && node look.cjs; } | tee seen
diff expected seen || {
  echo "CHANGED: hl7find or hl7parser counts the header in another way now." >&2
  exit 1
}
