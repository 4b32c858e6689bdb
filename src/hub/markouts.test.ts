import { describe, expect, test } from "vitest";
import { micros, parseTime } from "../base/time.ts";
import { emptyState } from "../engine/fold.ts";
import { Markouts } from "./markouts.ts";
import type { EventFilter, EventPage } from "./ports.ts";

const BEGIN = Date.UTC(2026, 2, 2);
const isoAt = (seconds: number): string => new Date(BEGIN + seconds * 1_000).toISOString();
const SCOPE = { mode: "live", from: micros(BEGIN * 1_000) } as const;

/** A log in memory, and how often it is read from its beginning. */
class Log {
  readonly state = emptyState();
  readonly #events: Record<string, unknown>[] = [];
  wholeReads = 0;
  markReads = 0;

  tell(...events: Record<string, unknown>[]): void {
    for (const event of events) this.#events.push({ seq: this.#events.length + 1, mode: "live", venue: "v", ...event });
    this.state.desk.seq = this.#events.length;
  }

  markouts(budget: { readonly fills: number; readonly marks: number }): Markouts {
    return new Markouts(
      {
        state: this.state,
        store: { events: (filter) => Promise.resolve(this.#page(filter)) },
        clock: { now: () => micros((BEGIN + 86_000_000) * 1_000) },
        timers: { breathe: () => Promise.resolve() },
      },
      budget,
    );
  }

  #page(filter: EventFilter): EventPage {
    const { afterSeq = 0, beforeSeq = Number.MAX_SAFE_INTEGER, from = 0, to = Number.MAX_SAFE_INTEGER } = filter;
    if (filter.type === "fill" && filter.afterSeq === undefined) this.wholeReads++;
    if (filter.type === "mark") this.markReads++;
    const found = this.#events.filter((event) => {
      const ts = parseTime(String(event["ts"])) ?? 0;
      const isWithin = Number(event["seq"]) > afterSeq && Number(event["seq"]) < beforeSeq && ts >= from && ts < to;
      // A mark has no bot that it is asked for by.
      const names = ["type", "bot", "venue", "symbol"] as const;
      return isWithin && names.every((name) => filter[name] === undefined || filter[name] === event[name]);
    });
    return { events: found.map((event) => JSON.stringify(event)), complete: true, lastSeq: this.#events.length };
  }
}

const mark = (symbol: string, second: number) => ({
  ...{ type: "mark", bot: "feed", symbol, ts: isoAt(second), price: "100", stood_until: isoAt(second + 1) },
});
const marks = (symbol: string, count: number) => Array.from({ length: count }, (_, second) => mark(symbol, second));
const fill = (bot: string, symbol: string, second: number) => ({
  ...{ type: "fill", bot, symbol, fill_id: `${bot}-${symbol}-${second}`, ts: isoAt(second) },
  ...{ side: "buy", price: "100", size: "1" },
});

const read = (tables: Markouts, bot?: string) =>
  tables.read({ ...SCOPE, ...(bot === undefined ? {} : { bot }) }, ({ table }) => ({
    fills: table.fills.length,
    marks: table.marks,
    mids: table.fills.map(({ mids }) => mids[0]),
  }));

describe("tables of fills and their marks", () => {
  test("are refused for their marks, and say that", async () => {
    const log = new Log();
    log.tell(fill("a", "X", 3), ...marks("X", 11));
    await expect(read(log.markouts({ fills: 100, marks: 10 }), "a")).rejects.toThrow(
      "more than 10 marks are held against the fills of that time: ask for a shorter one",
    );
    await expect(read(log.markouts({ fills: 100, marks: 10 }))).rejects.toThrow("or for one bot");
    await expect(read(log.markouts({ fills: 0, marks: 11 }))).rejects.toThrow("more than 0 fills lie in that time");
    expect(await read(log.markouts({ fills: 1, marks: 11 }), "a")).toMatchObject({ fills: 1, marks: 11 });
  });

  test("hold only marks of what is traded, each once", async () => {
    const log = new Log();
    log.tell(fill("a", "X", 3), ...marks("X", 5), ...marks("X", 5), ...marks("Y", 50));
    expect(await read(log.markouts({ fills: 1, marks: 5 }), "a")).toEqual({ fills: 1, marks: 5, mids: [100] });
  });

  test("find the earlier marks of an instrument that is traded later", async () => {
    const log = new Log();
    log.tell(...marks("Y", 20), fill("a", "X", 3));
    const tables = log.markouts({ fills: 10, marks: 100 });
    expect(await read(tables, "a")).toMatchObject({ marks: 0, mids: [Number.NaN] });
    log.tell(fill("a", "Y", 7), mark("Y", 30));
    expect(await read(tables, "a")).toEqual({ fills: 2, marks: 21, mids: [Number.NaN, 100] });
    expect(log.wholeReads).toBe(1);
  });

  test("find those of many at once", async () => {
    const log = new Log();
    log.tell(fill("a", "X", 3), ...marks("X", 5));
    const symbols = Array.from({ length: 30 }, (_, index) => `Y${index}`);
    log.tell(...symbols.flatMap((symbol) => marks(symbol, 8)));
    const tables = log.markouts({ fills: 100, marks: 1_000 });
    expect(await read(tables, "a")).toEqual({ fills: 1, marks: 5, mids: [100] });
    log.tell(...symbols.map((symbol) => fill("a", symbol, 7)));
    log.markReads = 0;
    expect(await read(tables, "a")).toEqual({ fills: 31, marks: 5 + 30 * 8, mids: Array(31).fill(100) });
    expect([log.wholeReads, log.markReads]).toEqual([1, 1]);
  });

  test("are kept as long as all of them hold few marks", async () => {
    const log = new Log();
    log.tell(fill("a", "X", 3), ...marks("X", 30), fill("b", "Y", 3), ...marks("Y", 30));
    const [small, large] = [log.markouts({ fills: 10, marks: 40 }), log.markouts({ fills: 10, marks: 60 })];
    for (const bot of ["a", "b", "a"]) await read(large, bot);
    expect(log.wholeReads).toBe(2);
    log.wholeReads = 0;
    for (const bot of ["a", "b", "a"]) await read(small, bot);
    // The marks of both are more than may be kept: that of the other is read again.
    expect(log.wholeReads).toBe(3);
  });
});
