#!/usr/bin/env bash
# nodehl7 reads an escaped bar as a caret, and an escaped caret as a bar.
#
# Guess: \F\ stands for the field separator (a bar), \S\ for the component separator (a caret), as HL7 v2 chapter
#   2 says and as hl7parser reads them.
# Seen: The two are exchanged; the other three escapes come out right.
# Hurts: A free text with a bar in it: 'dose 5|10 mg' arrives as 'dose 5^10 mg', which reads as a power, and is cut
#   into components by the next system.
# Versions: nodehl7 2.0.0, hl7parser 1.0.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts nodehl7@2.0.0 hl7parser@1.0.1

cat >expected <<'EXPECTED'
dose 5\F\10 mg: hl7parser 'dose 5|10 mg', nodehl7 'dose 5^10 mg'
dose 5\S\10 mg: hl7parser 'dose 5^10 mg', nodehl7 'dose 5|10 mg'
dose 5\R\10 mg: hl7parser 'dose 5~10 mg', nodehl7 'dose 5~10 mg'
dose 5\T\10 mg: hl7parser 'dose 5&10 mg', nodehl7 'dose 5&10 mg'
dose 5\E\10 mg: hl7parser 'dose 5\10 mg', nodehl7 'dose 5\10 mg'
EXPECTED

cat >look.cjs <<'JAVASCRIPT'
const hl7parser = require("hl7parser");
const nodehl7 = require("nodehl7");

const reader = new (nodehl7.default ?? nodehl7)();
(async () => {
  for (const letter of "FSRTE") {
    const text = `dose 5\\${letter}\\10 mg`;
    const message = `MSH|^~\\&|TRIAL|S1|EDC|H|20260302||ADT^A08|1|P|2.5.1\rNTE|1||${text}`;
    const one = hl7parser.create(message).get("NTE.3").toString();
    const other = (await reader.parse(message, "1")).get("NTE").parts[2];
    console.log(`${text}: hl7parser '${one}', nodehl7 '${other}'`);
  }
})();
JAVASCRIPT

node look.cjs | tee seen
diff expected seen || {
  echo "CHANGED: nodehl7 or hl7parser reads escapes in another way now." >&2
  exit 1
}
