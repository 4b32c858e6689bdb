import { type ChildProcess, spawn } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { registerPlay } from "../../src/app/commands/play.ts";
import { registerRecord } from "../../src/app/commands/record.ts";
import { OrderBook } from "../../src/domain/order-book.ts";
import { binance } from "../../src/venues/binance/binance.ts";
import { FeedReport } from "../../src/venues/core/feed.ts";
import type { VenueSink } from "../../src/venues/core/sink.ts";
import type { VenueConnector } from "../../src/venues/core/venue.ts";
import { Player } from "../../src/venues/recording/player.ts";
import { noTrouble, type ReadTrouble, readRecording } from "../../src/venues/recording/read-recording.ts";
import type { VenueRecord } from "../../src/venues/recording/record.ts";
import { listSegments } from "../../src/venues/recording/segments.ts";
import { FakeBinance } from "../fakes/fake-binance.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub } from "../support/scratch-hub.ts";
import { typed } from "../support/typed-command.ts";
import { waitUntil } from "../support/wait-until.ts";

const MAIN = fileURLToPath(new URL("../../src/app/main.ts", import.meta.url));
const SYMBOL = "BTCUSDT";
const TIMEOUT_MS = 240_000;
const WAIT_MS = 100_000;

let venue: FakeBinance;
let moving: NodeJS.Timeout | undefined;

beforeEach(async () => {
  venue = await FakeBinance.start([SYMBOL]);
  move(4);
});

/** Changes the market so often. */
function move(everyMs: number): void {
  clearInterval(moving);
  let moves = 0;
  moving = setInterval(() => {
    moves++;
    venue.change(SYMBOL, [
      { side: "bids", price: "99.70", size: `${moves}.001` },
      { side: "asks", price: `100.${20 + (moves % 70)}`, size: String(moves % 3) },
    ]);
  }, everyMs);
}

afterEach(async () => {
  clearInterval(moving);
  await venue.close();
});

interface Recording {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** `deskwatch record` in a process of its own. */
function record(directory: string, ...flags: readonly string[]): Recording {
  const addresses = [`binance.ws_url=${venue.wsUrl}`, `binance.rest_url=${venue.restUrl}`];
  const args = [MAIN, "record", directory, "--market", `binance:${SYMBOL}`, "--set", ...addresses, ...flags];
  const child = spawn(process.execPath, args, {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const gone = new Promise<number | null>((resolve) => child.once("close", resolve));
  const end = (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return gone;
  };
  onTestFinished(async () => {
    await end("SIGKILL");
  });
  return { child, output: () => output, end };
}

const recordsIn = (directory: string, trouble: ReadTrouble = noTrouble()): VenueRecord[] =>
  [...readRecording(directory, trouble)].flat();

/** Waits until what is recorded is enough; looks at it only when there is more of it. */
async function untilRecorded(
  directory: string,
  what: string,
  isEnough: (records: readonly VenueRecord[]) => boolean,
): Promise<void> {
  let seen = 0;
  await waitUntil(
    what,
    () => {
      const bytes = bytesIn(directory);
      if (bytes === seen) return false;
      seen = bytes;
      return isEnough(recordsIn(directory));
    },
    WAIT_MS,
  );
}

function bytesIn(directory: string): number {
  try {
    return listSegments(directory).reduce((sum, { file }) => sum + statSync(join(directory, file)).size, 0);
  } catch {
    // Not there yet.
    return 0;
  }
}

/** Depth updates by their ids, in the order in which they were recorded. */
const updatesOf = (records: readonly VenueRecord[]): { u: number; pu: number }[] =>
  records.flatMap((record) => {
    if (record.kind !== "frame" || !record.text.includes("depthUpdate")) return [];
    return [JSON.parse(record.text).data];
  });

/** Updates since the venue last answered with the whole book, in the newest segment. */
function followed(records: readonly VenueRecord[]): number {
  const segment = records.slice(records.findLastIndex(({ kind }) => kind === "segment"));
  const answer = segment.findLastIndex((each) => each.kind === "answer" && each.request.startsWith("/fapi/v1/depth"));
  return answer < 0 ? 0 : updatesOf(segment.slice(answer)).length;
}

const isUnbroken = (updates: readonly { u: number; pu: number }[]): boolean =>
  updates.every(({ pu }, index) => index === 0 || pu === updates[index - 1]?.u);

describe("deskwatch record", () => {
  test(
    "leaves everything up to a kill to be read, goes on after it, and what it has is played alike each time",
    async () => {
      const directory = scratchDirectory();
      const enough = async (count: number): Promise<void> => {
        const isEnough = (records: readonly VenueRecord[]) =>
          updatesOf(records).length >= count && followed(records) > 50;
        await untilRecorded(directory, `${count} updates are recorded`, isEnough);
      };
      const killed = record(directory);
      await enough(100);
      await killed.end("SIGKILL");
      const left = noTrouble();
      const first = updatesOf(recordsIn(directory, left));
      expect([first.length >= 100, isUnbroken(first), left.malformed]).toEqual([true, true, 0]);

      const stopped = record(directory, "--json");
      await enough(first.length + 100);
      expect(await stopped.end("SIGTERM")).toBe(0);
      const trouble = noTrouble();
      const all = updatesOf(recordsIn(directory, trouble));
      expect([all.slice(0, first.length), isUnbroken(all.slice(first.length))]).toEqual([first, true]);
      expect(
        JSON.parse(
          stopped
            .output()
            .split("\n")
            .find((line) => line.startsWith("{")) ?? "{}",
        ),
      ).toMatchObject({
        lost: 0,
        segmentsDropped: 0,
      });

      const isTorn = trouble.tears.length > 0;
      const plays = [await play(directory), await play(directory)];
      expect(plays.map(({ code }) => code)).toEqual(Array(2).fill(isTorn ? 1 : 0));
      expect(plays[1]).toEqual(plays[0]);
      expect(JSON.parse(plays[0]?.out ?? "")).toMatchObject({ unheard: 0, malformed: 0 });
      expect(await playedBook(directory)).toEqual(lastTop(all.at(-1)));
    },
    TIMEOUT_MS,
  );

  test(
    "what is left when old files have gone can still be played, for connections are made anew",
    async () => {
      const directory = scratchDirectory();
      const renewing = record(directory, "--renew", "3s");
      const runs = (records: readonly VenueRecord[]) =>
        new Set(records.flatMap((each) => (each.kind === "segment" ? [each.run] : []))).size;
      await untilRecorded(
        directory,
        "connections were made anew twice, and the last of them tells of the market",
        (records) => runs(records) >= 3 && followed(records) > 5,
      );
      expect(await renewing.end("SIGTERM")).toBe(0);
      const remove = (at: number): void => rmSync(join(directory, listSegments(directory).at(at)?.file ?? "none"));
      remove(0);
      // A connection that was made just before the end has not got as far as a book.
      while (followed(recordsIn(directory)) <= 5) remove(-1);
      expect(await playedBook(directory)).toEqual(lastTop(updatesOf(recordsIn(directory)).at(-1)));
    },
    TIMEOUT_MS,
  );

  test(
    "stops by itself when the disk that it may take is taken",
    async () => {
      const directory = scratchDirectory();
      // Slowly: what comes in a second is much less than all that it may hold.
      move(20);
      const full = record(directory, "--max-size", "16KB", "--segment-size", "8KB", "--when-full", "stop");
      const code = await new Promise((resolve) => full.child.once("close", resolve));
      expect(code).toBe(1);
      expect(full.output()).toContain("the recording has reached its limit of 16000 bytes");
      expect(recordsIn(directory).length).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  test.each([
    [["record", "x"], "no file says what to watch: give --market VENUE:SYMBOL"],
    [["record", "x", "--market", "nowhere:X"], "no venue is called nowhere"],
    [["record", "x", "--market", "BTCUSDT"], "--market is VENUE:SYMBOL such as"],
    [["record", "x", "--market", "binance:BTCUSDT", "--set", "binance.speed=9"], "binance has no setting speed"],
    [["record", "x", "--market", "binance:BTCUSDT", "--set", "speed"], "--set is VENUE.NAME=VALUE such as"],
    [["record", "x", "--market", "binance:BTCUSDT", "--max-size", "much"], "a size is one such as 500MB"],
    [["record", "x", "--market", "binance:BTCUSDT", "--max-size", "1MB"], "--max-size has room for at least two"],
    [["record", "x", "--market", "binance:BTCUSDT", "--segment-time", "9"], "--segment-time is a time"],
    [["record", "x", "--market", "binance:BTCUSDT", "--for", "long"], "--for is a time"],
    [["record", "x", "--market", "binance:BTCUSDT", "--renew", "25d"], "--renew is a time"],
    [["record", "x", "--market", "binance:BTCUSDT", "--when-full", "burst"], "--when-full is drop-oldest or stop"],
    [["play", "x"], "--market VENUE:SYMBOL says what to watch in the recording"],
    [["play", "x", "--market", "binance:BTCUSDT", "--speed", "0"], "--speed is a number above 0"],
    [["play", "x", "--market", "binance:BTCUSDT", "--every", "0s"], "--every is a time such as"],
    [["play", "x", "--market", "binance:BTCUSDT", "--levels", "0"], "--levels is a whole number from 1"],
  ])("%j is told what is wrong with it", async (args, message) => {
    expect(await typed([registerRecord, registerPlay], args)).toEqual({
      code: 2,
      out: "",
      err: expect.stringContaining(message),
    });
  });

  test("needs the keys of a venue that has no market without them, and says where they are looked for", async () => {
    const ran = await typed([registerRecord], ["record", scratchDirectory(), "--market", "kalshi:X"], {
      environment: { KALSHI_API_KEY_ID_FILE: "/nowhere" },
    });
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining("KALSHI_API_KEY_ID_FILE cannot be read (ENOENT)")]);
  });
});

describe("deskwatch play", () => {
  test("says when there is nothing that it could play", async () => {
    const missing = await play("/nowhere/at-all");
    expect([missing.code, missing.err]).toEqual([1, expect.stringContaining("cannot read /nowhere/at-all")]);
    const file = join(scratchDirectory(), "notes.txt");
    writeFileSync(file, "nothing of the kind\n");
    const unknown = await play(file);
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining("raw frames in a format known here")]);
  });

  test("plays what others recorded, some of it the worse for wear, and tells a hub that none of it is live", async () => {
    const file = foreignFile();
    const ran = await play(file);
    expect(ran.code).toBe(0);
    expect(JSON.parse(ran.out)).toMatchObject({ records: 5, frames: 3, unheard: 0, from: "2024-08-08T23:54:15.000Z" });
    expect(JSON.parse(ran.out).books).toBeGreaterThan(0);
    const hub = await scratchHub();
    expect(await play(file, "--tell", "--url", hub.url)).toEqual(ran);
    const books = async (mode: string) =>
      (await (await fetch(`${hub.url}/api/v1/orderbooks?mode=${mode}`)).json()).orderbooks;
    expect(await books("simulate")).toMatchObject([
      { venue: "binance", symbol: SYMBOL, bot: "markets", bids: [["9", "2"]], asks: [["10", "1"]] },
    ]);
    expect(await books("live")).toEqual([]);
  });
});

/** A short session as another recorder writes it, with a line that is none. */
function foreignFile(): string {
  const file = join(scratchDirectory(), "frames.gz");
  const stamp = (ms: number): string => `${1_723_161_255_000 + ms}000000`;
  const depth = (U: number, u: number, pu: number, b: string[][]) => {
    const data = { e: "depthUpdate", E: 1, T: 1, s: SYMBOL, U, u, pu, b, a: [] };
    return JSON.stringify({ stream: "btcusdt@depth@0ms", data });
  };
  const lines = [
    `${stamp(0)} ${depth(1, 5, 0, [["9", "1"]])}`,
    `${stamp(10)} {"lastUpdateId":5,"E":1,"T":1,"bids":[["9","1"]],"asks":[["10","1"]]}`,
    "torn line",
    `${stamp(20)} ${depth(6, 7, 5, [["9", "2"]])}`,
    "",
  ];
  writeFileSync(file, gzipSync(lines.join("\n")));
  return file;
}

const play = (recording: string, ...flags: readonly string[]) =>
  typed([registerPlay], ["play", recording, "--market", `binance:${SYMBOL}`, "--json", ...flags]);

const lastTop = (update: unknown): unknown => {
  const { b } = update as { b: [string, string][] };
  return [Number(b[0]?.[0]), Number(b[0]?.[1])];
};

/** The bid that every update changes, as the connector has it after the recording. */
async function playedBook(directory: string): Promise<unknown> {
  const books = new Map<string, OrderBook>();
  const sink: VenueSink = {
    bookChanged: ({ symbol, book }) => books.set(symbol, book),
    marked: () => undefined,
    traded: () => undefined,
    tell: () => undefined,
  };
  let connector: VenueConnector | undefined;
  const begin = (): void => {
    connector?.stop();
    const ports = player.ports("binance");
    const made = binance.connect({
      venue: "binance",
      markets: [SYMBOL],
      settings: { rest_url: venue.restUrl, ws_url: venue.wsUrl },
      secrets: {},
      context: {
        venue: "binance",
        ...ports,
        sink,
        feed: new FeedReport({ venue: "binance", clock: ports.clock, sink }),
      },
    });
    if (!made.ok) throw new Error(made.error);
    connector = made.value;
    connector.start();
  };
  const player = await Player.open({
    batches: readRecording(directory, noTrouble()),
    sleep: async () => undefined,
    nowMs: () => 0,
    settle: () => new Promise((resolve) => setImmediate(resolve)),
    onNewRun: begin,
  });
  begin();
  await player.play();
  const book = books.get(SYMBOL) ?? new OrderBook();
  const found = book.top("bids", 99).find(([price]) => price === "99.7");
  connector?.stop();
  return [Number(found?.[0]), Number(found?.[1])];
}
