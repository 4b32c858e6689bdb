import { expect, test } from "vitest";
import type { EdgeView } from "../protocol/api.ts";
import type { EdgeLineView } from "../protocol/api-edges.ts";
import { edgeChart, edgeDirections, type EdgesBetween, withLiveEdges } from "./edge-chart.ts";

const NOON = Date.parse("2026-03-14T12:00:00.000Z");
const iso = (seconds: number): string => new Date(NOON + seconds * 1_000).toISOString();
const point = (seconds: number, cents: number) => ({
  from: iso(seconds),
  to: iso(seconds + 10),
  min_cents: cents - 1,
  max_cents: cents + 1,
  last_cents: cents,
});
const line = (direction: string | null, points: EdgeLineView["points"], more: Partial<EdgeLineView> = {}) => ({
  bot: "arb",
  pair_id: "rain",
  primary_market: "A",
  hedge_market: "B",
  direction,
  points,
  ...more,
});
const between = (...lines: EdgeLineView[]): EdgesBetween => ({ from: iso(0), to: iso(100), step_s: 10, lines });
const live = (seconds: number, cents: number, more: Partial<EdgeView> = {}): EdgeView => ({
  ...{ pair_id: "rain", primary_market: "A", hedge_market: "B", net_edge_cents: cents, direction: "one way" },
  ...{ timestamp: iso(seconds), id: "1", bot: "arb", mode: "live", age_s: 1 },
  ...more,
});
const all = (): boolean => true;

test("a line is held while an edge counts, and broken where none was told for longer", () => {
  const { times, lines } = edgeChart(between(line("one way", [point(0, 1), point(10, 2), point(60, 3)])), []);
  expect(times).toEqual([0, 10, 20, 30, 40, 50, 60].map((seconds) => NOON + seconds * 1_000));
  expect(lines.map(({ values }) => values)).toEqual([[1, 2, 2, 2, 2, null, 3]]);
});

test("what the stream tells goes on with the line of its direction, in its step or a new one", () => {
  const read = between(line("one way", [point(0, 1), point(10, 2)]));
  const inStep = withLiveEdges(read, [live(15, 9)], all).lines[0]?.points;
  expect(inStep).toEqual([point(0, 1), { ...point(10, 2), last_cents: 9, max_cents: 9 }]);
  const after = withLiveEdges(read, [live(25, 9)], all).lines[0]?.points;
  expect(after?.at(-1)).toEqual({ from: iso(20), to: iso(30), min_cents: 9, max_cents: 9, last_cents: 9 });
});

test("an edge that is older than what was read, or not between the markets, changes nothing", () => {
  const read = between(line("one way", [point(0, 1), point(10, 2)]));
  expect(withLiveEdges(read, [live(5, 9)], all)).toEqual(read);
  expect(withLiveEdges(read, [live(15, 9)], () => false)).toEqual(read);
});

test("a direction that only the stream has told is a line too", () => {
  const { lines } = withLiveEdges(
    between(),
    [live(5, 9, { best_side: "YES" }), live(5, 8, { direction: "other" })],
    all,
  );
  expect(lines.map(({ direction, points }) => [direction, points.length])).toEqual([
    ["one way", 1],
    ["other", 1],
  ]);
});

test("each direction says what it is now, and its lowest and highest over the time", () => {
  const read = between(line("one way", [point(0, 1), point(10, 5)]), line(null, [point(0, -2)]));
  const [one, other] = edgeDirections(read, [live(15, 4.5, { size: 120, leader: "kalshi" })]);
  expect([one?.label, one?.net.text, one?.low.text, one?.high.text, one?.size.text]).toEqual([
    ...["one way", "+4.50", "0.00", "+6.00", "120"],
  ]);
  expect(one?.about).toBe("arb, pair rain, kalshi leads");
  expect([other?.label, other?.net.reason, other?.size.text]).toEqual(["best direction", "it is not told now", "—"]);
});

test("directions of several bots or pairs say whose they are", () => {
  const lines = [line("one way", [point(0, 1)]), line("one way", [point(0, 2)], { bot: "other", pair_id: "rain-2" })];
  expect(edgeChart(between(...lines), []).lines.map(({ label }) => label)).toEqual([
    "one way, arb, rain",
    "one way, other, rain-2",
  ]);
});

test("nothing told is a chart without points", () => {
  expect(edgeChart(between(), [])).toMatchObject({ times: [], lines: [], fromMs: NOON });
});
