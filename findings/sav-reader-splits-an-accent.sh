#!/usr/bin/env bash
# sav-reader breaks an accented letter where SPSS begins the next 252 bytes of a long text.
#
# Guess: A text longer than 255 bytes comes back as it was written; SPSS stores it in pieces, and a reader joins them.
# Seen: A text of 270 letters comes back with 276: from the first seam on every accent is two signs for 'unreadable',
#   and a blank stands among them. Plain English text is right, so a test with it says nothing.
# Hurts: French sites: a reason for exclusion of a few lines comes back damaged, and no longer equals what was signed.
# Versions: sav-reader 2.0.8 (Node 20); file by pyreadstat 1.3.7, pandas 3.1.1 (Python 3.11).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyreadstat==1.3.7 pandas==3.1.1
npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts sav-reader@2.0.8

venv/bin/python - <<'PYTHON'
import pandas
import pyreadstat

notes = ["n" * 300, "n" * 250 + "é" * 20]
pyreadstat.write_sav(pandas.DataFrame({"note": notes}), "notes.sav")
print(pyreadstat.read_sav("notes.sav")[0].note.tolist() == notes)
PYTHON

cat >expected <<'EXPECTED'
300 letters, unreadable: 0, blanks: 0
276 letters, unreadable: 10, blanks: 1
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import fs from "node:fs";
import { createRequire } from "node:module";

const { SavBufferReader } = createRequire(import.meta.url)("sav-reader");

const count = (text, sign) => text.split(sign).length - 1;

const sav = new SavBufferReader(fs.readFileSync("notes.sav"));
await sav.open();
for (const { note } of await sav.readAllRows())
  console.log(`${note.length} letters, unreadable: ${count(note, "\ufffd")}, blanks: ${count(note, " ")}`);
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: sav-reader joins long texts in another way now." >&2
  exit 1
}
