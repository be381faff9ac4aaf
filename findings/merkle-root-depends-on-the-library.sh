#!/usr/bin/env bash
# One list of three rows has four Merkle roots, by library and setting.
#
# Guess: SHA-256 over the same three rows, in the same order, is one root, whoever computes it.
# Seen: pymerkle marks leaves and nodes with a prefix; merkletreejs does not, and carries an odd leaf up, or
#   doubles it, or sorts the rows by an option: four roots of one list. Only with pymerkle's prefixes
#   switched off do the two agree. With one row merkletreejs' root is the plain hash of that row.
# Hurts: A commitment published as 'the Merkle root of the list' cannot be checked later unless construction and
#   library are named beside it.
# Versions: pymerkle 7.0.0, merkletreejs 0.6.0, Python 3.11, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pymerkle==7.0.0
npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts merkletreejs@0.6.0

cat >expected <<'EXPECTED'
pymerkle as it comes: b3e104324d17db51
pymerkle without prefixes: 2a2793925d5b1042
merkletreejs as it comes: 2a2793925d5b1042
merkletreejs duplicateOdd: 2952c091cdedb6cc
merkletreejs sortLeaves: d9879dd5699677ec
one row: e804beab21651340 its hash: e804beab21651340
EXPECTED

cat >look.py <<'PYTHON'
from pymerkle import InmemoryTree

for secure in (True, False):
    tree = InmemoryTree(algorithm="sha256", disable_security=not secure)
    for row in (b"1,A", b"2,B", b"3,A"):
        tree.append_entry(row)
    print("pymerkle", "as it comes:" if secure else "without prefixes:", tree.get_state().hex()[:16])
PYTHON

cat >look.mjs <<'JAVASCRIPT'
import { createHash } from "node:crypto";
import { MerkleTree } from "merkletreejs";

const sha = (data) => createHash("sha256").update(data).digest();
const rows = ["1,A", "2,B", "3,A"].map(sha);
const root = (leaves, options) => new MerkleTree(leaves, sha, options).getRoot().toString("hex").slice(0, 16);
console.log("merkletreejs as it comes:", root(rows));
console.log("merkletreejs duplicateOdd:", root(rows, { duplicateOdd: true }));
console.log("merkletreejs sortLeaves:", root(rows, { sortLeaves: true }));
console.log("one row:", root(rows.slice(0, 1)), "its hash:", rows[0].toString("hex").slice(0, 16));
JAVASCRIPT

{
  venv/bin/python look.py
  node look.mjs
} | tee seen
diff expected seen || {
  echo "CHANGED: one of the libraries builds its tree in another way now." >&2
  exit 1
}
