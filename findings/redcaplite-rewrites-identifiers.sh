#!/usr/bin/env bash
# redcaplite turns the record 0012 into 12, the lot 1E5 into 100000 and the initials NA into nothing.
#
# Guess: What REDCap exports as text stays text: identifiers, lots and initials come as they are in the export.
# Seen: Each column's type is guessed anew: leading zeros go, 1E5 is a number, NA is a missing value, and a
#   column of whole numbers with one gap has decimals.
# Hurts: A merge with the randomisation list by record number finds nobody; a participant with the initials N.
#   A. has none.
# Versions: redcaplite 2.3.0, pandas 3.1.1, Python 3.11. The server is a stub on the loopback address.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check --no-compile redcaplite==2.3.0 pandas==3.1.1

cat >expected <<'EXPECTED'
record_id ['12', '13']
initials ['nan', 'BC']
lot ['100000.0', '2000.0']
visit ['1.0', 'nan']
EXPECTED

cat >look.py <<'PYTHON'
import contextlib
import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from redcaplite import RedcapClient

EXPORT = b"record_id,initials,lot,visit\n0012,NA,1E5,1\n0013,BC,2E3,\n"


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "text/csv; charset=utf-8")
        self.end_headers()
        self.wfile.write(EXPORT)

    def log_message(self, *words):
        pass


server = HTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
with contextlib.redirect_stdout(io.StringIO()):
    client = RedcapClient(f"http://127.0.0.1:{server.server_port}/api/", "0" * 32)
    table = client.export_records(format="csv")
server.shutdown()
for column in table:
    print(column, [str(cell) for cell in table[column]])
PYTHON

venv/bin/python look.py | tee seen
diff expected seen || {
  echo "CHANGED: redcaplite hands out other types now." >&2
  exit 1
}
