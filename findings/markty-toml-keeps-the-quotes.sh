#!/usr/bin/env bash
# markty-toml reads 'Lyon' with its quotation marks, 1_000 as a text, and 'true' with its comment as one.
#
# Guess: What it cannot read it refuses; what TOML 1.0 allows it reads as smol-toml does.
# Seen: Literal strings keep their quotation marks, numbers with an underscore are texts, a value with a comment
#   behind it is a text that holds the comment, and a dotted key is one long name. No error.
# Hurts: Protocol files: blinded = true # yes is a text, and a test for false never fires; the dose has no arm.
# Versions: markty-toml 0.1.1, smol-toml 1.9.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts markty-toml@0.1.1 smol-toml@1.9.1

cat >expected <<'EXPECTED'
site = 'Lyon': smol-toml {"site":"Lyon"}, markty-toml {"site":"'Lyon'"}
planned = 1_000: smol-toml {"planned":1000}, markty-toml {"planned":"1_000"}
blinded = false # open label: smol-toml {"blinded":false}, markty-toml {"blinded":"false # open label"}
arm.low.mg = 5: smol-toml {"arm":{"low":{"mg":5}}}, markty-toml {"arm.low.mg":5}
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import { createRequire } from "node:module";
import { parse } from "smol-toml";
const module = createRequire(import.meta.url)("markty-toml");

const other = module.default ?? module;
for (const line of ["site = 'Lyon'", "planned = 1_000", "blinded = false # open label", "arm.low.mg = 5"]) {
  const [one, two] = [parse(line), other(`${line}\n`)].map((value) => JSON.stringify(value));
  console.log(`${line}: smol-toml ${one}, markty-toml ${two}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: markty-toml or smol-toml reads values in another way now." >&2
  exit 1
}
