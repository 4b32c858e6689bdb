import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createReporter, type Reporter } from "../src/index.ts";
import { type Behaviour, type FakeHub, startFakeHub, until } from "./fake-hub.ts";

const behaviour = fc.constantFrom<Behaviour>(
  "ok",
  "ok",
  "hang",
  "reset",
  "lose",
  "garbage",
  { status: 500 },
  { status: 503, retryAfter: "0" },
  { status: 429, retryAfter: "0" },
  { status: 401 },
  { status: 413 },
);

/** What happens, in order: the bot reports so many facts and samples, or the hub goes down, or comes back. */
const step = fc.oneof(
  fc.record({ report: fc.integer({ min: 1, max: 400 }), samples: fc.integer({ min: 0, max: 100 }) }),
  fc.constant("down" as const),
  fc.constant("up" as const),
);

const course = fc.record({
  behaviours: fc.array(behaviour, { maxLength: 12 }),
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
  spool: fc.boolean(),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Course = typeof course extends fc.Arbitrary<infer T> ? T : never;

interface Told {
  facts: number;
  samples: number;
}

function report(reporter: Reporter, told: Told, { report, samples }: Exclude<Step, string>): void {
  for (let index = 0; index < report; index++) reporter.correction({ fill_id: told.facts++, reason: "r" });
  for (let index = 0; index < samples; index++) reporter.tick({ duration_s: told.samples++ });
}

async function walk(hub: FakeHub, reporter: Reporter, steps: readonly Step[]): Promise<Told> {
  const told = { facts: 0, samples: 0 };
  let isUp = true;
  for (const one of [...steps, "up" as const]) {
    if (typeof one !== "string") report(reporter, told, one);
    else if (isUp !== (one === "up")) {
      isUp = one === "up";
      await (isUp ? hub.up() : hub.down());
    }
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  return told;
}

async function live({ behaviours, steps, spool }: Course) {
  const hub = await startFakeHub();
  const dir = await mkdtemp(join(tmpdir(), "deskwatch-random-"));
  hub.behave = (request) => behaviours[request] ?? "ok";
  const reporter = createReporter({
    url: hub.url,
    bot: "b",
    spoolDir: spool ? dir : undefined,
    flushMs: 2,
    heartbeatS: 0.01,
    timeoutMs: 30,
    retry: { minMs: 1, maxMs: 10, slowMs: 2 },
  });
  const told = await walk(hub, reporter, steps);
  const arrived = () => hub.events.filter((event) => event.type === "correction").map((event) => event["fill_id"]);
  // The hub may find a single event too large: that one is refused by right, and counted.
  await until("every fact", () => arrived().length + reporter.stats().rejected >= told.facts);
  await until("an empty reporter", () => reporter.stats().queued + reporter.stats().spooled === 0);
  const stats = await reporter.close();
  await hub.down();
  await rm(dir, { recursive: true });
  return { stats, told, order: arrived() };
}

test("loses nothing, repeats nothing and keeps the order of facts when the hub behaves at random", async () => {
  await fc.assert(
    fc.asyncProperty(course, async (given) => {
      const { stats, told, order } = await live(given);
      expect(stats.reported).toBe(told.facts + told.samples);
      expect(stats.sent).toBe(stats.accepted + stats.rejected);
      expect(stats.dropped).toBe(0);
      expect(order).toEqual([...order].sort((a, b) => Number(a) - Number(b)));
      expect(order.length + stats.rejected).toBeGreaterThanOrEqual(told.facts);
      expect(new Set(order).size).toBe(order.length);
    }),
    { numRuns: 40 },
  );
}, 120_000);
