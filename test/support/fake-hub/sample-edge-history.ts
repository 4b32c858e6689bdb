import type { EdgeHistoryAnswer, EdgeLineView } from "../../../src/protocol/api-edges.ts";

const STEP_MS = 10_000;
/** The market whose pair is told both ways; of others nothing is told. */
export const EDGE_MARKET = "KXPRES-TRUMP";
export const EDGE_PAIR = "KXPRES-TRUMP:0x1234a7";

const DIRECTIONS = [
  { direction: "buy kalshi, sell polymarket", sign: 1 },
  { direction: "buy polymarket, sell kalshi", sign: -1 },
] as const;

/** `GET /api/v1/edges/history`: two directions that mirror each other, with a silence of some minutes in the middle. */
export function sampleEdgeHistory(
  query: URLSearchParams,
  nowMs = Date.now(),
): Omit<EdgeHistoryAnswer, "as_of" | "as_of_seq"> {
  const [fromMs, toMs] = [Date.parse(query.get("from") ?? ""), nowMs];
  const isTold = query.get("market") === EDGE_MARKET;
  const span = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  const lines = isTold ? DIRECTIONS.map((each) => line(each, { fromMs, toMs })) : [];
  return { mode: query.get("mode"), ...span, step_s: STEP_MS / 1_000, samples_from: span.from, lines, left_off: false };
}

function line(
  { direction, sign }: (typeof DIRECTIONS)[number],
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): EdgeLineView {
  const points: EdgeLineView["points"] = [];
  const first = Math.ceil(fromMs / STEP_MS) * STEP_MS;
  for (let at = Math.max(first, toMs - 3_600_000); at + STEP_MS <= toMs; at += STEP_MS) {
    const minutes = (at - fromMs) / 60_000;
    if (minutes > 25 && minutes < 31) continue;
    const value = Math.round((sign * (1.4 + Math.sin(minutes / 6) + Math.sin(minutes * 1.7) / 5) - 0.6) * 100) / 100;
    points.push({
      from: new Date(at).toISOString(),
      to: new Date(at + STEP_MS).toISOString(),
      min_cents: value - 0.1,
      max_cents: value + 0.1,
      last_cents: value,
    });
  }
  const markets = { primary_market: EDGE_MARKET, hedge_market: "0x1234a7" };
  return { bot: "arb-1", pair_id: EDGE_PAIR, ...markets, direction, points };
}
