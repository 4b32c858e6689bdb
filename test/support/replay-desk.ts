import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { type Micros, micros } from "../../src/base/time.ts";
import { emptyState, reduce } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import { type Hub, startHub } from "../../src/hub/hub.ts";
import type { Store } from "../../src/hub/ports.ts";
import type { CheckpointLimits } from "../../src/hub/replay/checkpoints.ts";
import { openReplays } from "../../src/hub/replay/open-replays.ts";
import type { Replay } from "../../src/hub/replay/replay.ts";
import { type ReplayRequest, replayRequest } from "../../src/protocol/api-sessions.ts";
import type { Recorded } from "../../src/protocol/recorded.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { HandTime } from "./hand-time.ts";

export const START_MS = Date.UTC(2026, 2, 1, 12);

/** The moment so many seconds after the beginning of the tests' day. */
export const at = (seconds: number): string => new Date(START_MS + seconds * 1000).toISOString();

/** A hub on a store, and replays of its log, whose clock and timers the test moves. */
export class ReplayDesk {
  readonly time = new HandTime();
  readonly problems: string[] = [];
  readonly store: Store;
  readonly hub: Hub;
  readonly #desk: Pick<Parameters<typeof openReplays>[0], "clock" | "timers" | "version" | "onProblem">;

  static async open(store?: Store): Promise<ReplayDesk> {
    const opened = store ?? (await sqliteStore());
    const time = new HandTime();
    const problems: string[] = [];
    const desk = {
      clock: { now: (): Micros => micros((START_MS + time.nowMs) * 1000) },
      timers: {
        every: (ms: number, run: () => void | Promise<void>) => {
          let cancel = (): void => undefined;
          const again = (): void => {
            cancel = time.schedule(() => void Promise.resolve(run()).then(again), ms);
          };
          again();
          return () => cancel();
        },
        after: time.schedule,
        breathe: () => new Promise<void>((resolve) => setImmediate(resolve)),
      },
      version: "test",
      onProblem: (what: string, error: unknown) => problems.push(`${what}: ${String(error)}`),
    };
    const hub = await startHub({ store: opened, ...desk });
    const opening = new ReplayDesk({ time, problems, store: opened, hub, desk });
    onTestFinished(async () => {
      await hub.stop();
      await opened.close();
    });
    return opening;
  }

  private constructor(parts: {
    time: HandTime;
    problems: string[];
    store: Store;
    hub: Hub;
    desk: Pick<Parameters<typeof openReplays>[0], "clock" | "timers" | "version" | "onProblem">;
  }) {
    this.time = parts.time;
    this.problems = parts.problems;
    this.store = parts.store;
    this.hub = parts.hub;
    this.#desk = parts.desk;
  }

  /** Sends events through the hub's own ingest; they are of bot `mm`, at the tests' beginning, unless they say otherwise. */
  async send(...events: Record<string, unknown>[]): Promise<void> {
    const raws = events.map((event) => ({ value: { bot: "mm", ts: at(0), ...event } }));
    const done = await this.hub.ingest.submit(raws);
    if (!done.ok) throw new Error(done.error.message);
    for (const item of done.value.items) if (item.kind === "rejected") throw new Error(item.rejection.message);
  }

  /** A replay that has been prepared. */
  async replay(
    request: Partial<ReplayRequest> = {},
    limits: Partial<CheckpointLimits> = {},
    over: (store: Store) => Store = (store) => store,
  ): Promise<Replay> {
    const replays = openReplays({
      ...this.#desk,
      store: over(this.store),
      lastSeq: () => this.hub.state.desk.seq,
      desk: { defaultMode: "live", exposureLimits: { low_usd: 20, high_usd: 50 } },
      limits,
    });
    onTestFinished(() => replays.close());
    const begun = replays.create(replayRequest.parse({ paused: true, ...request }));
    const replay = ensure(begun.ok ? begun.value : undefined, "there is room for a replay");
    await replay.settled();
    return replay;
  }

  /** Lets so much time pass while a replay plays. */
  async play(replay: Replay, seconds: number): Promise<void> {
    for (let ms = 0; ms < seconds * 1000; ms += 50) {
      await this.time.advance(50);
      await replay.settled();
    }
  }

  async log(): Promise<Recorded[]> {
    const log: Recorded[] = [];
    await this.store.replay(0, (events) => {
      log.push(...events);
    });
    return log;
  }
}

/** What live was after each `seq`: the fold of the log up to it, as text. */
export class LiveCourse {
  readonly #log: readonly Recorded[];

  constructor(log: readonly Recorded[]) {
    this.#log = log;
  }

  after(seq: number): string {
    const state = emptyState();
    for (const recorded of this.#log) if (recorded.seq <= seq) reduce(state, recorded);
    return fingerprint(state);
  }
}

/** A store in a directory that goes away with the test. */
async function sqliteStore(): Promise<Store> {
  const dataDir = mkdtempSync(join(tmpdir(), "deskwatch-past-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return openSqliteStore({ dataDir });
}
