#!/usr/bin/env bash
# hl7-standard writes a text with | or & as it is, so that what follows moves into other fields.
#
# Guess: A value that is set is escaped when the message is built (HL7 v2.5, 2.7: \F\ for |, \T\ for &).
# Seen: It is written raw. Read back by the same library, the note ends at the bar, and the rest of it stands where
#   the unit should be; a name is cut at its ampersand. Escapes that are read are handed out as they are, too.
# Hurts: A hospital that sends observations: a comment with a bar turns the unit 'mL' into words.
# Versions: hl7-standard 1.0.4, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts hl7-standard@1.0.4

cat >expected <<'EXPECTED'
OBX.5 set: below range | asked again
OBX.5 read: below range 
OBX.6 read:  asked again
OBX.7 read: mL
PID.5 set: Bell & Howell
PID.5.1 read: Bell 
PID.11 read: rue A\T\B
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import HL7 from "hl7-standard";

const lines = [
  "MSH|^~\\&|TRIAL|WARD|EPR|WARD|20261130093000||ORU^R01|M1|P|2.5",
  "PID|1||IM-0104||||||||rue A\\T\\B",
  "OBX|1|TX|N^Note||x|mL",
];
const sent = new HL7(`${lines.join("\r")}\r`);
sent.transform();
const [note, name] = ["below range | asked again", "Bell & Howell"];
sent.set("OBX.5", note);
sent.set("PID.5", name);

const read = new HL7(sent.build());
read.transform();
console.log(`OBX.5 set: ${note}`);
for (const field of ["OBX.5", "OBX.6", "OBX.7"]) console.log(`${field} read: ${read.get(field)}`);
console.log(`PID.5 set: ${name}`);
console.log(`PID.5.1 read: ${[read.get("PID.5")].flat().map((one) => one["PID.5.1"] ?? one)[0]}`);
console.log(`PID.11 read: ${read.get("PID.11")}`);
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: hl7-standard writes separators in another way now." >&2
  exit 1
}
