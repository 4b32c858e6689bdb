import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { micros } from "../../src/base/time.ts";
import type { DiagnosisAnswer, Finding } from "../../src/protocol/api-attribution.ts";
import { deskOfStories } from "../support/desk-of-stories.ts";

const START = Date.UTC(2026, 1, 24, 12) * 1000;
const HOUR = 3_600;

/** Each story has a bot and a venue of its own on one desk. */
let bot = "";
const desk = deskOfStories(START, "taker", (name) => {
  bot = name;
});

const isoAt = (seconds: number): string => new Date(START / 1000 + seconds * 1000).toISOString();

/** Tells events at their moments. */
async function tell(...events: Record<string, unknown>[]): Promise<void> {
  const done = await desk.hub?.ingest.submit(events.map((value) => ({ value: { bot, venue: bot, ...value } })));
  if (done?.ok !== true || done.value.items.some(({ kind }) => kind === "rejected"))
    throw new Error(JSON.stringify(done));
}

async function diagnosed(): Promise<DiagnosisAnswer> {
  desk.now = micros(START + 6 * HOUR * 1e6);
  const answer = await desk.hub?.query.diagnosis({ bot });
  if (answer === undefined) throw new Error("no hub");
  return answer;
}

const found = ({ findings }: DiagnosisAnswer, code: string): Finding | undefined =>
  findings.find((finding) => finding.code === code);
const unsaid = (answer: DiagnosisAnswer, code: string): string | undefined =>
  answer.unsaid.find((each) => each.code === code)?.reason;

const ETH = { type: "instrument", symbol: "ETH", kind: "linear", quote: "USDT" };

interface Trading {
  readonly trades: number;
  /** Of each fill, bps of the mid. */
  readonly slippageBps: number;
  /** From the entry's mid to the exit's, bps; by chance it varies by 5. */
  readonly signalBps: number;
  readonly feeBps: number;
  readonly hasMids?: boolean;
}

/** Round trips of 1 at about 1,000, a minute apart. */
function trading({ trades, slippageBps, signalBps, feeBps, hasMids = true }: Trading): Record<string, unknown>[] {
  const random = seededRandom(7);
  return Array.from({ length: trades }, (_, index) => {
    const entry = 1_000 + Math.round(random.next() * 10);
    const exit = entry * (1 + (signalBps + (random.next() - 0.5) * 10) / 10_000);
    return [fillOf(index, "buy", entry), fillOf(index, "sell", exit)];
  }).flat();

  function fillOf(index: number, side: "buy" | "sell", mid: number): Record<string, unknown> {
    const worse = ((slippageBps + (random.next() - 0.5)) / 10_000) * mid * (side === "buy" ? 1 : -1);
    return {
      type: "fill",
      ts: isoAt(index * 60 + (side === "buy" ? 0 : 30)),
      fill_id: `${index}-${side}`,
      symbol: "ETH",
      side,
      size: 1,
      price: (mid + worse).toFixed(6),
      fee: ((feeBps / 10_000) * mid).toFixed(6),
      ...(hasMids ? { arrival_mid: mid.toFixed(6) } : {}),
    };
  }
}

describe("A diagnosis", () => {
  test("names what execution takes, with how much, how sure, and of how many fills", async () => {
    await tell({ ...ETH, ts: isoAt(0) }, ...trading({ trades: 60, slippageBps: 3, signalBps: 2, feeBps: 0 }));
    const finding = found(await diagnosed(), "losing_to_execution");
    expect(finding).toMatchObject({ bot, currency: "USDT", severity: "warning", unit: "bps", n: 120 });
    expect(finding?.text).toMatch(
      /^losing to execution: fills \d\.\d bps \[\d\.\d, \d\.\d\] worse than the mid, n = 120; it took [\d.]+ USDT$/,
    );
    expect(finding?.ci?.low).toBeGreaterThan(2.5);
    expect(finding?.ci?.high).toBeLessThan(3.5);
    expect(finding?.threshold).toContain("30 fills");
  });

  test("names the signal where the mids move against what is held", async () => {
    await tell({ ...ETH, ts: isoAt(0) }, ...trading({ trades: 60, slippageBps: 0, signalBps: -4, feeBps: 0 }));
    const answer = await diagnosed();
    expect(found(answer, "losing_to_signal")?.text).toMatch(/^losing to signal: the mid moved \d\.\d bps \[/);
    expect(found(answer, "losing_to_execution")).toBeUndefined();
    expect(found(answer, "losing_to_costs")).toBeUndefined();
  });

  test("names costs that eat what trading makes, and trades that are not worth their fees", async () => {
    await tell({ ...ETH, ts: isoAt(0) }, ...trading({ trades: 60, slippageBps: 0, signalBps: 4, feeBps: 5 }));
    const answer = await diagnosed();
    expect(found(answer, "losing_to_costs")?.text).toMatch(
      /^losing to costs: fees of [\d.]+ USDT against [\d.]+ USDT made before them, n = 120$/,
    );
    expect(found(answer, "over_trading")).toMatchObject({ severity: "notice", n: 60 });
    expect(found(answer, "losing_to_signal")).toBeUndefined();
  });

  test("finds nothing wrong with a bot that makes money", async () => {
    await tell({ ...ETH, ts: isoAt(0) }, ...trading({ trades: 60, slippageBps: 0.5, signalBps: 12, feeBps: 1 }));
    expect((await diagnosed()).findings).toEqual([]);
  });

  test("is silent where there are too few fills, and says how many it needs", async () => {
    await tell({ ...ETH, ts: isoAt(0) }, ...trading({ trades: 14, slippageBps: 30, signalBps: -30, feeBps: 30 }));
    const answer = await diagnosed();
    expect(answer.findings).toEqual([]);
    expect(unsaid(answer, "losing_to_execution")).toBe("needs 30 fills with a mid at arrival, has 28");
    expect(unsaid(answer, "losing_to_signal")).toBe("needs 30 closings with mids at arrival, has 14");
    expect(unsaid(answer, "losing_to_costs")).toBe("needs 30 fills, has 28");
    expect(unsaid(answer, "over_trading")).toBe("needs 30 trades, has 14");
    expect(unsaid(answer, "stale_feed")).toBe("no feed was told of");
  });

  test("does not blame execution where nobody says a mid", async () => {
    const lost = trading({ trades: 60, slippageBps: 30, signalBps: 0, feeBps: 0, hasMids: false });
    await tell({ ...ETH, ts: isoAt(0) }, ...lost);
    const answer = await diagnosed();
    expect(answer.findings).toEqual([]);
    expect(unsaid(answer, "losing_to_execution")).toBe("needs 30 fills with a mid at arrival, has 0");
  });

  test("names a feed that is away, by the part of the time", async () => {
    const feed = (seconds: number, kind: string) => ({ type: "feed", ts: isoAt(seconds), kind });
    // Away from 1:00 to 2:30 of the 6 hours.
    await tell({ ...ETH, ts: isoAt(0) }, ...trading({ trades: 1, slippageBps: 0, signalBps: 1, feeBps: 0 }));
    await tell(
      feed(0, "connected"),
      feed(HOUR, "stale"),
      feed(2 * HOUR, "disconnected"),
      feed(2.5 * HOUR, "connected"),
    );
    expect(found(await diagnosed(), "stale_feed")).toMatchObject({
      value: 0.25,
      text: "a feed was stale or away 25.0 % of the time, in 2 changes",
    });
  });

  test("names orders that are hardly ever filled, but not of a bot that makes markets", async () => {
    const orders = Array.from({ length: 80 }, (_, index) => ({
      type: "order.placed",
      ts: isoAt(index * 60),
      order_id: `o${index}`,
      symbol: "ETH",
      side: "buy",
      size: 1,
    }));
    const fill = {
      type: "fill",
      ts: isoAt(30),
      fill_id: "1",
      order_id: "o0",
      symbol: "ETH",
      side: "buy",
      size: 1,
      price: 9,
    };
    await tell({ ...ETH, ts: isoAt(0) }, ...orders, fill);
    expect(found(await diagnosed(), "low_fill_rate")).toMatchObject({ value: 1 / 80, n: 80 });
    await tell({ type: "bot.state", ts: isoAt(90 * 60), status: "running", makes_markets: true });
    const answer = await diagnosed();
    expect(found(answer, "low_fill_rate")).toBeUndefined();
    expect(unsaid(answer, "low_fill_rate")).toContain("makes markets");
  });

  test("names adverse selection where it takes more than fills earn at once, and else not", async () => {
    /** Bought 0.1 below a mid of 100, which then falls by `drift`; a minute apart. */
    const caught = (drift: number) =>
      Array.from({ length: 40 }, (_, index) => {
        const [fall, venue] = [drift + (index % 5) / 100, bot];
        const at = (seconds: number) => isoAt(index * 60 + seconds);
        return [
          { type: "mark", venue, ts: at(0), symbol: "ETH", price: 100 },
          ...[
            {
              type: "fill",
              fill_id: `c${index}`,
              ts: at(5),
              symbol: "ETH",
              side: "buy",
              size: 1,
              price: 99.9,
              mid: 100,
            },
          ],
          { type: "mark", venue, ts: at(10), symbol: "ETH", price: 100 - fall },
          { type: "mark", venue, ts: at(59), symbol: "ETH", price: 100 },
        ];
      }).flat();
    await tell({ ...ETH, ts: isoAt(0) });
    for (const event of caught(0.2)) await tell(event);
    const finding = found(await diagnosed(), "losing_to_adverse_selection");
    expect(finding?.text).toMatch(
      /^losing to adverse selection: the mid moves 22\.0 bps \[\d+\.\d, \d+\.\d\] against fills within 30 s, which are worth 10\.0 bps at once, n = 40$/,
    );
    bot = `${bot}-b`;
    await tell({ ...ETH, ts: isoAt(0) });
    for (const event of caught(0.02)) await tell(event);
    const answer = await diagnosed();
    expect(found(answer, "losing_to_adverse_selection")).toBeUndefined();
    expect(unsaid(answer, "losing_to_adverse_selection")).toBeUndefined();
  });

  test("names a drawdown that is deepest now", async () => {
    const equity = (day: number, value: number) => ({
      type: "balance",
      ts: isoAt(day * 24 * HOUR),
      balances: [],
      equity: value,
      equity_currency: "USDT",
    });
    const fallen = [1_000, 1_010, 1_005, 1_000, 990, 985, 975].map((value, index) => equity(index - 7, value));
    await tell({ ...ETH, ts: isoAt(-8 * 24 * HOUR) }, ...fallen);
    await tell(...trading({ trades: 1, slippageBps: 0, signalBps: 1, feeBps: 0 }));
    const finding = found(await diagnosed(), "drawdown_deepening");
    expect(finding?.value).toBeCloseTo(35 / 1_010, 9);
    expect(finding?.text).toBe(
      "drawdown deepening: 3.5 % below the peak, deepest 3.5 % on the last day, of a limit of 5.0 %",
    );
  });
});
