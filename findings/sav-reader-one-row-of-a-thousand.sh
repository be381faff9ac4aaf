#!/usr/bin/env bash
# sav-reader reads one row of a thousand from a compressed SPSS file that ReadStat wrote, without an error.
#
# Guess: A thousand rows, as the head of the file says and as pyreadstat reads it back.
# Seen: readAllRows() ends after the first row of the file compressed row by row; meta.header.n_cases says 1000. The
#   same rows uncompressed are all there. (ReadStat is what R's haven and pyreadstat write with.)
# Hurts: Who loads a list or an extract of a site in JavaScript: the first participant is there, the others are not.
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

rows = pandas.DataFrame({"id": [f"IM-{n:04}" for n in range(1000)], "arm": [float(n % 3) for n in range(1000)]})
for name, compressed in (("plain.sav", False), ("compressed.sav", True)):
    pyreadstat.write_sav(rows, name, row_compress=compressed)
    print(name, len(pyreadstat.read_sav(name)[0]))
PYTHON

cat >expected <<'EXPECTED'
plain.sav: the head says 1000, rows read: 1000
compressed.sav: the head says 1000, rows read: 1
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import fs from "node:fs";
import { createRequire } from "node:module";

const { SavBufferReader } = createRequire(import.meta.url)("sav-reader");

for (const name of ["plain.sav", "compressed.sav"]) {
  const sav = new SavBufferReader(fs.readFileSync(name));
  await sav.open();
  const rows = await sav.readAllRows();
  console.log(`${name}: the head says ${sav.meta.header.n_cases}, rows read: ${rows.length}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: sav-reader reads compressed files in another way now." >&2
  exit 1
}
