#!/usr/bin/env bash
# @iarna/toml refuses a local time when another line follows at once.
#
# Guess: 09:30:00 is a local time wherever it stands in a TOML file.
# Seen: It is read as the last line, before a blank line, before a comment and with a fraction; with another key
#   on the next line the file is refused, and the message names that line. smol-toml reads all of them.
# Hurts: A protocol file with 'earliest' and 'latest' beneath each other: valid, in Python too, and refused by a
#   site's tool for the key that comes after.
# Versions: @iarna/toml 3.0.0, smol-toml 1.9.1, Node 20.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

npm init --yes >npm.log
npm install --silent --no-audit --no-fund --ignore-scripts @iarna/toml@3.0.0 smol-toml@1.9.1

cat >expected <<'EXPECTED'
alone: @iarna/toml 1 read, smol-toml 1 read
blank line between: @iarna/toml 2 read, smol-toml 2 read
fraction: @iarna/toml 2 read, smol-toml 2 read
next line: @iarna/toml refused, smol-toml 2 read
EXPECTED

cat >look.mjs <<'JAVASCRIPT'
import iarna from "@iarna/toml";
import { parse } from "smol-toml";

const files = {
  alone: "earliest = 09:30:00\n",
  "blank line between": "earliest = 09:30:00\n\nlatest = 17:00:00\n",
  "fraction": "earliest = 09:30:00.0\nlatest = 17:00:00\n",
  "next line": "earliest = 09:30:00\nlatest = 17:00:00\n",
};
const taken = (read, text) => {
  try {
    return `${Object.keys(read(text)).length} read`;
  } catch {
    return "refused";
  }
};
for (const [name, text] of Object.entries(files)) {
  console.log(`${name}: @iarna/toml ${taken(iarna.parse, text)}, smol-toml ${taken(parse, text)}`);
}
JAVASCRIPT

node look.mjs | tee seen
diff expected seen || {
  echo "CHANGED: one of the readers treats local times in another way now." >&2
  exit 1
}
