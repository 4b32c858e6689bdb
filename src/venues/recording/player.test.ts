import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { type Micros, micros } from "../../base/time.ts";
import type { HttpAnswer, SocketEnd, SocketHandlers, VenueContext } from "../core/ports.ts";
import { type Batches, Player, type PlayerOptions, type PlayReport } from "./player.ts";
import { recordedPorts } from "./recorded-ports.ts";
import type { VenueRecord } from "./record.ts";

const SECOND = 1_000_000;
const URL = "wss://venue.example:99/ws/v2?signature=abc&streams=x";

type Ports = Pick<VenueContext, "clock" | "timers" | "random" | "socket" | "http">;

/** As connectors are: subscribes, asks for a snapshot, beats, connects again after a random wait. Tells what happens. */
function startConnector({ clock, timers, random, socket, http }: Ports, say: (line: string) => void): void {
  const at = (): string => `${clock.now() / SECOND}`;
  let beats = 0;
  const connect = (): void => {
    let cancel = (): void => undefined;
    const beat = (): void => {
      cancel = timers.after(() => {
        say(`${at()} beat ${++beats}`);
        beat();
      }, 1_000);
    };
    const open = socket(
      { url: URL, headers: { key: "secret" } },
      {
        onOpen: () => {
          say(`${at()} open ${open.send("subscribe")}`);
          beat();
          http({ method: "GET", url: "https://venue.example/book?symbol=X&signature=secret" }).then((answer) => {
            say(`${at()} ${answer.ok ? answer.text : answer.reason}`);
          });
        },
        onFrame: (text, receivedAt) => say(`${at()} ${receivedAt / SECOND} ${text}`),
        onPing: () => say(`${at()} ping`),
        onEnd: ({ reason, code }) => {
          cancel();
          say(`${at()} end ${code} ${reason}`);
          timers.after(connect, 500 + random() * 3_000);
        },
      },
    );
  };
  connect();
}

const record = (at: number, record: Record<string, unknown>): VenueRecord =>
  ({ at: micros(at * SECOND), ...record }) as VenueRecord;
const opened = (at: number, connection: string, target = "/ws/v2?streams=x") =>
  record(at, { kind: "opened", connection, venue: "v", target });
const frame = (at: number, text: string, connection = "1") => record(at, { kind: "frame", connection, text });
const answer = (at: number, text: string) =>
  record(at, { kind: "answer", venue: "v", request: "/book?symbol=X", status: 200, text });
const ended = (at: number, connection = "1") => record(at, { kind: "ended", connection, code: 1006, reason: "gone" });

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function played(
  batches: Batches,
  options: Partial<PlayerOptions> = {},
): Promise<{ lines: string[]; report: PlayReport }> {
  const lines: string[] = [];
  const player = await Player.open({
    batches,
    sleep: async () => undefined,
    nowMs: () => 0,
    settle,
    ...options,
  });
  startConnector(player.ports("v"), (line) => lines.push(line));
  return { report: await player.play(), lines };
}

describe("a connector that is played a recording", () => {
  test("gets connections, frames, answers and time as they were", async () => {
    const { lines, report } = await played([
      [],
      [opened(100, "1"), frame(100.5, "a"), answer(101.2, "the book")],
      [record(101.3, { kind: "ping", connection: "1" }), frame(102, "b")],
    ]);
    expect(lines).toEqual([
      "100 open true",
      "100.5 100.5 a",
      "101 beat 1",
      "101.2 the book",
      "101.3 ping",
      "102 beat 2",
      "102 102 b",
    ]);
    expect(report).toMatchObject({ records: 5, frames: 2, unheard: 0, unasked: 0, firstAt: 100e6, lastAt: 102e6 });
  });

  test("gets the connection that was made again, also when it waits longer than then", async () => {
    const { lines } = await played([
      [opened(0, "1"), ended(1), opened(1.1, "2"), frame(1.2, "soon", "2"), frame(9, "late", "2"), answer(9, "x")],
    ]);
    const [reopened] = lines.filter((line) => line.includes("open")).slice(1);
    expect(Number(reopened?.split(" ")[0])).toBeGreaterThan(1.5);
    expect(lines.filter((line) => /soon|late/.test(line)).map((line) => line.split(" ").slice(1))).toEqual([
      ["1.2", "soon"],
      ["9", "late"],
    ]);
  });

  test("gets an answer that came before it asked, and none for what was never answered", async () => {
    const early = await played([[answer(0, "early"), opened(1, "1")]]);
    expect(early.lines).toEqual(["1 open true", "1 early"]);
    const old = await played([[answer(0, "old"), opened(11, "1"), answer(12, "new")]]);
    expect(old.lines.filter((line) => /old|new/.test(line))).toEqual(["12 new"]);
    const never = await played([
      [opened(1, "1"), record(2, { kind: "failed", venue: "v", request: "/else", reason: "" })],
    ]);
    expect(never.lines.at(-1)).toBe("2 the recording has no answer to this");
    expect(never.report.unasked).toBe(1);
  });

  test("gets nothing of connections to elsewhere or of other venues, and they are counted", async () => {
    const other = record(0, { kind: "opened", connection: "2", venue: "w", target: "/ws/v2?streams=x" });
    const { lines, report } = await played([
      [
        other,
        opened(0, "3", "/user"),
        opened(0, "1"),
        frame(1, "a", "2"),
        frame(1, "b", "3"),
        frame(1, "c"),
        answer(1, ""),
      ],
    ]);
    expect(lines).toEqual(["0 open true", "1 beat 1", "1 1 c", "1 "]);
    expect(report).toMatchObject({ frames: 3, unheard: 2 });
  });

  test("finds the connections open with which a segment begins, the ones before it being gone", async () => {
    const open = [{ connection: "1", venue: "v", target: "/ws/v2?streams=x" }];
    const { lines } = await played([
      [
        record(5, { kind: "segment", version: 1, run: "r", open }),
        frame(6, "a"),
        record(6, { kind: "segment", version: 1, run: "r", open }),
      ],
      [frame(6.5, "b")],
    ]);
    expect(lines).toEqual(["5 open true", "6 beat 1", "6 6 a", "6.5 6.5 b", "6.5 the recording has no answer to this"]);
  });

  test("loses its connection where the recorder was killed, and gets the one of the recorder after it", async () => {
    const { lines } = await played([
      [record(0, { kind: "segment", version: 1, run: "r", open: [] }), opened(0, "1"), frame(0.5, "a")],
      [record(2, { kind: "segment", version: 1, run: "s", open: [] }), opened(2, "2"), frame(2.1, "b", "2")],
    ]);
    expect(lines.filter((line) => /end|open|[ab]$/.test(line)).map((line) => line.replace(/^[\d.]+ /, ""))).toEqual([
      "open true",
      "0.5 a",
      "end undefined the recording was interrupted",
      "open true",
      "2.1 b",
    ]);
  });

  test("of nothing is over at once", async () => {
    expect((await played([])).report).toMatchObject({ records: 0, firstAt: undefined });
  });

  test("can be stopped", async () => {
    const stopping = new AbortController();
    const batches = function* () {
      yield [opened(0, "1")];
      stopping.abort();
      yield [frame(1, "never")];
    };
    const { lines } = await played(batches(), { stop: stopping.signal });
    expect(lines.some((line) => line.includes("never"))).toBe(false);
  });
});

/** Ports of a made-up venue whose session a test leads by hand. */
function handMadePorts() {
  let [now, order] = [1_000 * SECOND, 0];
  const timers: { at: number; order: number; run: () => void }[] = [];
  const sockets: SocketHandlers[] = [];
  const answers: ((answer: HttpAnswer) => void)[] = [];
  const ports: Ports = {
    clock: { now: () => micros(now) },
    timers: {
      after: (run, ms) => {
        const timer = { at: now + Math.round(ms * 1_000), order: order++, run };
        timers.push(timer);
        return () => timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0);
      },
    },
    random: () => 0.5,
    socket: (_, handlers) => {
      sockets.push(handlers);
      return { send: () => true, close: () => undefined };
    },
    http: () => new Promise((resolve) => answers.push(resolve)),
  };
  const until = (at: number): void => {
    for (;;) {
      const next = timers.toSorted((a, b) => a.at - b.at || a.order - b.order)[0];
      if (next === undefined || next.at > at * SECOND) break;
      timers.splice(timers.indexOf(next), 1);
      now = next.at;
      next.run();
    }
    now = at * SECOND;
  };
  const say = (text: string): void => sockets.at(-1)?.onFrame(text, now as Micros);
  const end = (why: SocketEnd): void => sockets.at(-1)?.onEnd(why);
  return { ports, until, say, end, sockets, answers };
}

test("what was recorded through the ports of a connector makes another one do the same, a hundred times and at any speed", async () => {
  const { ports, until, say, end, sockets, answers } = handMadePorts();
  const records: VenueRecord[] = [];
  const recorded = recordedPorts({ venue: "v", runId: "r", ...ports, write: (record) => records.push(record) });
  const live: string[] = [];
  startConnector({ ...ports, ...recorded }, (line) => live.push(line));
  sockets.at(-1)?.onOpen();
  say("a");
  until(1_001.25);
  answers.at(-1)?.({ ok: true, status: 200, text: "book 1", headers: {} });
  await settle();
  for (let count = 0; count < 300; count++) {
    until(1_002 + count / 10);
    say(`frame ${count}`);
  }
  sockets.at(-1)?.onPing();
  end({ code: 1006, reason: "gone" });
  until(1_040);
  sockets.at(-1)?.onOpen();
  say("b");
  until(1_041);
  answers.at(-1)?.({ ok: false, reason: "ETIMEDOUT" });
  await settle();

  expect(JSON.stringify(records)).not.toMatch(/secret|abc|example/);
  const first = await played([records]);
  expect(first.lines).toEqual(live);
  const [realMs, slept] = [{ now: 0 }, { ms: 0 }];
  for (let time = 0; time < 100; time++) {
    const cut = 1 + (time % 50);
    const again = await played([records.slice(0, cut), records.slice(cut)], {
      ...(time % 2 === 0 ? {} : { speed: time }),
      nowMs: () => realMs.now,
      sleep: async (ms) => {
        realMs.now += ms;
        slept.ms += ms;
      },
    });
    expect(again).toEqual(first);
  }
  expect(slept.ms).toBeGreaterThan(40_000);
});

test("memory stays flat while a session is played a hundred times", async () => {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  const heapMb = (): number => {
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const batches = function* (): Generator<VenueRecord[], void> {
    for (let batch = 0; batch < 20; batch++) {
      const connection = `${batch}`;
      const frames = Array.from({ length: 200 }, (_, index) =>
        frame(batch * 10 + index / 100, "x".repeat(99), connection),
      );
      yield [
        opened(batch * 10, connection),
        ...frames,
        answer(batch * 10 + 5, "book"),
        ended(batch * 10 + 6, connection),
      ];
    }
  };
  let early = 0;
  for (let time = 1; time <= 100; time++) {
    const { lines, report } = await played(batches());
    expect([report.frames, lines.length > 3_000]).toEqual([4_000, true]);
    if (time === 10) early = heapMb();
  }
  // What ninety plays read would be more than ten times this.
  expect(heapMb() - early).toBeLessThan(10);
});
