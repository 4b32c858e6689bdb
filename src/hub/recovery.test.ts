import { expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { emptyState, FOLD_VERSION, reduce, type State } from "../engine/fold.ts";
import { fingerprint } from "../engine/snapshot.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { type SnapshotSlice, StoreUnavailable } from "./ports.ts";
import { recover, Snapshotter } from "./recovery.ts";

const START = Date.UTC(2026, 1, 24) * 1000;

/** A fill of a bot as the log has it. */
function fillOf(seq: number, bot: string): Recorded {
  const ts = "2026-02-24T00:00:00Z";
  const market = { venue: "kalshi", symbol: `M-${seq % 50}`, side: "buy", price: "0.5", size: "2" };
  return recordedOf(seq, { type: "fill", bot, ts, fill_id: `${bot}-${seq}`, ...market });
}

function recordedOf(seq: number, said: Record<string, unknown>): Recorded {
  const parsed = parseEvent(said);
  if (!parsed.ok) throw new Error(parsed.error.message);
  const at = micros(START + seq);
  return { seq, ts: at, receivedAt: at, standing: "fact", ofSeq: undefined, event: parsed.value };
}

/** A store of slices whose disk fails at some of its writes. */
class FailingStore {
  readonly slices = new Map<string, SnapshotSlice>();
  readonly log: Recorded[] = [];
  /** Which writes fail, counted from 1. */
  failing = new Set<number>();
  writes = 0;

  async saveSlices(slices: readonly SnapshotSlice[]): Promise<void> {
    if (this.failing.has(++this.writes)) throw new StoreUnavailable("The disk is full.");
    for (const slice of slices) this.slices.set(slice.name, slice);
  }

  async recovered(): Promise<State> {
    const loadSlices = async () => [...this.slices.values()].filter(({ foldVersion }) => foldVersion === FOLD_VERSION);
    const replay = async (after: number, onBatch: (events: readonly Recorded[]) => void | Promise<void>) =>
      void (await onBatch(this.log.filter(({ seq }) => seq > after)));
    return (await recover({ loadSlices, replay } as unknown as Parameters<typeof recover>[0])).state;
  }
}

const timers = { breathe: () => Promise.resolve() } as unknown as ConstructorParameters<typeof Snapshotter>[2];

const BOTS = 60;

test.each([[[1]], [[2]], [[1, 3]], [[2, 3, 4]]])(
  "What a snapshot could not keep, as writes %j failed, the next one keeps, though its bots said nothing since",
  async (failing) => {
    const store = new FailingStore();
    store.failing = new Set(failing);
    const state = emptyState();
    const say = (bot: string): void => {
      const fact = fillOf(store.log.length + 1, bot);
      store.log.push(fact);
      reduce(state, fact);
    };
    const asStore = store as unknown as ConstructorParameters<typeof Snapshotter>[1];
    const snapshotter = new Snapshotter(state, asStore, timers);
    for (let n = 0; n < BOTS * 40; n++) say(`bot-${n % BOTS}`);
    let failed = 0;
    for (let round = 0; round < 5; round++) {
      say("talker");
      await snapshotter.round().catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreUnavailable);
        failed++;
      });
    }
    expect(failed).toBeGreaterThan(0);
    expect(store.writes).toBeGreaterThan(4);
    say("talker");
    expect(fingerprint(await store.recovered())).toBe(fingerprint(state));
  },
);

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An edge that an opportunity acted upon: the desk has as many as there are pairs. */
function edgeOf(seq: number): Recorded {
  const markets = { primary_market: "x".repeat(200), hedge_market: "y".repeat(200) };
  const said = { type: "edge", bot: "watcher", ts: "2026-02-24T00:00:00Z", pair_id: `pair-${seq}`, ...markets };
  return recordedOf(seq, { ...said, net_edge_cents: 3 });
}

test("A snapshot that is asked for while another is written, as at a stop, does not come between its parts", async () => {
  for (let turns = 1; turns < 60; turns += 3) {
    const store = new FailingStore();
    const state = emptyState();
    const put = (fact: Recorded): void => {
      store.log.push(fact);
      reduce(state, fact);
    };
    const say = (bot: string): void => put(fillOf(store.log.length + 1, bot));
    let queue = Promise.resolve();
    const slow = {
      saveSlices: (slices: readonly SnapshotSlice[]) => {
        queue = queue.then(turn).then(() => store.saveSlices(slices));
        return queue;
      },
    } as unknown as ConstructorParameters<typeof Snapshotter>[1];
    const snapshotter = new Snapshotter(state, slow, { ...timers, breathe: turn });
    for (const bot of ["watcher", "first", "last"]) for (let n = 0; n < 1_500; n++) say(bot);
    for (let n = 0; n < 2_000; n++) put(edgeOf(store.log.length + 1));
    const running = snapshotter.round();
    for (let n = 0; n < turns; n++) await turn();
    for (let n = 0; n < 40; n++) for (const bot of ["first", "last"]) say(bot);
    await Promise.all([running, snapshotter.round()]);
    expect(fingerprint(await store.recovered())).toBe(fingerprint(state));
  }
});
