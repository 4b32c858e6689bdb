import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { ensure } from "../../src/base/assert.ts";
import type { Replay } from "../../src/hub/replay/replay.ts";
import type { ReplayControl } from "../../src/protocol/api-sessions.ts";
import { at, ReplayDesk } from "../support/replay-desk.ts";

const FILL = { type: "fill", venue: "kalshi", symbol: "A", side: "buy", price: "0.5", size: "10" };
const SECONDS = 60;

const mark = (price: number, seconds: number) => ({
  type: "mark",
  venue: "kalshi",
  symbol: "A",
  price: String(price),
  ts: at(seconds),
});

const book = (bid: number, seconds: number) => ({
  type: "book",
  venue: "kalshi",
  symbol: "A",
  bids: [[String(bid), "1"]],
  asks: [["0.99", "1"]],
  ts: at(seconds),
});

/** Fills with marks, books and heartbeats between them, some of which were told ahead of their time or long after it. */
async function sampledDesk(): Promise<ReplayDesk> {
  const desk = await ReplayDesk.open();
  const random = seededRandom(3);
  for (let second = 0; second < SECONDS; second++) {
    if (second % 4 === 0) await desk.send({ ...FILL, fill_id: `f${second}`, ts: at(second) });
    await desk.send(
      mark(0.3 + second / 1_000, second + random.below(8) - 4),
      book(0.2 + second / 1_000, second + random.below(6) - 3),
      { type: "heartbeat", interval_s: 2, ts: at(second) },
    );
    await desk.time.advance(1_000);
  }
  await desk.hub.stop();
  return desk;
}

const answers = ({ query }: Replay): unknown => ({
  positions: query.positions({ mode: "all" }),
  books: query.orderbooks({ levels: 2 }),
  bots: query.bots("all"),
  exposure: query.exposure(),
});

const ageOf = (atText: string | null, ts: string): number => Date.parse(atText ?? "") - Date.parse(ts);

describe("what a replay says of marks, books and heartbeats", () => {
  const control = fc.oneof(
    fc.constant<ReplayControl>({ action: "play" }),
    fc.constant<ReplayControl>({ action: "pause" }),
    fc.integer({ min: 1, max: 6 }).map((events): ReplayControl => ({ action: "step", events })),
    fc.integer({ min: 0, max: 20 }).map((seq): ReplayControl => ({ action: "seek_seq", seq })),
    fc.integer({ min: 0, max: SECONDS }).map((seconds): ReplayControl => ({ action: "seek", to: at(seconds) })),
    fc.constantFrom(1, 20, 1_000, "max" as const).map((speed): ReplayControl => ({ action: "speed", speed })),
  );

  test("is the same at a moment, in whatever way it was reached, and of nothing later", async () => {
    const desk = await sampledDesk();
    const [replay, straight] = [await desk.replay({}, { everyFacts: 3 }), await desk.replay()];
    const course = fc.array(fc.tuple(control, fc.constantFrom(0, 0.05, 0.4)), { minLength: 1, maxLength: 8 });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(course, async (steps) => {
        for (const [each, seconds] of steps) {
          await replay.control(each);
          await desk.play(replay, seconds);
          const { at: clock, at_seq } = replay.view;
          const moment = ensure(clock, "a clock");
          const { books, marks } = replay.state.samples;
          for (const { event } of [...books.values(), ...marks.values()])
            expect(ageOf(moment, event.ts)).toBeGreaterThanOrEqual(0);
          // Moments are shown in ms: between two of them there is no such place to seek.
          await straight.control({ action: "seek", to: moment });
          if (straight.view.at_seq !== at_seq) continue;
          expect(answers(replay)).toEqual(answers(straight));
          compared++;
        }
      }),
      { numRuns: 25 },
    );
    expect(compared).toBeGreaterThan(40);
    expect(desk.problems).toEqual([]);
  });

  test.each(["max", 1_000] as const)("is that of the hub at the end, at speed %s", async (speed) => {
    const desk = await sampledDesk();
    const replay = await desk.replay({ speed });
    await replay.control({ action: "play" });
    await desk.play(replay, 1);
    expect(replay.view).toMatchObject({ state: "ended", at: replay.view.to });
    const [live, played] = [desk.hub.query, replay.query].map((query) => [
      query.positions({ mode: "all" }).positions.map(({ mark_price, unrealized_pnl }) => [mark_price, unrealized_pnl]),
      query.orderbooks({ levels: 2 }).orderbooks.map(({ bids }) => bids),
    ]);
    expect(played).toEqual(live);
  });

  test("is of no moment past the range", async () => {
    const desk = await sampledDesk();
    const ends = [];
    for (const speed of ["max", 600] as const) {
      const replay = await desk.replay({ from: at(10), to: at(30.5), speed });
      await replay.control({ action: "play" });
      await desk.play(replay, 1);
      expect(replay.view.state).toBe("ended");
      expect(ageOf(at(30.5), replay.view.at ?? "")).toBeGreaterThanOrEqual(0);
      ends.push(answers(replay));
    }
    expect(ends[0]).toEqual(ends[1]);
  });
});
