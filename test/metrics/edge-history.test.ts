import { afterEach, beforeEach, expect, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { type Micros, micros } from "../../src/base/time.ts";
import type { EdgeHistoryFilter } from "../../src/hub/read-edge-history.ts";
import { type EdgeHistoryAnswer, edgeHistoryAnswer } from "../../src/protocol/api-edges.ts";
import { HandDrivenHub } from "../support/hand-driven-hub.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { waitUntil } from "../support/wait-until.ts";

const NOON = Date.parse("2026-03-14T12:00:00.000Z");
const at = (seconds: number): string => new Date(NOON + seconds * 1_000).toISOString();
const moment = (seconds: number): Micros => micros((NOON + seconds * 1_000) * 1_000);

const BUY_KALSHI = "buy kalshi, sell polymarket";
const BUY_POLYMARKET = "buy polymarket, sell kalshi";

const edge = (seconds: number, cents: number, more: object = {}) => ({
  type: "edge",
  bot: "arb",
  ts: at(seconds),
  pair_id: "rain",
  primary_market: "KXRAIN-T1",
  hedge_market: "rain-in-june-YES",
  net_edge_cents: cents,
  direction: BUY_KALSHI,
  ...more,
});

let desk: HandDrivenHub;
beforeEach(() => {
  desk = new HandDrivenHub(moment(0));
});
afterEach(async () => {
  await desk.stop();
  desk.remove();
});

/** Tells events at the moment that each is of. */
async function tell(...events: readonly { readonly ts: string }[]): Promise<void> {
  for (const event of events) {
    desk.now = micros(Date.parse(event.ts) * 1_000);
    const told = await ensure(desk.hub, "a hub").ingest.submit([{ value: event }], { speaker: "bot" });
    if (!told.ok || told.value.items[0]?.kind === "rejected") throw new Error(JSON.stringify(told));
  }
}

async function history(filter: EdgeHistoryFilter): Promise<EdgeHistoryAnswer> {
  const answer = await ensure(desk.hub, "a hub").query.edgeHistory(filter);
  if (typeof answer === "string") throw new Error(answer);
  return edgeHistoryAnswer.parse(answer);
}

const last = ({ lines }: EdgeHistoryAnswer): (readonly [string | null, ...number[]])[] =>
  lines.map(({ direction, points }) => [direction, ...points.map(({ last_cents: cents }) => cents)]);

test("both directions of a pair are told step by step, with the lowest, the highest and the newest of each", async () => {
  await desk.start();
  await tell(
    edge(60, 1.5),
    edge(61, -0.5, { direction: BUY_POLYMARKET }),
    edge(62, 2.5),
    edge(64, 2),
    edge(66, 0.25),
    edge(70, 9, { pair_id: "snow", primary_market: "KXSNOW-T1", hedge_market: "snow-YES" }),
  );
  const told = await history({ pairId: "rain", from: moment(0), step: 5_000_000 });
  expect(told).toMatchObject({ step_s: 5, left_off: false, from: at(0), to: at(70) });
  expect(told.lines.map(({ points, direction }) => ({ direction, points }))).toEqual([
    {
      direction: BUY_KALSHI,
      points: [
        { from: at(60), to: at(65), min_cents: 1.5, max_cents: 2.5, last_cents: 2 },
        { from: at(65), to: at(70), min_cents: 0.25, max_cents: 0.25, last_cents: 0.25 },
      ],
    },
    {
      direction: BUY_POLYMARKET,
      points: [{ from: at(60), to: at(65), min_cents: -0.5, max_cents: -0.5, last_cents: -0.5 }],
    },
  ]);
});

test("a pair is found by its markets too, first or second", async () => {
  await desk.start();
  await tell(edge(60, 1));
  const found = async (filter: Omit<EdgeHistoryFilter, "from">) => (await history({ ...filter })).lines.length;
  expect(await found({ market: "KXRAIN-T1" })).toBe(1);
  expect(await found({ market: "rain-in-june-YES", against: "KXRAIN-T1" })).toBe(1);
  expect(await found({ market: "KXRAIN-T1", against: "snow-YES" })).toBe(0);
  expect(await found({ market: "KXRAIN-T1", bot: "another" })).toBe(0);
});

test("an hour ago there are minutes, and longer steps hold all of their minutes", async () => {
  await desk.start();
  await tell(edge(0, 1), edge(20, 3), edge(60, -2), edge(2 * 3_600, 5));
  const minutes = await history({ pairId: "rain", from: moment(0), step: 1_000_000 });
  expect([minutes.step_s, last(minutes)]).toEqual([60, [[BUY_KALSHI, 3, -2, 5]]]);
  const [line] = (await history({ pairId: "rain", from: moment(0), step: 600_000_000 })).lines;
  expect(line?.points[0]).toMatchObject({ min_cents: -2, max_cents: 3, last_cents: -2 });
});

test("edges that facts need stay after a restart, and those of the last hour come back from what was kept", async () => {
  await desk.start();
  const cited = { type: "opportunity", bot: "arb", opportunity_id: "1", pair_id: "rain", action: "detected" };
  await tell(edge(10, 4), { ...cited, ts: at(11), edge_cents: 4 } as { ts: string }, edge(3_600, 1));
  desk.time.advance(300);
  await desk.stop();
  desk.now = moment(2 * 3_600);
  await desk.start();
  await waitUntil("the kept edges are read", async () => {
    const told = await history({ pairId: "rain", from: moment(0), step: 60_000_000 });
    return told.samples_from === at(3_600) && last(told)[0]?.length === 3;
  });
  expect(last(await history({ pairId: "rain", from: moment(0), step: 60_000_000 }))).toEqual([[BUY_KALSHI, 4, 1]]);
});

test("a span that cannot be told is refused", async () => {
  await desk.start();
  desk.now = moment(60);
  const { edgeHistory } = ensure(desk.hub, "a hub").query;
  expect(await edgeHistory({ pairId: "rain", from: moment(100) })).toBe("no time");
  expect(await edgeHistory({ pairId: "rain", from: moment(-30 * 86_400), step: 60_000_000 })).toBe("too many points");
});

test("the API tells it, and says what it has to be asked", async () => {
  const { url } = await scratchHub();
  const now = Date.now();
  await sendTo(url, [{ ...edge(0, 2.5), ts: now }]);
  const told = edgeHistoryAnswer.parse(await (await fetch(`${url}/api/v1/edges/history?pair_id=rain`)).json());
  expect(told.lines.map(({ points }) => points.at(-1)?.last_cents)).toEqual([2.5]);
  const nothing = await fetch(`${url}/api/v1/edges/history`);
  expect([nothing.status, await nothing.json()]).toMatchObject([400, { detail: "Say `pair_id`, or `market`." }]);
  const long = await fetch(`${url}/api/v1/edges/history?pair_id=rain&from=2026-01-01T00:00:00Z&step=1m`);
  expect([long.status, await long.json()]).toMatchObject([400, { errors: [{ path: "step" }] }]);
});
