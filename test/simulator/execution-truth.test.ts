import { expect, test } from "vitest";
import { micros, parseTime } from "../../src/base/time.ts";
import type { SimulatedEvent } from "../../src/bots/simulator/model/truth.ts";
import { simulatedDesk } from "../metrics/simulated-desk.ts";

/** The middles that the simulator told of each instrument, oldest first. */
function middles(events: readonly SimulatedEvent[]): Map<string, { readonly at: number; readonly mid: number }[]> {
  const told = new Map<string, { at: number; mid: number }[]>();
  for (const event of events) {
    if (event.type !== "mark") continue;
    const key = `${String(event["venue"])}:${String(event["symbol"])}`;
    const at = parseTime(event.ts) ?? 0;
    const marks = told.get(key) ?? [];
    told.set(key, marks);
    // What is told of a moment that is over is no news.
    if (at < (marks.at(-1)?.at ?? 0)) continue;
    const { bid, ask, price } = event;
    marks.push({ at, mid: bid === undefined ? Number(price) : (Number(bid) + Number(ask)) / 2 });
  }
  return told;
}

type Marks = ReturnType<typeof middles>;

/** What is true of one fill, by seconds after it: the way of the middle, and what it was worth, in bps of the middle then. */
function trueOf(
  fill: SimulatedEvent,
  marks: Marks,
  seconds: number,
): { readonly drift: number; readonly markout: number } {
  const own = marks.get(`${String(fill["venue"])}:${String(fill["symbol"])}`) ?? [];
  const at = parseTime(fill.ts) ?? 0;
  const midAt = (moment: number): number => own.findLast((mark) => mark.at <= moment)?.mid ?? Number.NaN;
  const mid = fill["mid"] === undefined ? midAt(at) : Number(fill["mid"]);
  const sign = fill["side"] === "buy" ? 1 : -1;
  const later = midAt(at + seconds * 1e6);
  return {
    drift: (sign * (later - mid) * 1e4) / mid,
    markout: (sign * (later - Number(fill["price"])) * 1e4) / mid,
  };
}

type Simulated = Awaited<ReturnType<typeof simulatedDesk>>;

/** How many markouts of single fills are what is true of them, and how many nobody knows. */
async function heldMarkouts({ hub, events }: Simulated): Promise<{ readonly known: number; readonly unknown: number }> {
  const marks = middles(events);
  let [known, unknown] = [0, 0];
  for (const fill of events.filter(({ type, price }) => type === "fill" && price !== undefined)) {
    const at = parseTime(fill.ts) ?? micros(0);
    const place = { venue: String(fill["venue"]), asset: String(fill["symbol"]) };
    const span = { from: at, to: micros(at + 1) };
    const { all } = await hub.query.markouts({ bot: fill.bot, mode: "simulate", ...place, ...span });
    // Of two at one moment it is not told which is which.
    for (const { horizon_s: seconds, n, mean_drift_bps, mean_bps } of all.fills === 1 ? all.curve : []) {
      unknown += 1 - n;
      known += n;
      if (n === 0) continue;
      const { drift, markout } = trueOf(fill, marks, seconds);
      expect([mean_drift_bps.value, mean_bps.value]).toEqual([expect.closeTo(drift, 6), expect.closeTo(markout, 6)]);
    }
  }
  return { known, unknown };
}

test("markouts, hit rates, fill factors and the life of orders are those of the simulator", async () => {
  const desk = await simulatedDesk();
  const { known, unknown } = await heldMarkouts(desk);
  expect([known > 500, known / (known + unknown) > 0.7]).toEqual([true, true]);
  const { hub, truth } = desk;
  for (const [bot, { quotes, orders }] of Object.entries(truth.bots)) {
    const told = await hub.query.execution({ bot, mode: "simulate", from: micros(0) });
    const rejected = quotes.by_outcome["rejected"] ?? 0;
    expect(told.quotes).toMatchObject({ rejected, all: { ended: quotes.ended - rejected, hit: quotes.hits } });
    const { value } = told.quotes.fill_factor.realized;
    if (quotes.eligible_size > 0) expect(value).toBeCloseTo(quotes.filled_of_eligible / quotes.eligible_size, 9);
    const ofAll = { bot, mode: "simulate", window: "all" } as const;
    const rate = await hub.query.metric("hit_rate", ofAll);
    expect(rate).toMatchObject({ value: told.quotes.all.hit_rate.value, n: told.quotes.all.ended });
    const factor = await hub.query.metric("fill_factor", ofAll);
    expect(factor).toMatchObject({ value: value === null ? null : expect.closeTo(Number(value), 9) });
    expect(told.orders).toMatchObject({ placed: orders.placed, rejected: orders.rejected });
    const { cancelled, expired, partially_filled: parts } = told.orders;
    expect(cancelled + expired + parts).toBe(orders.cancelled + orders.expired);
  }
}, 180_000);
