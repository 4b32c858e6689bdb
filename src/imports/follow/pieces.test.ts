import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FollowScene, RememberingHub } from "../../../test/imports/follow-scene.ts";
import { requireTestData, testData } from "../../../test/support/test-data.ts";
import { seededRandom } from "../../base/random.ts";
import { importFiles } from "../import-files.ts";

const PIECES = 7;

/** What a store would hold after an import of the whole file. */
async function imported(path: string): Promise<string[]> {
  const hub = new RememberingHub();
  const noSleep = () => Promise.resolve();
  const target = { url: "http://hub.invalid", fetch: hub.fetch, random: () => 0, sleep: noSleep };
  const options = { bot: undefined, mode: undefined };
  await importFiles({ files: [path], format: undefined, options, hub: target, onBytes: () => undefined });
  return hub.stored;
}

/** What it would hold after following the file while it is written in pieces, cut anywhere, with a restart after each. */
async function followed(bytes: Buffer, name: string, seed: number): Promise<{ scene: FollowScene; path: string }> {
  const scene = new FollowScene();
  mkdirSync(scene.root);
  const path = scene.path(name);
  const random = seededRandom(seed);
  const cuts = Array.from({ length: PIECES - 1 }, () => random.below(bytes.length)).sort((a, b) => a - b);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    appendFileSync(path, bytes.subarray(from, to));
    await scene.once();
    from = to;
  }
  scene.aheadMs = 120_000;
  await scene.once();
  return { scene, path };
}

const ROWS = [
  "ts,bot_variant,exchange,trading_pair,side,price,amount_base,order_id,is_maker,fee_quote",
  ...Array.from({ length: 60 }, (_, index) => {
    const row = index % 3 === 0 ? 0 : index;
    return `2026-05-04T00:00:${String(row % 60).padStart(2, "0")}Z,a,kraken,BTC-USDT,buy,${100 + row},0.01,o${row},True,0.001`;
  }),
];
const LINES = Array.from({ length: 60 }, (_, index) =>
  JSON.stringify({ type: "annotation", bot: "b", ts: "2026-05-04T00:00:00Z", title: `größer ${index % 4}` }),
);

describe("a file followed in pieces, with a restart after each", () => {
  test.each([
    ["a table with equal rows", "fills.csv", ROWS],
    ["NDJSON with equal lines", "events.ndjson", LINES],
  ])("stores what an import of the whole file stores when it is %s", async (_, name, lines) => {
    for (const seed of [1, 2, 3, 4]) {
      const { scene, path } = await followed(Buffer.from(`${lines.join("\n")}\n`), name, seed);
      expect(scene.hub.stored).toEqual(await imported(path));
      expect(scene.hub.sent).toHaveLength(scene.hub.stored.length);
    }
  });
});

requireTestData(
  "data/hbot-paper",
  "data/arbitrage-attempts",
  "data/polymarket-wallet",
  "data/hummingbot-trades",
)("a recording followed in pieces, with a restart after each", () => {
  test.each([
    ["data/hbot-paper/fills.csv", "fills.csv"],
    ["data/hbot-paper/bot1_minute_20260220-23.csv.gz", "minute.csv"],
    ["data/arbitrage-attempts/arb_executions.csv", "arb_executions.csv"],
    ["data/arbitrage-attempts/execution_events.jsonl.gz", "execution_events.jsonl"],
    ["data/arbitrage-attempts/settlements_clean.csv", "settlements_clean.csv"],
    ["data/hummingbot-trades/trades_conf_pure_mm_7.csv", "trades.csv"],
    ["data/polymarket-wallet/activity.jsonl.gz", "activity.jsonl"],
  ])("stores what an import of the whole file stores: %s", async (recording, name) => {
    const raw = readFileSync(testData(recording));
    const bytes = recording.endsWith(".gz") ? gunzipSync(raw) : raw;
    const { scene, path } = await followed(bytes, name, 7);
    expect(scene.hub.stored).toEqual(await imported(path));
    expect(scene.hub.stored.length).toBeGreaterThan(10);
  });
});

type Step =
  | { readonly do: "append"; readonly lines: number; readonly half: boolean }
  | { readonly do: "rename" | "copytruncate" | "delete" | "look" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("append" as const),
      lines: fc.integer({ min: 1, max: 5 }),
      half: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.constant({ do: "look" as const }) },
  { weight: 2, arbitrary: fc.constant({ do: "rename" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "copytruncate" as const }) },
  { weight: 1, arbitrary: fc.constant({ do: "delete" as const }) },
);

/** A writer with the truth of what it wrote. A file that is deleted takes with it what nobody had looked at. */
class Writer {
  readonly mustArrive = new Set<string>();
  readonly mayArrive = new Set<string>();
  readonly #scene: FollowScene;
  #number = 0;
  #rotations = 0;
  #held = "";
  #unseen: string[] = [];

  constructor(scene: FollowScene) {
    this.#scene = scene;
    writeFileSync(this.#path, "");
  }

  get #path(): string {
    return this.#scene.path("events.ndjson");
  }

  async take(step: Step): Promise<void> {
    if (step.do === "append") return this.#append(step.lines, step.half);
    if (step.do === "look") return this.#look();
    this.#finishLine();
    const old = this.#scene.path(`events.ndjson.${++this.#rotations}`);
    if (step.do === "copytruncate") {
      copyFileSync(this.#path, old);
      truncateSync(this.#path);
    } else if (step.do === "rename") renameSync(this.#path, old);
    else {
      unlinkSync(this.#path);
      for (const title of this.#unseen) this.mustArrive.delete(title);
      this.#unseen = [];
    }
    if (step.do !== "copytruncate") writeFileSync(this.#path, "");
  }

  async end(): Promise<void> {
    this.#finishLine();
    await this.#look();
  }

  #append(lines: number, half: boolean): void {
    this.#finishLine();
    for (let count = 0; count < lines; count++) appendFileSync(this.#path, `${this.#line()}\n`);
    if (!half) return;
    const line = this.#line();
    const cut = 1 + (this.#number % (line.length - 1));
    appendFileSync(this.#path, line.slice(0, cut));
    this.#held = `${line.slice(cut)}\n`;
  }

  #line(): string {
    const title = `note ${++this.#number}`;
    this.mustArrive.add(title);
    this.mayArrive.add(title);
    this.#unseen.push(title);
    return JSON.stringify({ type: "annotation", bot: "b", ts: "2026-05-04T00:00:00Z", title });
  }

  #finishLine(): void {
    appendFileSync(this.#path, this.#held);
    this.#held = "";
  }

  async #look(): Promise<void> {
    await this.#scene.once();
    this.#unseen = this.#held === "" ? [] : this.#unseen.slice(-1);
  }
}

test("arrives whole and in no other form whatever is appended, rotated, truncated, deleted and restarted between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const scene = new FollowScene();
      mkdirSync(scene.root);
      const writer = new Writer(scene);
      for (const next of steps) await writer.take(next);
      await writer.end();
      const titles = new Set(scene.hub.sent.map((event) => String(event["title"])));
      expect([...writer.mustArrive].filter((title) => !titles.has(title))).toEqual([]);
      expect([...titles].filter((title) => !writer.mayArrive.has(title))).toEqual([]);
      expect(scene.hub.sent).toHaveLength(titles.size);
    }),
    { numRuns: 60 },
  );
});
