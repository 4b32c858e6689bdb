import type { ReconciliationAnswer, ReconciliationRow } from "../../../src/protocol/api-reconciliation.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

function compared(nowMs: number, changes: Partial<ReconciliationRow>): ReconciliationRow {
  return {
    ...{ kind: "position", bots: ["perp-eth"], mode: "live", venue: "binance", symbol: "ETHUSDT", currency: "USDT" },
    ...{ ours: "8", theirs: "8", reported: "8", difference: "0", drift_pct: 0, state: "agrees", since: null },
    ...{ only_ours: [], only_theirs: [], read_at: iso(nowMs - 4_000) },
    ...changes,
  };
}

/** One account that agrees and differs, one that cannot be read, one whose key may do too much. */
export const sampleReconciliation = (nowMs: number): ReconciliationAnswer => ({
  reconciliation: [
    compared(nowMs, {
      ...{ ours: "1.25", theirs: "1.5", reported: "1.5", difference: "0.25", drift_pct: 1 / 6 },
      ...{ symbol: "BTCUSDT", state: "differs", since: iso(nowMs - 760_000) },
    }),
    compared(nowMs, {
      ...{
        kind: "orders",
        ours: "12",
        theirs: "19",
        reported: null,
        difference: "7",
        drift_pct: 7 / 19,
        state: "differs",
      },
      since: iso(nowMs - 90_000_000),
      only_theirs: ["8886774101", "8886774102", "8886774103", "8886774104", "8886774105", "8886774106", "8886774107"],
    }),
    compared(nowMs, { difference: "0.5", theirs: "8.5", drift_pct: 1 / 17, state: "settling", symbol: "SOLUSDT" }),
    compared(nowMs, {}),
    compared(nowMs, {
      kind: "balance",
      symbol: null,
      ours: "10250.13",
      theirs: "10250.4",
      reported: null,
      difference: "0.27",
    }),
    compared(nowMs, {
      ...{ kind: "fees", symbol: null, account: "perp-eth", date: "2026-11-19", reported: null },
      ...{ ours: "12.4", theirs: "13.95", difference: "1.55", drift_pct: 1.55 / 13.95, state: "differs" },
      since: iso(nowMs - 40_000_000),
    }),
    compared(nowMs, {
      bots: ["arb-1", "scan-elections"],
      venue: "kalshi",
      symbol: "KXFED-27APR-T4.25",
      reported: null,
    }),
  ],
  accounts: [
    {
      ...{ venue: "binance", bots: ["perp-eth"], mode: "live", every_s: 30, key: "read_only" },
      ...{ read_at: iso(nowMs - 4_000), read_age_s: 4, problem: null },
    },
    {
      ...{ venue: "kalshi", bots: ["arb-1", "scan-elections"], mode: "live", every_s: 30, key: "unknown" },
      ...{ read_at: iso(nowMs - 420_000), read_age_s: 420, problem: "/portfolio/orders: HTTP 503" },
    },
    {
      ...{ venue: "binance-2", bots: ["mm-btc"], mode: "live", every_s: 60, key: "refused", read_at: null },
      ...{ read_age_s: null, problem: "not read, because the key may trade futures: make one that may only read" },
    },
  ],
  as_of: iso(nowMs),
  as_of_seq: 90_000,
});

export const noReconciliation = (nowMs: number): ReconciliationAnswer => ({
  ...{ reconciliation: [], accounts: [], as_of: iso(nowMs), as_of_seq: 0 },
});
