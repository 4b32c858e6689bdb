import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { loadConfig } from "../../src/app/config.ts";
import { type Desk, startDesk } from "../../src/app/wiring.ts";
import { HubSender } from "../../src/imports/hub-sender.ts";

const EVENTS = 20_000;

let directory: string;
let desk: Desk;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "deskwatch-in-order-"));
  const config = loadConfig({ port: "0", dataDir: directory }, { DESKWATCH_LOG_LEVEL: "silent" });
  desk = await startDesk(ensure(config.ok ? config.value : undefined, "a configuration"));
});

afterEach(async () => {
  await desk.close();
  await rm(directory, { recursive: true });
});

/** A way to the hub on which requests and answers are late or lost, and a busy hub is met now and then. */
const badLine =
  (random: Random): typeof fetch =>
  async (input, init) => {
    await delay(random.below(60));
    const fate = random.below(10);
    if (fate === 0) throw new Error("the request was lost");
    if (fate === 1) return new Response("{}", { status: 503 });
    const answer = await fetch(input, init);
    if (fate === 2) throw new Error("the answer was lost");
    return answer;
  };

async function storedOrder(): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ""; ; ) {
    const page = await fetch(new URL(`/api/v1/events?type=order.placed&limit=1000${cursor}`, desk.url));
    const { events, next_cursor: next } = (await page.json()) as {
      readonly events: readonly { readonly order_id: string }[];
      readonly next_cursor?: string | null;
    };
    ids.push(...events.map(({ order_id: id }) => id));
    if (next === undefined || next === null) return ids;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}

const orderPlaced = (n: number): string =>
  JSON.stringify({
    type: "order.placed",
    id: `id-${n}`,
    bot: "b",
    ts: "2026-02-24T12:00:00Z",
    order_id: `order-${n}`,
    venue: "v",
    symbol: "s",
    side: "buy",
    size: 1,
  });

describe("Several batches under way", () => {
  test("are stored in order, each event once, over a line that loses some", async () => {
    const random = seededRandom(2);
    let streams = 0;
    const sender = new HubSender<number>({
      url: desk.url,
      inFlight: { max: 3, newStream: () => `stream-${++streams}` },
      fetch: badLine(random),
      random: random.next,
      sleep: () => delay(1),
      onDelivered: ({ refused }) => expect(refused).toEqual([]),
    });
    for (let n = 0; n < EVENTS; n++) await sender.add({ ref: n, body: orderPlaced(n) });
    await sender.end();
    expect(await storedOrder()).toEqual(Array.from({ length: EVENTS }, (_, n) => `order-${n}`));
    expect(streams).toBeGreaterThan(1);
  });
});
