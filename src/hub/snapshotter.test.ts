import { expect, test } from "vitest";
import { micros } from "../base/time.ts";
import { emptyState, reduce, type State } from "../engine/fold.ts";
import { fingerprint } from "../engine/snapshot.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { Recorded } from "../protocol/recorded.ts";
import { type SnapshotSlice, StoreUnavailable } from "./ports.ts";
import { recover } from "./recovery.ts";
import { Snapshotter } from "./snapshotter.ts";

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

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A desk whose snapshots are written to a disk that is slow, in order, and fails at some writes. */
class SnapshotDesk {
  readonly state = emptyState();
  readonly snapshotter: Snapshotter;
  writes = 0;
  readonly #failing: ReadonlySet<number>;
  readonly #slices = new Map<string, SnapshotSlice>();
  readonly #log: Recorded[] = [];
  #queue: Promise<void> = Promise.resolve();

  /** `failing`: which writes fail, counted from 1. */
  constructor(failing: readonly number[]) {
    this.#failing = new Set(failing);
    const saveSlices = (slices: readonly SnapshotSlice[]) => {
      const written = this.#queue.then(turn).then(() => this.#write(slices));
      this.#queue = written.catch(() => undefined);
      return written;
    };
    this.snapshotter = new Snapshotter(this.state, { saveSlices }, { breathe: turn });
  }

  say(bot: string): void {
    this.put((seq) => fillOf(seq, bot));
  }

  put(factOf: (seq: number) => Recorded): void {
    const fact = factOf(this.#log.length + 1);
    this.#log.push(fact);
    reduce(this.state, fact);
  }

  /** What a start makes of what was written. */
  async recovered(): Promise<State> {
    const { state } = await recover({
      loadSlices: async () => [...this.#slices.values()],
      replay: async (after, onBatch) => void (await onBatch(this.#log.filter(({ seq }) => seq > after))),
    });
    return state;
  }

  #write(slices: readonly SnapshotSlice[]): void {
    if (this.#failing.has(++this.writes)) throw new StoreUnavailable("The disk is full.");
    for (const slice of slices) this.#slices.set(slice.name, slice);
  }
}

const BOTS = 60;

test.each([[[1]], [[2]], [[1, 3]], [[2, 3, 4]]])(
  "What a snapshot could not keep, as writes %j failed, the next one keeps, though its bots said nothing since",
  async (failing) => {
    const desk = new SnapshotDesk(failing);
    for (let n = 0; n < BOTS * 40; n++) desk.say(`bot-${n % BOTS}`);
    let failed = 0;
    for (let round = 0; round < 5; round++) {
      desk.say("talker");
      await desk.snapshotter.round().catch((error: unknown) => {
        expect(error).toBeInstanceOf(StoreUnavailable);
        failed++;
      });
    }
    expect(failed).toBeGreaterThan(0);
    expect(desk.writes).toBeGreaterThan(4);
    desk.say("talker");
    expect(fingerprint(await desk.recovered())).toBe(fingerprint(desk.state));
  },
);

/** An edge that an opportunity acted upon: the desk has as many as there are pairs. */
function edgeOf(seq: number): Recorded {
  const markets = { primary_market: "x".repeat(200), hedge_market: "y".repeat(200) };
  const said = { type: "edge", bot: "watcher", ts: "2026-02-24T00:00:00Z", pair_id: `pair-${seq}`, ...markets };
  return recordedOf(seq, { ...said, net_edge_cents: 3 });
}

test("A snapshot that is asked for while another is written, as at a stop, does not come between its parts", async () => {
  for (let turns = 1; turns < 60; turns += 3) {
    const desk = new SnapshotDesk([]);
    for (const bot of ["watcher", "first", "last"]) for (let n = 0; n < 1_500; n++) desk.say(bot);
    for (let n = 0; n < 2_000; n++) desk.put(edgeOf);
    const running = desk.snapshotter.round();
    for (let n = 0; n < turns; n++) await turn();
    for (let n = 0; n < 40; n++) for (const bot of ["first", "last"]) desk.say(bot);
    await Promise.all([running, desk.snapshotter.round()]);
    expect(fingerprint(await desk.recovered())).toBe(fingerprint(desk.state));
  }
});
