import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { add, compare, type Decimal, decimal, decimalText, negate, ZERO } from "../../../domain/decimal.ts";
import { parseEvent } from "../../../protocol/parse-event.ts";
import { BOT_NAMES, type SimulationOptions, simulate } from "./simulation.ts";
import type { SimulatedEvent } from "./truth.ts";

const FROM_MS = Date.UTC(2026, 2, 4, 7, 31);
const MINUTE_MS = 60_000;

const optionsOf = (seed: number, more: Partial<SimulationOptions> = {}): SimulationOptions => ({
  ...{ seed, fromMs: FROM_MS, mode: "simulate", activity: 1, bots: BOT_NAMES },
  ...more,
});

/** The events of a span, and the simulation after them. */
function told(options: SimulationOptions, minutes: number) {
  const simulation = simulate(options);
  const events: SimulatedEvent[] = [];
  const untilMs = options.fromMs + minutes * MINUTE_MS;
  for (let event = simulation.next(untilMs); event !== undefined; event = simulation.next(untilMs)) events.push(event);
  return { events, simulation, untilMs };
}

const seeds = fc.integer({ min: 0, max: 4_294_967_295 });

/** What is wrong with the events of a few desks: nothing. */
const check = (minutes: number, wrongs: (events: readonly SimulatedEvent[]) => string[], activity = 1): void =>
  fc.assert(
    fc.property(seeds, (seed) => {
      expect(wrongs(told(optionsOf(seed, { activity }), minutes).events)).toEqual([]);
    }),
    // A seed has nothing simpler than itself.
    { numRuns: 3, endOnFailure: true },
  );

const text = (event: SimulatedEvent, field: string): string => String(event[field]);
const marketOf = (event: SimulatedEvent): string => `${text(event, "venue")} ${text(event, "symbol")}`;
const orderOf = (event: SimulatedEvent): string => `${event.bot} ${text(event, "order_id")}`;

/** The first of each side is the best, and the sides do not meet. */
function isSound(book: SimulatedEvent): boolean {
  const bids = book["bids"] as [number, number][];
  const asks = book["asks"] as [number, number][];
  const prices = [...bids.map(([price]) => price).toReversed(), ...asks.map(([price]) => price)];
  const rising = prices.every((price, index) => index === 0 || price > (prices[index - 1] ?? 0));
  return rising && bids.length > 0 && asks.length > 0 && [...bids, ...asks].flat().every((value) => value > 0);
}

/** What was placed, and the newest market. */
class OrderBook {
  readonly #placed = new Map<string, SimulatedEvent>();
  readonly #left = new Map<string, Decimal>();
  readonly #marks = new Map<string, SimulatedEvent>();

  wrongs(event: SimulatedEvent): string[] {
    if (event.type === "mark") this.#marks.set(marketOf(event), event);
    if (event.type === "order.placed") {
      this.#placed.set(orderOf(event), event);
      this.#left.set(orderOf(event), decimal(text(event, "size")));
    }
    return event.type === "fill" ? this.#wrongsOfFill(event) : [];
  }

  #wrongsOfFill(fill: SimulatedEvent): string[] {
    const [order, mark] = [this.#placed.get(orderOf(fill)), this.#marks.get(marketOf(fill))];
    const ordered = order?.["side"] === fill["side"] && order?.["symbol"] === fill["symbol"];
    const price = Number(fill["price"]);
    const inside = price >= Number(mark?.["bid"]) && price <= Number(mark?.["ask"]);
    const rest = add(this.#left.get(orderOf(fill)) ?? ZERO, negate(decimal(text(fill, "size"))));
    this.#left.set(orderOf(fill), rest);
    return ordered && inside && compare(rest, ZERO) >= 0
      ? []
      : [`${fill.id} ${ordered} ${inside} ${decimalText(rest)}`];
  }
}

function positionWrongs(held: Map<string, Decimal>, event: SimulatedEvent): string[] {
  const key = `${event.bot} ${marketOf(event)}`;
  if (event.type === "settlement") held.delete(key);
  if (event.type !== "fill") return [];
  const before = held.get(key) ?? ZERO;
  const size = decimal(text(event, "size"));
  const after = add(before, event["side"] === "buy" ? size : negate(size));
  held.set(key, after);
  const said = `${text(event, "position_before")} ${text(event, "position_after")}`;
  return said === `${decimalText(before)} ${decimalText(after)}` ? [] : [`${event.id} ${said}`];
}

describe("a simulated desk", () => {
  test("is the same byte for byte for the same seed and span", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [one, other] = [told(optionsOf(seed), 4), told(optionsOf(seed), 4)];
        expect(JSON.stringify(one.events)).toBe(JSON.stringify(other.events));
        expect(one.simulation.truth.report()).toEqual(other.simulation.truth.report());
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  test("is the same in whatever steps it is read", () => {
    const whole = told(optionsOf(11), 3).events;
    const simulation = simulate(optionsOf(11));
    const stepped: SimulatedEvent[] = [];
    for (let atMs = FROM_MS; atMs <= FROM_MS + 3 * MINUTE_MS; atMs += 137)
      for (let event = simulation.next(atMs); event !== undefined; event = simulation.next(atMs)) stepped.push(event);
    const last = FROM_MS + 3 * MINUTE_MS;
    for (let event = simulation.next(last); event !== undefined; event = simulation.next(last)) stepped.push(event);
    expect(stepped).toEqual(whole);
  });

  test("is another one for another seed, and names nothing the same", () => {
    const ids = (seed: number) => new Set(told(optionsOf(seed), 3).events.map(({ id }) => id));
    const [one, other] = [ids(1), ids(2)];
    expect(one.size).toBeGreaterThan(100);
    expect([...one].filter((id) => other.has(id))).toEqual([]);
  });

  test("tells valid events of the mode asked for, in order of time, each with an id of its own", () => {
    check(6, (events) => {
      const wrong: string[] = [];
      let before = "";
      for (const event of events) {
        const parsed = parseEvent(event);
        if (!parsed.ok) wrong.push(`${event.type} ${parsed.error.path} ${parsed.error.message}`);
        if (event.mode !== "simulate" || event.ts < before) wrong.push(`${event.id} ${event.mode} ${event.ts}`);
        before = event.ts;
      }
      return new Set(events.map(({ id }) => id)).size === events.length ? wrong : [...wrong, "an id twice"];
    });
  });

  test("has books with sizes above 0, best prices first, and every bid below every ask", () => {
    check(6, (events) => events.filter((event) => event.type === "book" && !isSound(event)).map(({ id }) => id));
  });

  test("fills only orders that were placed and have room, inside the market of the moment", () => {
    check(
      120,
      (events) => {
        const book = new OrderBook();
        return events.some(({ type }) => type === "fill")
          ? events.flatMap((event) => book.wrongs(event))
          : ["no fills"];
      },
      0.2,
    );
  });

  test("says before and after each fill the position that its fills add up to, until it is settled", () => {
    check(
      60 * 8,
      (events) => {
        const held = new Map<string, Decimal>();
        const wrongs = events.flatMap((event) => positionWrongs(held, event));
        return events.some(({ type }) => type === "settlement") ? wrongs : ["nothing settled"];
      },
      0.03,
    );
  });

  test("approves or refuses each opportunity that it detects, and executes only what it approved", () => {
    const { events } = told(optionsOf(9, { activity: 0.1, bots: ["arb-1"] }), 60 * 4);
    const actions = new Map<string, string[]>();
    for (const event of events.filter(({ type }) => type === "opportunity")) {
      const id = text(event, "opportunity_id");
      actions.set(id, [...(actions.get(id) ?? []), text(event, "action")]);
    }
    const lives = new Set([...actions.values()].map((life) => life.join(" ")));
    const complete = ["detected rejected", "detected approved executed", "detected approved rejected"];
    expect([...lives].filter((life) => !complete.some((whole) => whole.startsWith(life)))).toEqual([]);
    expect(complete.filter((life) => !lives.has(life))).toEqual([]);
  });

  test("ends each quote once and hits no more than is eligible", () => {
    check(
      60,
      (events) => {
        const ended = events.filter(({ type }) => type === "quote.ended");
        const more = ended.filter((event) => Number(event["filled_size"]) > Number(event["eligible_size"]));
        const once = new Set(ended.map((event) => event["quote_id"])).size === ended.length;
        return [...more.map(({ id }) => id), ...(once ? [] : ["a quote twice"])];
      },
      0.2,
    );
  });

  test("has a bot that falls silent and comes back", () => {
    const { events } = told(optionsOf(3, { bots: ["perp-eth"], activity: 0.2 }), 60 * 12);
    const starts = events.filter(({ type }) => type === "bot.started");
    expect(starts.length).toBeGreaterThan(1);
    expect(starts.at(-1)?.["reason"]).toBe("restarted after a crash");
    const gaps = events.map((event, index) => Date.parse(event.ts) - Date.parse(events[index - 1]?.ts ?? event.ts));
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(60_000);
  });

  test("leaves out what has passed before the moment it is asked for, and trades no differently for it", () => {
    const all = told(optionsOf(5, { activity: 0.3 }), 30);
    const late = told(optionsOf(5, { activity: 0.3, passingFromMs: FROM_MS + 20 * MINUTE_MS }), 30);
    const passing = ["book", "edge", "heartbeat", "tick"];
    const first = late.events.find(({ type }) => passing.includes(type));
    expect(Date.parse(first?.ts ?? "")).toBeGreaterThanOrEqual(FROM_MS + 20 * MINUTE_MS);
    const fills = (events: readonly SimulatedEvent[]) =>
      events.filter(({ type }) => type === "fill").map(({ id: _, ...fill }) => fill);
    expect(fills(late.events)).toEqual(fills(all.events));
  });
});
