import type { RejectedRow } from "../../../src/protocol/api.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

/** Events that were refused, newest first. */
export function sampleRejected(nowMs: number): RejectedRow[] {
  const row = (agoS: number, changes: Partial<RejectedRow>): RejectedRow => ({
    at: iso(nowMs - agoS * 1000),
    bot: "arb-1",
    code: "invalid_event",
    path: "price",
    message: 'expected a decimal above 0, found "NaN"',
    sample:
      '{"type":"fill","bot":"arb-1","ts":"2026-11-21T14:03:20Z","fill_id":"77","venue":"kalshi","symbol":"PRES","side":"buy","price":"NaN","size":"200"}',
    ...changes,
  });
  return [
    row(12, {}),
    row(95, { path: "side", message: 'expected one of buy, sell, found "BUY_YES"' }),
    row(900, { code: "unknown_type", path: "type", message: 'no event type is called "filled"', bot: "perp-eth" }),
    row(4000, { bot: null, path: "bot", message: 'expected 1 to 64 of A-Z a-z 0-9 . _ : -, found "my bot"' }),
  ];
}
