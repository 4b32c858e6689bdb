import { describe, expect, test } from "vitest";
import type { EdgeView, FillView, VenueHealth } from "../protocol/api.ts";
import { edgeColumns, fillColumns, venueColumns } from "./desk-tables.ts";
import { textWidth } from "./printable.ts";
import { type TextColumn, textTable } from "./text-table.ts";

const NOW = Date.UTC(2026, 1, 24, 12);

const table = <Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[], width = Number.POSITIVE_INFINITY) =>
  textTable({ columns, rows, width, paint: (text) => text });

const fill: FillView = {
  seq: 1,
  id: "1",
  fill_id: "f1",
  bot: "maker-1",
  mode: "live",
  timestamp: "2026-02-24T11:59:58.000Z",
  received_at: "2026-02-24T11:59:58.000Z",
  venue: "binance",
  symbol: "BTC-USDT",
  side: "buy",
  price: "64120.5",
  size: "0.25",
  voided: false,
  contradicted: false,
};
const pair: FillView = {
  seq: 2,
  id: "2",
  fill_id: "f2",
  bot: "arb-1",
  mode: "live",
  timestamp: "2026-02-24T11:59:59.000Z",
  received_at: "2026-02-24T11:59:59.000Z",
  pair_id: "pm-0x1234:kalshi-ABC",
  entry_edge_cents: 3.2,
  realized_edge_cents: 2.5,
  fees_cents: 0.3,
  size_usd: 100,
  pnl_cents: 150,
  voided: false,
  contradicted: false,
};
const head = (fills: readonly FillView[]): string => table(fillColumns(fills, NOW), fills)[0] ?? "";

describe("fillColumns", () => {
  test("show edge, profit and notes where any fill has them", () => {
    expect(head([fill])).toBe("UTC       BOT      MARKET    SIDE      PRICE  SIZE  FEE");
    expect(head([fill, pair])).toMatch(/EDGE ¢ +FEE +PnL USD$/);
    expect(head([{ ...fill, voided: true }])).toMatch(/FEE +NOTE$/);
  });

  test("say the mode as soon as any fill is not live", () => {
    expect(head([fill])).not.toContain("MODE");
    expect(table(fillColumns([fill, { ...fill, mode: "paper" }], NOW), [fill])[1]).toContain("  LIVE  ");
  });

  test("print a pair trade with its edges in cents and its profit in USD", () => {
    expect(table(fillColumns([pair], NOW), [pair])[1]).toBe(
      "11:59:59  arb-1  pm-0x1234:kalshi-ABC  —         —  100.00 USD  +3.2 → +2.5  0.30 ¢    +1.50",
    );
  });

  test("fit into 80 columns with market, price, size and edge left", () => {
    const lines = table(fillColumns([fill, pair], NOW), [fill, pair], 80);
    for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80);
    expect(lines[0]).toMatch(/MARKET .*PRICE .*SIZE .*EDGE ¢/);
  });
});

test("edges are told in cents, with the leader or why there is none", () => {
  const edge: EdgeView = {
    pair_id: "p",
    primary_market: "US Election - Trump Yes",
    hedge_market: "PRES-TRUMP-YES",
    net_edge_cents: 3.2,
    expected_slippage_cents: 0.4,
    timestamp: "2026-02-24T11:59:58.000Z",
    id: "e",
    bot: "arb-1",
    mode: "live",
    age_s: 2,
  };
  const lines = table(edgeColumns([edge]), [edge]);
  expect(lines[1]).toMatch(/^US Election - Trump Yes ↔ PRES-TRUMP-YES +\+3\.20 +0\.40 +— +— +arb-1 +2 s$/);
  expect(lines).toContain("— LEADER: the bot named no leading venue");
});

test("a venue that is halted says so before its health, and what is unknown of it why", () => {
  const venue: VenueHealth = {
    venue: "kalshi",
    status: "healthy",
    latency_p50_ms: 120,
    latency_p95_ms: 280,
    error_rate: 0.001,
    last_message_age_s: null,
    halted: true,
    connected: true,
  };
  const lines = table(venueColumns(), [venue]);
  expect(lines[1]).toMatch(/^kalshi +■ halted +120 +280 +0\.10 +—/);
  expect(lines).toContain("— HEARD: no message came yet");
});
