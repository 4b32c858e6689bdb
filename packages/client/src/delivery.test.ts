import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Counters } from "./counters.ts";
import { Delivery } from "./delivery.ts";
import { Draft } from "./draft.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Lanes } from "./lanes.ts";
import { Overflow } from "./overflow.ts";
import { Spool } from "./spool.ts";

/** A disk that takes as long as the test wants to write a batch that came back. */
class SlowSpool extends Spool {
  readonly asked = Promise.withResolvers<void>();
  readonly answered = Promise.withResolvers<void>();

  override async prepend(lines: readonly string[]): Promise<() => Promise<void>> {
    this.asked.resolve();
    await this.answered.promise;
    return super.prepend(lines);
  }
}

let dir = "";

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "deskwatch-delivery-"));
});

afterEach(() => rm(dir, { recursive: true, force: true }));

test("A batch that failed is held until the disk has it, so that a process that ends then can still save it", async () => {
  const counters = new Counters();
  const lanes = new Lanes({ events: 100, facts: 100, chars: 100_000 });
  const ignore = (): void => undefined;
  const spool = new SlowSpool({ dir, bot: "b", maxBytes: 1e6, segmentBytes: 1e5, onError: ignore, onBroken: ignore });
  const overflow = new Overflow(spool, lanes, counters);
  await spool.open();
  const delivery = new Delivery({
    lanes,
    overflow,
    counters,
    heartbeat: new Heartbeat(false, () => ""),
    send: () => Promise.reject(new Error("the hub is away")),
    retry: { minMs: 60_000, maxMs: 60_000, slowMs: 60_000 },
    now: () => 0,
    random: () => 0,
  });
  lanes.offer(new Draft('{"fill_id":"f-0"}'), false, ignore);
  delivery.tick();
  await spool.asked.promise;
  expect(delivery.heldFacts.map((entry) => entry.draft.line)).toEqual(['{"fill_id":"f-0"}']);
  spool.answered.resolve();
  await delivery.idle();
  expect(delivery.heldFacts).toEqual([]);
  expect(overflow.count).toBe(1);
});
