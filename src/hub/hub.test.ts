import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { HandDrivenHub } from "../../test/support/hand-driven-hub.ts";
import { micros } from "../base/time.ts";
import { fingerprint } from "../engine/snapshot.ts";
import type { ItemOutcome } from "./ingest.ts";
import type { Store } from "./ports.ts";
import { recover } from "./recovery.ts";

const START = Date.UTC(2026, 1, 24) * 1000;

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

async function send(...events: Record<string, unknown>[]): Promise<readonly ItemOutcome[]> {
  const done = await bench.hub?.ingest.submit(events.map((value) => ({ value: { bot: "mm", ts: at(0), ...value } })));
  if (done?.ok !== true) throw new Error(`not taken: ${JSON.stringify(done)}`);
  return done.value.items;
}

const kinds = (items: readonly ItemOutcome[]): string[] => items.map((item) => item.kind);

async function logged(): Promise<Record<string, unknown>[]> {
  const page = await bench.store?.events({ limit: 1000 });
  return (page?.events ?? []).map((text) => JSON.parse(text) as Record<string, unknown>);
}

const loggedTypes = async (): Promise<unknown[]> => (await logged()).map((event) => event["type"]);

/** Lets time pass until what happens in the background has come about. */
const eventually = (look: () => Promise<void>): Promise<void> =>
  vi.waitFor(async () => {
    await bench.time.advance(1_000);
    await look();
  }, 60_000);

const fill = (fillId: string, more: Record<string, unknown> = {}) => ({
  type: "fill",
  fill_id: fillId,
  venue: "k",
  symbol: "A",
  side: "buy",
  price: "10",
  size: "2",
  ...more,
});

const mark = (seconds: number, price: number) => ({ type: "mark", venue: "k", symbol: "A", price, ts: at(seconds) });

test("no bot speaks by the hub's own name: ids that the hub will give are not taken", async () => {
  const [item] = await send({ type: "error", bot: "deskwatch", id: "c-1:issued", code: "E", message: "m" });
  expect(item).toMatchObject({ kind: "rejected", rejection: { code: "invalid_event", path: "bot" } });
});

describe("facts and samples", () => {
  test("what is said after a fact stays the newest, though it is known before that is on disk", async () => {
    const risk = (seconds: number, drawdown: number) => ({ type: "risk", drawdown_pct: drawdown, ts: at(seconds) });
    const state = { type: "bot.state", status: "running" };
    const sent = await send(
      risk(0, 0.01),
      risk(1, 0.04),
      { ...state, uptime_s: 1 },
      { ...state, uptime_s: 9, ts: at(1) },
    );
    expect(kinds(sent)).toEqual(["accepted", "sampled", "accepted", "sampled"]);
    expect(bench.hub?.state.samples.risk.get("mm")?.event).toMatchObject({ drawdown_pct: 0.04 });
    expect(bench.hub?.query.bot("mm")).toMatchObject({ uptime_s: 9 });
  });

  test("a state is a fact when it says something new, and a sample when only its figures moved", async () => {
    const state = { type: "bot.state", status: "running", uptime_s: 1 };
    expect(kinds(await send(state, { ...state, uptime_s: 2 }, { ...state, status: "paused" }))).toEqual([
      "accepted",
      "sampled",
      "accepted",
    ]);
    expect(bench.hub?.query.bot("mm")).toMatchObject({ status: "paused" });
  });

  test("risk is a fact once a minute", async () => {
    const risk = (seconds: number) => ({ type: "risk", daily_loss_pct: 0.01, ts: at(seconds) });
    expect(kinds(await send(risk(1), risk(59), risk(61)))).toEqual(["accepted", "sampled", "accepted"]);
  });

  test("positions are a fact on change and once an hour", async () => {
    const positions = (size: number, seconds: number) => ({
      type: "position.snapshot",
      positions: [{ venue: "k", symbol: "A", size }],
      ts: at(seconds),
    });
    expect(kinds(await send(positions(1, 0), positions(1, 60), positions(2, 61), positions(2, 3_661)))).toEqual([
      "accepted",
      "sampled",
      "accepted",
      "accepted",
    ]);
  });

  test("latency is a sample, what happens to a feed is a fact", async () => {
    expect(
      kinds(
        await send(
          { type: "feed", venue: "k", kind: "latency", latency_ms: 5 },
          { type: "feed", venue: "k", kind: "gap" },
        ),
      ),
    ).toEqual(["sampled", "accepted"]);
  });

  test("what was a fact in the log of another hub is one here", async () => {
    const mark = { type: "mark", venue: "x", symbol: "S", price: "1" };
    const risk = { type: "risk", equity_quote: 5, id: "r" };
    const items = await send(mark, { ...mark, origin: "export" }, risk, { ...risk, id: "s", origin: "export" });
    expect(items.map((item) => item.kind)).toEqual(["sampled", "accepted", "accepted", "accepted"]);
  });

  test("the mark at a fill and at its horizons is kept in the log, each once", async () => {
    await send(mark(0, 10), mark(1, 11));
    await send(fill("1", { ts: at(2) }), fill("2", { ts: at(2) }));
    await send(mark(2.5, 12), mark(3.5, 13), mark(8, 14), mark(400, 15));
    const marks = (await logged()).filter((event) => event["type"] === "mark").map((event) => event["price"]);
    // 11 at the fills, 12 one second later (at 3), 13 five seconds later (at 7), 14 at 30, 60 and 300 seconds.
    expect(marks).toEqual(["11", "12", "13", "14"]);
  });

  test("a kept mark says until when it stood, for a fill that is told late too", async () => {
    await send(mark(0, 10), mark(400, 15), mark(500, 16));
    await send(fill("1", { ts: at(2) }));
    await send(mark(600, 17));
    const marks = (await logged()).filter((event) => event["type"] === "mark");
    expect(marks).toMatchObject([{ price: "10", ts: at(0), stood_until: at(400) }]);
  });

  test("a mark that is kept again, as it stood longer, is no contradiction of its bot", async () => {
    await send({ ...mark(0, 10), id: "m1" }, fill("1", { ts: at(2) }), { ...mark(400, 15), id: "m2" });
    const marks = (await logged()).filter((event) => event["type"] === "mark");
    expect(marks.map((event) => [event["price"], event["standing"]])).toEqual([
      ["10", undefined],
      ["10", undefined],
    ]);
    expect(bench.hub?.query.bot("mm")).toMatchObject({ contradictions: 0 });
  });

  test("marks of fills from before a restart are awaited after it", async () => {
    await send(mark(0, 10), fill("1", { ts: at(1) }));
    await bench.stop();
    await bench.start();
    await send(mark(20, 11), mark(40, 12), mark(400, 13));
    const marks = (await logged()).filter((event) => event["type"] === "mark");
    // The one 5 seconds after the fill is lost: nobody heard what stood before the first mark after the start.
    expect(marks).toMatchObject([
      { price: "10", stood_until: at(1), stood_through: true },
      { price: "11", stood_until: at(40) },
      { price: "12", stood_until: at(400) },
    ]);
  });

  test("the edge that an opportunity cites is kept before it", async () => {
    await send({ type: "edge", pair_id: "p", primary_market: "A", hedge_market: "B", net_edge_cents: 3 });
    await send({
      type: "opportunity",
      opportunity_id: "1",
      pair_id: "p",
      action: "detected",
      edge_cents: 3,
      confidence: "high",
    });
    expect(await loggedTypes()).toEqual(["edge", "opportunity"]);
  });

  test("an edge that is told once more is live again", async () => {
    const edge = { type: "edge", bot: "mm", ts: at(0), pair_id: "p", primary_market: "A", hedge_market: "B" };
    const tell = async (more: object): Promise<string[]> => {
      const raws = [{ value: { ...edge, ...more } }];
      const done = await bench.hub?.ingest.submit(raws, { asFact: true });
      return done?.ok === true ? kinds(done.value.items) : [];
    };
    const live = () => bench.hub?.query.edges(10).edges.map(({ net_edge_cents: cents }) => cents);
    expect([await tell({ net_edge_cents: 3 }), live()]).toEqual([["accepted"], [3]]);
    bench.now = micros(START + 60e6);
    expect(live()).toEqual([]);
    expect([await tell({ net_edge_cents: 3 }), live()]).toEqual([["duplicate"], [3]]);
    expect([await tell({ net_edge_cents: 4 }), live()]).toEqual([["contradiction"], [4]]);
    bench.now = micros(START + 120e6);
    expect([await tell({ net_edge_cents: 3, origin: "import" }), live()]).toEqual([["duplicate"], []]);
  });

  test("samples are conflated between two writes and warm the next start", async () => {
    await send({ type: "heartbeat", progress: 1 }, { type: "heartbeat", progress: 2 });
    await bench.stop();
    await bench.start();
    expect(bench.hub?.query.bot("mm")).toMatchObject({ progress: 2, liveness: "alive" });
  });
});

describe("completion", () => {
  test("events have the mode of the bot's last start, the desk's before any", async () => {
    await send(fill("1"), { type: "bot.started", mode: "paper" }, fill("2"));
    expect((await logged()).map((event) => event["mode"])).toEqual(["live", "paper", "paper"]);
  });

  test("an update without a venue is of the venue of its order, also after a restart", async () => {
    await send({ type: "order.placed", order_id: "o", venue: "k", symbol: "A", side: "buy", size: 1 });
    await bench.stop();
    await bench.start();
    await send({ type: "order.acknowledged", order_id: "o" });
    expect(kinds(await send({ type: "order.acknowledged", order_id: "o", venue: "k" }))).toEqual(["duplicate"]);
  });
});

describe("once", () => {
  test("a fill counts once however it is said", async () => {
    const said = await send(
      fill("1"),
      fill("1"),
      fill("1", { type: "ORDER_FILLED", order_id: "o" }),
      fill("1", { price: "11" }),
    );
    expect(kinds(said)).toEqual(["accepted", "duplicate", "merged", "contradiction"]);
    expect(bench.hub?.query.bot("mm")).toMatchObject({ fills: 1, contradictions: 1 });
    expect(bench.hub?.query.exposure().by_currency).toMatchObject([{ gross: 20, positions: 1 }]);
  });

  test("a voided fill takes no part", async () => {
    await send(fill("1"), { type: "fill.voided", fill_id: "1", venue: "k", reason: "FAILED" });
    expect(bench.hub?.query.exposure().total.positions).toBe(0);
  });
});

describe("refusals", () => {
  test("a bad event is refused with its reason, counted and kept; the others are taken", async () => {
    expect(kinds(await send({ type: "fill" }, fill("1"), { type: "nonsense" }))).toEqual([
      "rejected",
      "accepted",
      "rejected",
    ]);
    await eventually(async () => {
      const { rejected, counts } = (await bench.hub?.query.rejected(10)) ?? { rejected: [], counts: [] };
      expect(rejected.map((row) => [row.bot, row.code, row.path])).toEqual([
        ["mm", "unknown_type", "type"],
        ["mm", "invalid_event", "fill_id"],
      ]);
      expect(counts).toHaveLength(2);
    });
    expect(bench.hub?.query.bot("mm")?.rejected).toBe(2);
  });

  test("nothing that looks like a secret is kept of a refused event", async () => {
    const key = `dw_${"canaryKey".repeat(6)}`.slice(0, 54);
    await send({ type: "nonsense", api_key: "canary-1", nested: { client_secret: 'canary"-2' }, note: `by ${key}` });
    await eventually(async () => {
      const kept = JSON.stringify(await bench.hub?.query.rejected(10));
      expect(kept).toContain("nonsense");
      expect(kept).not.toContain("canary");
    });
  });

  test("a key that is bound to a bot cannot speak for another", async () => {
    const done = await bench.hub?.ingest.submit([{ value: { bot: "other", ts: at(0), ...fill("1") } }], { bot: "mm" });
    expect(done).toMatchObject({
      ok: true,
      value: { items: [{ kind: "rejected", rejection: { code: "forbidden" } }] },
    });
  });
});

describe("silence", () => {
  test("raises an alert as a fact, and resolves it when the bot is back", async () => {
    await send({ type: "bot.started" }, { type: "heartbeat", interval_s: 5 });
    bench.now = micros(START + 20e6);
    await eventually(async () => expect(await loggedTypes()).toEqual(["bot.started", "alert.raised"]));
    await send({ type: "heartbeat", interval_s: 5 });
    const all = ["bot.started", "alert.raised", "alert.resolved"];
    await eventually(async () => expect(await loggedTypes()).toEqual(all));
  });
});

describe("recovery", () => {
  test("a snapshot and the tail give the state that all facts give, byte for byte", async () => {
    await send(fill("1"), { type: "order.placed", order_id: "o", venue: "k", symbol: "A", side: "buy", size: 1 });
    await eventually(async () => {
      await bench.time.advance(30_000);
      expect((await recover(bench.store as Store)).fromSnapshot).toBe(true);
    });
    await send(fill("2", { bot: "other" }), fill("3"), {
      type: "settlement",
      venue: "k",
      symbol: "A",
      payout_per_unit: 1,
    });
    const live = fingerprint(bench.hub?.state ?? (await recover(bench.store as Store)).state);
    const recovered = await recover(bench.store as Store);
    expect(recovered).toMatchObject({ fromSnapshot: true, refolded: 3 });
    expect(fingerprint(recovered.state)).toBe(live);
  });
});
