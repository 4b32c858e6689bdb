import { describe, expect, test } from "vitest";
import { DeskStore, FILLS_HELD } from "./desk-store.ts";

const fill = (seq: number) => ({ seq, timestamp: "2026-11-21T14:03:20.000Z", bot: "b" });
const bot = (name: string, changes: object = {}) => ({ bot: name, contacts_per_minute: [], ...changes });

function storeWithClock() {
  const clock = { ms: 1000 };
  const frames: (() => void)[] = [];
  const store = new DeskStore({ nowMs: () => clock.ms, nextFrame: (draw) => frames.push(draw) });
  const nextFrame = (): void => {
    for (const draw of frames.splice(0)) draw();
  };
  return { store, clock, frames, nextFrame };
}

const seqs = (store: DeskStore): number[] => (store.fills.get() ?? []).map((each) => each.seq);

const CONTROLS = {
  desk: { state: "running", command_ids: [] },
  ...{ bots: [], strategies: [], venues: [], commands: [] },
  ...{ as_of: "2026-02-24T00:00:00.000Z", as_of_seq: 1 },
};

const REPLAY = {
  ...{ replay_id: "r-1", speed: 1, from: null, to: null, from_seq: 0, to_seq: 0, at: null, at_seq: 0 },
  ...{ events: 0, played: 0, created_at: "2026-02-24T00:00:00.000Z" },
};

describe("DeskStore", () => {
  test("renders once when many frames come between two pictures", () => {
    const { store, frames, nextFrame } = storeWithClock();
    let renders = 0;
    store.fills.watch(() => renders++);
    store.onSnapshot("fills", [fill(2), fill(1)]);
    for (let seq = 3; seq <= 50; seq++) store.onFact("fills", fill(seq));
    expect(frames).toHaveLength(1);
    nextFrame();
    expect(renders).toBe(1);
    expect(seqs(store)[0]).toBe(50);
  });

  test("keeps the newer view of a replay, whichever came later and from wherever", () => {
    const { store, nextFrame } = storeWithClock();
    const shown = (): string | undefined => {
      nextFrame();
      return store.replay.get()?.state;
    };
    const replay = (revision: number, state: string) => ({ ...REPLAY, revision, state });
    store.onDelta("replay", replay(1, "preparing"));
    expect(shown()).toBe("preparing");
    // A read, though the stream never spoke.
    store.onDelta("replay", replay(2, "playing"));
    expect(shown()).toBe("playing");
    store.onSnapshot("replay", replay(7, "ended"));
    // The answer to what was asked before.
    store.onDelta("replay", replay(3, "playing"));
    expect(shown()).toBe("ended");
  });

  test("holds a bounded number of fills when they never stop coming", () => {
    const { store, nextFrame } = storeWithClock();
    for (let seq = 1; seq <= 10_000; seq++) store.onFact("fills", fill(seq));
    nextFrame();
    expect(seqs(store)).toHaveLength(FILLS_HELD);
    expect(seqs(store)[0]).toBe(10_000);
    expect(seqs(store).at(-1)).toBe(10_001 - FILLS_HELD);
  });

  test("replaces the bots that changed and keeps the others when a delta comes", () => {
    const { store, clock, nextFrame } = storeWithClock();
    store.onSnapshot("bots", [bot("a"), bot("b")]);
    clock.ms = 2000;
    store.onDelta("bots", [bot("b", { fills: 7 })]);
    nextFrame();
    expect(store.bots.get()?.map(({ data, atMs }) => [data.bot, data.fills, atMs])).toEqual([
      ["a", undefined, 1000],
      ["b", 7, 2000],
    ]);
  });

  test("forgets the bots of before when a new snapshot comes", () => {
    const { store, nextFrame } = storeWithClock();
    store.onSnapshot("bots", [bot("a"), bot("b")]);
    store.onSnapshot("bots", [bot("b")]);
    nextFrame();
    expect(store.bots.get()?.map(({ data }) => data.bot)).toEqual(["b"]);
  });

  test("shows nothing new while paused and all of it when it goes on", () => {
    const { store, nextFrame } = storeWithClock();
    store.onSnapshot("fills", [fill(1)]);
    nextFrame();
    store.setPaused(true);
    store.onFact("fills", fill(2));
    nextFrame();
    expect(seqs(store)).toEqual([1]);
    store.setPaused(false);
    expect(seqs(store)).toEqual([2, 1]);
  });

  test("shows what holds bots at once, also while paused", () => {
    const { store } = storeWithClock();
    store.setPaused(true);
    store.onDelta("controls", CONTROLS);
    expect(store.controls.get()).toBe(CONTROLS);
  });

  test("knows when the last frame came when the connection is lost", () => {
    const { store, clock } = storeWithClock();
    store.onSnapshot("bots", []);
    clock.ms = 9000;
    store.onStatus("reconnecting", "closed");
    store.onStatus("reconnecting", "refused");
    expect(store.connection.get()).toEqual({
      state: "reconnecting",
      detail: "refused",
      lastFrameMs: 1000,
      failures: 2,
    });
    store.onStatus("live");
    expect(store.connection.get().failures).toBe(0);
  });

  test("leaves the picture as it was when a frame has no known shape", () => {
    const { store, nextFrame } = storeWithClock();
    store.onSnapshot("edges", [{ pair_id: "p", net_edge_cents: 1 }]);
    store.onDelta("edges", [{ pair_id: 4 }]);
    store.onDelta("exposure", { by_venue: "none" });
    store.onFact("fills", "fill");
    nextFrame();
    expect(store.edges.get()?.data).toHaveLength(1);
    expect(store.exposure.get()).toBeUndefined();
    expect(store.fills.get()).toBeUndefined();
  });

  describe("order books", () => {
    const book = (symbol: string, ageMs: number) => ({
      venue: "kalshi",
      symbol,
      bot: "arb",
      mode: "live",
      bids: [["0.5", "1"]],
      asks: [],
      depth: { bids: 1, asks: 0 },
      age_ms: ageMs,
    });
    const ages = (store: DeskStore) =>
      (store.orderbooks.get() ?? []).map(({ data, atMs }) => [data.symbol, data.age_ms, atMs]);

    test("change one by one, each with the time at which it came, and begin anew with a snapshot", () => {
      const { store, clock, nextFrame } = storeWithClock();
      store.onSnapshot("orderbooks", [book("A", 10), book("B", 20)]);
      clock.ms = 2000;
      store.onDelta("orderbooks", [book("B", 0)]);
      nextFrame();
      expect(ages(store)).toEqual([
        ["A", 10, 1000],
        ["B", 0, 2000],
      ]);
      store.onSnapshot("orderbooks", [book("C", 1)]);
      nextFrame();
      expect(ages(store)).toEqual([["C", 1, 2000]]);
    });

    test("stay within their bound when there are ever more of them", () => {
      const { store, nextFrame } = storeWithClock();
      for (let each = 0; each < 5000; each += 100)
        store.onDelta(
          "orderbooks",
          Array.from({ length: 100 }, (_, index) => book(`S${each + index}`, 1)),
        );
      nextFrame();
      expect(store.orderbooks.get()).toHaveLength(2000);
    });

    test("are let go in full when no screen shows them any more", () => {
      const { store, nextFrame } = storeWithClock();
      store.onSnapshot("books:kalshi:A", book("A", 1));
      nextFrame();
      expect([...store.books.get().keys()]).toEqual(["kalshi:A"]);
      store.forget(["books:kalshi:A"]);
      expect(store.books.get().size).toBe(0);
    });
  });

  test("replaces opportunities as a whole, so that a replay can go back", () => {
    const { store, nextFrame } = storeWithClock();
    const opportunity = (seq: number) => ({
      seq,
      opportunity_id: `o-${seq}`,
      bot: "arb",
      timestamp: "2026-11-21T14:03:20Z",
      action: "rejected",
      steps: [],
    });
    store.onSnapshot("opportunities", [opportunity(9), opportunity(8)]);
    store.onDelta("opportunities", [opportunity(3)]);
    store.onDelta("opportunities", [{ ...opportunity(4), steps: "none" }]);
    nextFrame();
    expect(store.opportunities.get()?.map(({ seq }) => seq)).toEqual([3]);
  });
});
