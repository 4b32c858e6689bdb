#!/bin/sh
# Installs and builds what is missing or older than its sources, so that `npm start` and `npm test` work on a fresh
# clone with any Node that has npm. Everything after this runs on the Node 24 of node_modules/.bin.
set -eu
cd "$(dirname "$0")/.."

installed=node_modules/.package-lock.json
built=dist/.info/built

if [ ! -x node_modules/.bin/node ] || [ ! -f "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  echo "Installing dependencies (once)…" >&2
  npm ci --include=dev --no-audit --no-fund --loglevel=error >&2
fi

# `npm ci` has built already, through "prepare".
if [ ! -f "$built" ] || [ -n "$(find src packages/client/src packages/client/package.json tsconfig.base.json package.json \
  -type f -newer "$built" ! -name '*.test.ts' -print 2>/dev/null | head -n 1)" ]; then
  echo "Building…" >&2
  npm run --silent build >&2
fi
