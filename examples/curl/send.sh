#!/bin/sh
# Sends an edge, a fill and a heartbeat with curl, and reads the fill back.
# DESKWATCH_URL is the hub's address (http://localhost:8000 when unset), DESKWATCH_KEY a key if it wants one.
set -eu

url="${DESKWATCH_URL:-http://localhost:8000}"
now="$(date -u +%Y-%m-%dT%H:%M:%SZ)"
trade="$(date +%s)-$$"

call() {
  if [ -n "${DESKWATCH_KEY:-}" ]; then
    # From a file that is no file, so that the key shows in no list of processes.
    printf 'header = "Authorization: Bearer %s"\n' "$DESKWATCH_KEY" | curl -sS --fail-with-body -K - "$@"
  else
    curl -sS --fail-with-body "$@"
  fi
  echo
}

call -X POST "$url/api/edges" -H 'Content-Type: application/json' -d '{
  "bot": "example-curl",
  "pair_id": "pm-0x1234:kalshi-ABC",
  "primary_market": "Market A",
  "hedge_market": "Market B",
  "net_edge_cents": 3.2,
  "confidence": 0.88,
  "timestamp": "'"$now"'"
}'

events='{"type":"heartbeat","bot":"example-curl","ts":"'"$now"'","interval_s":60,"progress":1}
{"type":"fill","bot":"example-curl","ts":"'"$now"'","fill_id":"'"$trade"'","venue":"kalshi","symbol":"CPI-3.0","side":"buy","price":"0.42","size":"10"}'

call -X POST "$url/api/v1/events" -H 'Content-Type: application/x-ndjson' --data-binary "$events"

call "$url/api/v1/fills?limit=1&bot=example-curl"
