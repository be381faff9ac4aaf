#!/usr/bin/env bash
# jszpl writes accents into a label without saying which alphabet they are in.
#
# Guess: A label from JavaScript text says that it is UTF-8 (^CI28), or escapes what is not ASCII (^FH).
# Seen: Neither: the letters go out raw. A printer that was not set otherwise takes the bytes for another code
#   page and prints two wrong signs for each accent.
# Hurts: Kit labels in French ('à conserver à 2-8 °C'): the storage condition is unreadable, though the preview
#   is right.
# Versions: jszpl 2.0.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts jszpl@2.0.1

cat >expected <<'EXPECTED'
names the alphabet: false
escapes: false
text: ^FDÀ conserver à 2-8 °C
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { FontFamily, FontFamilyName, Label, PrintDensity, PrintDensityName, Text } from "jszpl";

const label = new Label();
label.printDensity = new PrintDensity(PrintDensityName["8dpmm"]);
label.width = 50;
label.height = 20;
const text = new Text();
label.content.push(text);
text.fontFamily = new FontFamily(FontFamilyName.D);
text.text = "À conserver à 2-8 °C";
const zpl = label.generateZPL();
console.log("names the alphabet:", zpl.includes("^CI"));
console.log("escapes:", zpl.includes("^FH"));
console.log("text:", zpl.match(/\^FD[^^]*/)[0]);
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: jszpl says its alphabet now, or writes text in another way." >&2
  exit 1
}
