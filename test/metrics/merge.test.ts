import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { micros } from "../../src/base/time.ts";
import { decimalText } from "../../src/domain/decimal.ts";
import { heldCost } from "../../src/domain/ledger/average-cost.ts";
import { daysOf, nowOf } from "../../src/domain/ledger/holding.ts";
import { emptyState, type State } from "../../src/engine/fold.ts";
import { positionOf } from "../../src/engine/ledgers.ts";
import { readDay } from "../../src/engine/read-day.ts";
import { readMetricNamed } from "../../src/engine/read-metrics.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { DirectIntake } from "../../src/hub/direct/direct-intake.ts";
import { CATALOGUE } from "../../src/metrics/catalogue.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import { openScratchLog } from "../../src/store/scratch/scratch-log.ts";
import { at, FoldedDesk } from "../support/folded-desk.ts";
import { scratchDirectory } from "../support/scratch.ts";

const DAY_S = 86_400;
const DAYS = 3;
const BOTS = ["a", "b", "c"] as const;
const START_MS = Date.UTC(2026, 1, 24);

interface Fill {
  readonly bot: string;
  readonly second: number;
  readonly event: Record<string, unknown>;
}

const price = fc.integer({ min: 80, max: 120 });

/** Fills of three bots in two instruments over three days, in order, no two at one second. */
const fills = fc
  .array(
    fc.record({
      bot: fc.constantFrom(...BOTS),
      symbol: fc.constantFrom("A", "B"),
      second: fc.integer({ min: 0, max: DAYS * DAY_S - 1 }),
      side: fc.constantFrom("buy", "sell"),
      size: fc.integer({ min: 1, max: 9 }),
      price,
      mid: price,
      fee: fc.integer({ min: -5, max: 20 }),
      maker: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((drawn) => {
    const seconds = new Map(drawn.map((each) => [each.second, each]));
    return [...seconds.values()].toSorted((a, b) => a.second - b.second).map(fillOf);
  });

interface Drawn {
  readonly bot: string;
  readonly symbol: string;
  readonly second: number;
  readonly side: string;
  readonly size: number;
  readonly price: number;
  readonly mid: number;
  readonly fee: number;
  readonly maker: boolean;
}

const fillOf = ({ bot, second, fee, maker, mid, ...drawn }: Drawn): Fill => ({
  bot,
  second,
  event: {
    ...{ type: "fill", bot, venue: "v", fill_id: `f${second}`, id: `i${second}`, ...drawn },
    ...{ fee: fee / 100, is_maker: maker, arrival_mid: mid, ts: new Date(START_MS + second * 1_000).toISOString() },
  },
});

const INSTRUMENTS = ["A", "B"].map((symbol) => ({
  type: "instrument",
  venue: "v",
  symbol,
  kind: "spot",
  quote: "USD",
}));

function folded(told: readonly Fill[], beside?: (state: State, second: number) => void): FoldedDesk {
  const desk = new FoldedDesk();
  for (const instrument of INSTRUMENTS) desk.fact(0, instrument);
  for (const { second, event } of told) {
    desk.fact(second, event);
    beside?.(desk.state, second);
  }
  return desk;
}

const END_S = DAYS * DAY_S;

function read(state: State, name: string, bot?: string) {
  const answer = readMetricNamed(state, at(END_S), name, { bot, mode: "live", window: "all" });
  if (typeof answer === "string") throw new Error(`${name}: ${answer}`);
  return answer;
}

const numberOf = (value: unknown): number => (typeof value === "number" ? value : 0);

const SUMS = [
  "realized_pnl",
  "realized_pnl_net",
  "fees",
  "fees_paid_total",
  "rebates",
  "volume",
  "fills",
  "trades_closed_total",
];
const MEANS = [
  "win_rate_pct",
  "expectancy_per_trade",
  "avg_holding_time_hours",
  "avg_entry_slippage_bps",
  "avg_exit_slippage_bps",
  "maker_ratio",
];

describe("parts of a desk", () => {
  test.each(SUMS)("add up to the whole of it: %s", (name) => {
    fc.assert(
      fc.property(fills, (told) => {
        const { state } = folded(told);
        const parts = BOTS.filter((bot) => state.bots.has(bot)).map((bot) => numberOf(read(state, name, bot).value));
        expect(read(state, name).value).toBeCloseTo(
          parts.reduce((sum, part) => sum + part, 0),
          6,
        );
      }),
      { numRuns: 40 },
    );
  });

  test.each(MEANS)("have the mean of the whole by how many they are: %s", (name) => {
    fc.assert(
      fc.property(fills, (told) => {
        const { state } = folded(told);
        const whole = read(state, name);
        const parts = BOTS.filter((bot) => state.bots.has(bot)).map((bot) => read(state, name, bot));
        const n = parts.reduce((sum, part) => sum + part.n, 0);
        expect(whole.n).toBe(n);
        if (n === 0) {
          expect(whole.value).toBeNull();
          return;
        }
        const weighted = parts.reduce((sum, part) => sum + numberOf(part.value) * part.n, 0);
        expect(whole.value).toBeCloseTo(weighted / n, 6);
      }),
      { numRuns: 40 },
    );
  });

  test("are folded the same alone as beside the others", () => {
    fc.assert(
      fc.property(fills, (told) => {
        const { state } = folded(told);
        for (const bot of BOTS.filter((each) => state.bots.has(each))) {
          const alone = folded(told.filter((fill) => fill.bot === bot)).state;
          for (const name of [...SUMS, ...MEANS]) expect(read(alone, name, bot)).toEqual(read(state, name, bot));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("days", () => {
  test("add up to all that was traded in them", () => {
    fc.assert(
      fc.property(fills, (told) => {
        const { state } = folded(told);
        const days = Array.from({ length: DAYS }, (_, day) => new Date(START_MS + day * DAY_S * 1_000));
        const sections = days.flatMap((day) => {
          const date = day.toISOString().slice(0, 10);
          const summary = readDay(state, { date, asOf: at(END_S), mode: "live" });
          return summary === undefined ? [] : [summary.desk];
        });
        const sum = (of: (section: (typeof sections)[number]) => number | null): number =>
          sections.reduce((total, section) => total + (of(section) ?? 0), 0);
        expect(sum(({ costs }) => costs.fees_paid)).toBeCloseTo(numberOf(read(state, "fees_paid_total").value), 9);
        expect(sum(({ costs }) => costs.rebates)).toBeCloseTo(numberOf(read(state, "rebates").value), 9);
        expect(sum(({ trades }) => trades.total_trades)).toBe(read(state, "trades_closed_total").value);
        const won = sum(({ trades }) => trades.wins);
        const rate = read(state, "win_rate_pct");
        if (rate.value !== null) expect((100 * won) / rate.n).toBeCloseTo(numberOf(rate.value), 9);
      }),
      { numRuns: 60 },
    );
  });
});

describe("what is read as it goes", () => {
  test("is what is made of all of it at once, and reading changes nothing", () => {
    fc.assert(
      fc.property(fills, fc.integer({ min: 0, max: 59 }), (told, stop) => {
        const asItGoes: unknown[] = [];
        const streaming = folded(told, (state, second) => asItGoes.push(everything(state, second)));
        const index = Math.min(stop, told.length - 1);
        const batch = folded(told.slice(0, index + 1));
        expect(everything(batch.state, told[index]?.second ?? 0)).toEqual(asItGoes[index]);
        expect(fingerprint(streaming.state)).toBe(fingerprint(folded(told).state));
      }),
      { numRuns: 20 },
    );
  });
});

const everything = (state: State, second: number): unknown[] =>
  CATALOGUE.filter(({ reads }) => reads === "fold").map(({ name }) =>
    readMetricNamed(state, at(second), name, { mode: "live" }),
  );

/** What the ledgers hold, whatever way they came to it. */
const ledgersOf = (state: State) =>
  [...state.bots.values()]
    .flatMap((bot) => [...bot.ledgers].map(([key, ledger]) => ({ key: `${bot.bot} ${key}`, ledger })))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, ledger }) => {
      const { all, open } = nowOf(ledger.holding);
      return {
        key,
        position: decimalText(positionOf(ledger).quantity),
        cost: decimalText(heldCost(open.position)),
        money: [all.realized, all.fees.paid, all.fees.received, all.volume].map(decimalText),
        counts: [all.fills, all.makerFills, all.takerFills],
        days: daysOf(nowOf(ledger.holding)).map(({ day, totals }) => [day, totals.fills, decimalText(totals.realized)]),
      };
    });

/** A hub's own way in, over a log that knows what was said before. */
function ingested(lines: readonly Record<string, unknown>[]): State {
  const log = openScratchLog({ directory: scratchDirectory(), rowsMax: 10_000 });
  const intake = new DirectIntake({ log, clock: { now: () => micros((START_MS + END_S * 1_000) * 1_000) } });
  for (const line of lines) {
    const parsed = parseEvent({ ...line });
    const refusal = parsed.ok ? intake.take(parsed.value, JSON.stringify(parsed.value)) : parsed.error;
    if (refusal !== undefined) throw new Error(JSON.stringify(refusal));
  }
  log.close();
  return intake.state;
}

describe("fills that come late, twice, and as another event", () => {
  test("end in the ledgers of those that came in order, once", () => {
    const said = INSTRUMENTS.map((one) => ({ ...one, bot: "a", ts: new Date(START_MS).toISOString() }));
    fc.assert(
      fc.property(
        fills,
        fc.array(fc.record({ of: fc.nat(59), again: fc.boolean(), other: fc.boolean() }), { maxLength: 30 }),
        fc.array(fc.nat(1_000_000), { minLength: 100, maxLength: 100 }),
        (drawn, repeats, order) => {
          // Within a day of one another a late fill takes its place at once; what comes later is made again by the hub.
          const told = drawn.filter(({ second }) => second < DAY_S);
          const events = told.map(({ event }) => event);
          const twice = repeats.flatMap(({ of, again, other }) => {
            const event = events[of % Math.max(1, events.length)];
            if (event === undefined) return [];
            const { id: _, ...restated } = event;
            return [again ? event : other ? { ...restated, type: "order.filled", order_id: "o" } : restated];
          });
          const shuffled = [...events, ...twice]
            .map((event, index) => ({ event, by: order[index % order.length] ?? 0 }))
            .toSorted((a, b) => a.by - b.by)
            .map(({ event }) => event);
          expect(ledgersOf(ingested([...said, ...shuffled]))).toEqual(ledgersOf(ingested([...said, ...events])));
        },
      ),
      { numRuns: 60 },
    );
    expect(ledgersOf(emptyState())).toEqual([]);
  });
});
