import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { decimalText } from "../domain/decimal.ts";
import { heldCost } from "../domain/ledger/average-cost.ts";
import { daysOf, nowOf } from "../domain/ledger/holding.ts";
import { type Ledger, positionOf } from "../engine/ledgers.ts";
import { fingerprint } from "../engine/snapshot.ts";
import { recover } from "./recovery.ts";

const START = Date.UTC(2026, 1, 24, 12) * 1000;
const FILLS = 60;

let bench: HandDrivenHub;

beforeEach(async () => {
  bench = new HandDrivenHub(START);
  await bench.start();
});

afterEach(async () => {
  await bench.stop();
  bench.remove();
  expect(bench.problems).toEqual([]);
});

const at = (seconds: number): string => new Date(START / 1000 + seconds * 1000).toISOString();

async function send(...events: Record<string, unknown>[]): Promise<void> {
  const done = await bench.hub?.ingest.submit(events.map((value) => ({ value: { bot: "mm", ts: at(0), ...value } })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(`not taken: ${JSON.stringify(done)}`);
}

const fill = (n: number, seconds: number, more: Record<string, unknown> = {}) => ({
  type: "fill",
  fill_id: `f${n}`,
  ts: at(seconds),
  venue: "kraken",
  symbol: "BTC-USD",
  side: n % 3 === 0 ? "sell" : "buy",
  price: String(100 + (n % 7)),
  size: "2",
  fee: "0.01",
  ...more,
});

const aDay = Array.from({ length: FILLS }, (_, n) => fill(n, -3_600 + n * 10));

const ledger = (): Ledger => {
  const [only] = [...(bench.hub?.state.bots.get("mm")?.ledgers.values() ?? [])];
  if (only === undefined) throw new Error("no ledger");
  return only;
};

const summary = () => {
  const { holding } = ledger();
  const { all, open } = nowOf(holding);
  return {
    stale: holding.staleSince !== undefined,
    quantity: decimalText(positionOf(ledger()).quantity),
    cost: decimalText(heldCost(open.position)),
    realized: decimalText(all.realized),
    fills: all.fills,
    days: daysOf(nowOf(holding)).map(({ day, totals }) => [day, totals.fills, decimalText(totals.realized)]),
  };
};

/** What the ledger is when all fills come in order. */
async function inOrder(events: readonly Record<string, unknown>[]): Promise<ReturnType<typeof summary>> {
  const other = new HandDrivenHub(START);
  await other.start();
  const late = bench;
  bench = other;
  await send(...events.toSorted((a, b) => String(a["ts"]).localeCompare(String(b["ts"]))));
  const expected = summary();
  await other.stop();
  other.remove();
  bench = late;
  return expected;
}

async function untilRight(): Promise<void> {
  await vi.waitFor(() => {
    bench.time.advance(1_000);
    expect(bench.hub?.state.bots.get("mm")?.staleLedgers.size).toBe(0);
  }, 30_000);
}

async function rebasings(): Promise<Record<string, unknown>[]> {
  const page = await bench.store?.events({ limit: 100, type: "ledger.rebased" });
  return (page?.events ?? []).map((text) => JSON.parse(text) as Record<string, unknown>);
}

describe("A ledger that facts came too late for", () => {
  test("is made again from the log, and says what became of it", async () => {
    const early = [fill(900, -90_000, { side: "buy", price: "50", size: "7" }), fill(901, -3_595)];
    await send(...aDay);
    const before = summary();
    await send(...early);
    expect(summary()).toEqual({ ...before, stale: true });
    await untilRight();
    expect(summary()).toEqual(await inOrder([...aDay, ...early]));
    const [told] = await rebasings();
    expect(told).toMatchObject({
      instrument: "kraken BTC-USD",
      from_ts: "2026-02-23T00:00:00.000Z",
      before: { realized: before.realized, position: before.quantity },
      after: { realized: summary().realized, position: summary().quantity },
    });
  });

  test("is made again without a fill that was voided long after", async () => {
    await send(...aDay);
    await send({ type: "fill.voided", fill_id: "f1", venue: "kraken", reason: "FAILED" });
    expect(summary().stale).toBe(true);
    await untilRight();
    expect(summary()).toEqual(await inOrder(aDay.filter((each) => each.fill_id !== "f1")));
  });

  test("is empty once all its fills are voided, and tells the day from which it is", async () => {
    await send(...aDay);
    await send(
      ...aDay.map(({ fill_id }) => ({ type: "fill.voided", fill_id, venue: "kraken", reason: "of another account" })),
    );
    await untilRight();
    expect(summary()).toMatchObject({ quantity: "0", realized: "0", fills: 0, days: [] });
    const told = await rebasings();
    expect(told.at(-1)).toMatchObject({ from_ts: "2026-02-24T00:00:00.000Z", after: { fills: 0 } });
  });

  test("is made again when the instrument turns out to be something else", async () => {
    await send(...aDay);
    const plain = summary();
    await send({
      type: "instrument",
      venue: "kraken",
      symbol: "BTC-USD",
      kind: "linear",
      quote: "USD",
      multiplier: 10,
    });
    await untilRight();
    expect(summary().quantity).toBe(plain.quantity);
    expect(Number(summary().realized)).toBeCloseTo(Number(plain.realized) * 10, 9);
    expect(ledger().terms.currency).toBe("USD");
  });

  test("holds a settlement in its place", async () => {
    const settled = { type: "settlement", venue: "kraken", symbol: "BTC-USD", payout_per_unit: "1", ts: at(-100) };
    await send(...aDay, settled);
    const late = fill(902, -4_000);
    await send(late);
    await untilRight();
    expect(summary()).toMatchObject({ quantity: "0", cost: "0", fills: FILLS + 1 });
    expect(summary()).toEqual(await inOrder([...aDay, settled, late]));
  });

  test("is the same after a restart, from a snapshot and from the log alone", async () => {
    await send(...aDay, fill(903, -90_000));
    await untilRight();
    await send(fill(904, 5));
    const { state } = bench.hub ?? {};
    const whole = state === undefined ? "" : fingerprint(state);
    const right = summary();
    await bench.stop();
    await bench.start();
    expect(summary()).toEqual(right);
    expect(bench.hub?.recovered.fromSnapshot).toBe(true);
    expect(fingerprint((await recoverWithoutSnapshot()).state)).toBe(whole);
  });
});

async function recoverWithoutSnapshot() {
  const { store } = bench;
  if (store === undefined) throw new Error("no store");
  return recover({ ...store, loadSlices: () => Promise.resolve([]) });
}
