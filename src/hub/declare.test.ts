import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { decimalText, decimal } from "../domain/decimal.ts";
import { emptyState, reduce } from "../engine/fold.ts";
import { readMetricNamed } from "../engine/read-metrics.ts";
import { fingerprint } from "../engine/snapshot.ts";
import type { Declared, DeclaredInstrument } from "../protocol/declared.ts";

const START = Date.UTC(2026, 1, 24, 12) * 1000;
const NOTHING: Declared = { instruments: [], rates: [], limits: {} };
const PERP: DeclaredInstrument = {
  venue: "okx",
  symbol: "BTC-USD-SWAP",
  kind: "inverse",
  base: "BTC",
  quote: "USD",
  settle: "BTC",
  multiplier: "100",
  category: "crypto",
};
const SPOT: DeclaredInstrument = { venue: "v", symbol: "E", kind: "spot", base: "E", quote: "EUR" };

let bench: HandDrivenHub;

beforeEach(() => {
  bench = new HandDrivenHub(START);
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

/** Starts the hub anew, on the same store, with what the file says now. */
async function startWith(declared: Declared): Promise<void> {
  await bench.stop();
  await bench.start({ declared });
}

async function send(...events: Record<string, unknown>[]): Promise<void> {
  const ts = new Date(START / 1000).toISOString();
  const done = await bench.hub?.ingest.submit(events.map((value) => ({ value: { bot: "mm", ts, ...value } })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(`not taken: ${JSON.stringify(done)}`);
}

const fill = (id: string, side: string, price: number, more: object = {}) => ({
  ...{ type: "fill", fill_id: id, venue: "v", symbol: "E", side, size: 1, price },
  ...more,
});

const aTrade = [fill("f1", "buy", 10), fill("f2", "sell", 14)];

function read(name: string, window: "all" | "now" = "all") {
  const { hub, now } = bench;
  if (hub === undefined) throw new Error("no hub runs");
  return readMetricNamed(hub.state, now, name, { bot: "mm", mode: "live", window });
}

function valueNow(name: string) {
  const answer = read(name, "now");
  return typeof answer === "string" ? answer : answer.value;
}

const later = (seconds: number): string => new Date(START / 1000 + seconds * 1000).toISOString();

async function said(...types: string[]): Promise<Record<string, unknown>[]> {
  const page = await bench.store?.events({ limit: 1_000, order: "oldest" });
  const events = (page?.events ?? []).map((text) => JSON.parse(text) as Record<string, unknown>);
  return events.filter(({ type }) => types.length === 0 || types.includes(String(type)));
}

const declarations = () => said("instrument.declared", "instrument.withdrawn", "rate.declared");

async function untilRight(): Promise<void> {
  await vi.waitFor(() => {
    bench.time.advance(1_000);
    expect(bench.hub?.state.bots.get("mm")?.staleLedgers.size).toBe(0);
  }, 30_000);
}

/** The log folded from its beginning by another reader. */
async function refolded(): Promise<string> {
  const state = emptyState();
  await bench.store?.replay(0, (events) => {
    for (const recorded of events) reduce(state, recorded);
  });
  return fingerprint(state);
}

describe("What the configuration file declares", () => {
  test("is told to the log when it differs from what was told before, and only then", async () => {
    await startWith({ instruments: [PERP, SPOT], rates: [{ currency: "EUR", per: "USD", price: "1.10" }], limits: {} });
    expect(await declarations()).toMatchObject([
      { type: "instrument.declared", bot: "deskwatch", ...PERP },
      { type: "instrument.declared", ...SPOT },
      { type: "rate.declared", currency: "EUR", per: "USD", price: "1.1" },
    ]);
    await startWith({ instruments: [SPOT, PERP], rates: [{ currency: "EUR", per: "USD", price: "1.1" }], limits: {} });
    expect(await declarations()).toHaveLength(3);
    await startWith({ instruments: [{ ...SPOT, category: "fx" }], rates: [], limits: {} });
    expect((await declarations()).slice(3)).toMatchObject([
      { type: "instrument.declared", symbol: "E", category: "fx" },
      { type: "instrument.withdrawn", symbol: "BTC-USD-SWAP" },
      { type: "rate.declared", currency: "EUR", per: "USD" },
    ]);
    await startWith(NOTHING);
    await startWith({ instruments: [SPOT], rates: [], limits: {} });
    expect((await declarations()).slice(6)).toMatchObject([
      { type: "instrument.withdrawn", symbol: "E" },
      { type: "instrument.declared", symbol: "E" },
    ]);
  });

  test("gives money of an instrument that no event told of its currency, and sums it through a declared rate", async () => {
    await startWith({ instruments: [SPOT], rates: [], limits: {} });
    await send(...aTrade);
    expect(read("realized_pnl")).toMatchObject({ value: 4, currency: "EUR" });
    await startWith({ instruments: [SPOT], rates: [{ currency: "USD", per: "EUR", price: "0.8" }], limits: {} });
    expect(read("realized_pnl")).toMatchObject({ value: 5, currency: "USD" });
  });

  test("makes ledgers again that were kept on other terms, and again when it is withdrawn", async () => {
    await startWith(NOTHING);
    const perp = { venue: PERP.venue, symbol: PERP.symbol };
    await send(fill("f1", "buy", 50_000, perp), fill("f2", "sell", 62_500, perp));
    expect(read("realized_pnl")).toMatchObject({ value: 12_500 });
    await startWith({ instruments: [PERP], rates: [], limits: {} });
    await untilRight();
    // 100 USD a contract: 100 ÷ 50,000 − 100 ÷ 62,500 of BTC.
    expect(read("realized_pnl")).toMatchObject({ value: expect.closeTo(0.0004, 15), currency: "BTC" });
    await startWith(NOTHING);
    await untilRight();
    expect(read("realized_pnl")).toMatchObject({ value: 12_500 });
  });

  test("holds over what bots say of the same instrument, before or after, field by field", async () => {
    await startWith(NOTHING);
    await send({
      type: "instrument",
      venue: "v",
      symbol: "E",
      kind: "spot",
      quote: "CHF",
      category: "told",
      tick: "0.1",
    });
    await startWith({ instruments: [SPOT], rates: [], limits: {} });
    const known = () => bench.hub?.state.desk.instruments.get("v\tE");
    expect(known()).toMatchObject({ type: "instrument", quote: "EUR", category: "told", tick: "0.1" });
    await send({ type: "instrument", venue: "v", symbol: "E", kind: "spot", title: "Told later" });
    expect(known()).toMatchObject({ quote: "EUR", category: "told", title: "Told later" });
    await startWith(NOTHING);
    expect(known()).toMatchObject({ type: "instrument", quote: "CHF", category: "told", title: "Told later" });
  });

  test("yields to a rate that was told", async () => {
    await startWith({ instruments: [SPOT], rates: [{ currency: "EUR", per: "USD", price: "2" }], limits: {} });
    await send(...aTrade);
    expect(read("realized_pnl")).toMatchObject({ value: 8, currency: "USD" });
    await send({ type: "rate", currency: "EUR", per: "USD", price: "1.5" });
    expect(read("realized_pnl")).toMatchObject({ value: 6, currency: "USD" });
  });

  test("is in the fold of the log after a restart, from a snapshot, and from the beginning", async () => {
    await startWith({ instruments: [SPOT, PERP], rates: [{ currency: "EUR", per: "USD", price: "1.1" }], limits: {} });
    await send({ type: "risk", equity_quote: 5 }, ...aTrade, {
      type: "instrument",
      venue: "v",
      symbol: "E",
      kind: "spot",
      tick: "0.01",
    });
    await startWith({ instruments: [{ ...SPOT, quote: "CHF" }], rates: [], limits: {} });
    await untilRight();
    const live = fingerprint(bench.hub?.state ?? emptyState());
    expect(await refolded()).toBe(live);
    await bench.stop();
    await bench.start();
    expect(bench.hub?.recovered.fromSnapshot).toBe(true);
    expect(fingerprint(bench.hub?.state ?? emptyState())).toBe(live);
    const ledger = [...(bench.hub?.state.bots.get("mm")?.ledgers.values() ?? [])][0];
    expect([ledger?.terms.currency, decimalText(ledger?.holding.quantity ?? decimal("1"))]).toEqual(["CHF", "0"]);
  });

  test("sets the limits that losses are held against, and leaves those of document 1 when it sets none", async () => {
    await startWith({ ...NOTHING, limits: { daily_loss_pct: 0.1 } });
    await send({ type: "risk", equity_quote: 1_000 }, { type: "risk", equity_quote: 950, ts: later(120) });
    const limits = () => ["daily_loss_limit", "daily_loss_used", "drawdown_limit", "drawdown_used"].map(valueNow);
    expect(limits()).toEqual([0.1, expect.closeTo(0.5), 0.05, expect.closeTo(1)]);
    await startWith({ ...NOTHING, limits: { drawdown_pct: 0.2 } });
    expect(limits()).toEqual([0.03, expect.closeTo(0.05 / 0.03), 0.2, expect.closeTo(0.25)]);
    expect(await said("limit.declared")).toMatchObject([
      { metric: "daily_loss_pct", limit: 0.1 },
      { metric: "daily_loss_pct" },
      { metric: "drawdown_pct", limit: 0.2 },
    ]);
  });

  test("cannot be said by a bot", async () => {
    await startWith(NOTHING);
    const done = await bench.hub?.ingest.submit([
      { value: { type: "instrument.declared", bot: "mm", ts: "2026-02-24T12:00:00Z", ...SPOT } },
    ]);
    expect(done).toMatchObject({ ok: true, value: { items: [{ kind: "rejected", rejection: { path: "type" } }] } });
    expect(await said()).toEqual([]);
  });
});
