#!/usr/bin/env bash
# sav-reader reads a missing value of an uncompressed SPSS file as -1.797e308.
#
# Guess: System-missing is null, as the README has it.
# Seen: The number by which SPSS marks it inside the file. It is finite, so that checks for null and NaN pass, and
#   'score < 30' is true.
# Hurts: Who screens or summarises from a site's .sav: a score that nobody took counts as the lowest there is, and
#   the mean of 40 and nothing is -9e307.
# Versions: sav-reader 2.0.8 (Node 20); files by pyreadstat 1.3.7, pandas 3.1.1 (Python 3.11).
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

rows = pandas.DataFrame({"id": ["IM-0001", "IM-0002"], "score": [40.0, None]})
pyreadstat.write_sav(rows, "plain.sav")
print(pyreadstat.read_sav("plain.sav")[0].score.tolist())
PYTHON

cat >expected <<'EXPECTED'
plain.sav: [40,-1.7976931348623157e+308], below 30: 1 known
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import fs from "node:fs";
import { createRequire } from "node:module";

const { SavBufferReader } = createRequire(import.meta.url)("sav-reader");

const sav = new SavBufferReader(fs.readFileSync("plain.sav"));
await sav.open();
const scores = (await sav.readAllRows()).map((row) => row.score);
const low = scores.filter((score) => score !== null && Number.isFinite(score) && score < 30);
console.log(`plain.sav: ${JSON.stringify(scores)}, below 30: ${low.length} known`);
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: sav-reader reads missing values in another way now." >&2
  exit 1
}
