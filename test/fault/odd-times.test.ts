import { expect, test } from "vitest";
import { callRaw, postLines } from "../support/raw-http.ts";
import { scratchDesk } from "../support/scratch.ts";

const TIMES = ["9999-12-31T00:00:00Z", "9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "1500-06-01T12:00:00+05:00"];

/** A fact and three samples of a time, each of its own bot. */
const said = (ts: string | number, index: number): string =>
  [
    { type: "fill", fill_id: `f${index}`, venue: "v", symbol: "S", side: "buy", price: "2", size: "1" },
    { type: "heartbeat" },
    { type: "mark", venue: "v", symbol: `S${index}`, price: "2" },
    { type: "edge", pair_id: `p${index}`, primary_market: "a", hedge_market: "b", net_edge_cents: 1 },
  ]
    .map((event) => JSON.stringify({ bot: `b${index}`, ts, ...event }))
    .join("\n");

async function answer(url: string, path: string): Promise<string> {
  const { status, text } = await callRaw(url, { path });
  expect([path, status]).toEqual([path, 200]);
  return text;
}

test("a hub keeps events of any year, shows them, and starts again with them", async () => {
  const times: (string | number)[] = [...TIMES, 32_503_680_000];
  const first = await scratchDesk();
  for (const [index, ts] of times.entries()) {
    const { status, text } = await postLines(first.url, said(ts, index));
    expect([status, JSON.parse(text)]).toMatchObject([200, { accepted: 1, sampled: 3, rejected: [] }]);
  }
  // Samples are saved every second.
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await first.end("SIGKILL");
  const second = await scratchDesk({ dataDir: first.dataDir });
  const events = JSON.parse(await answer(second.url, "/api/v1/events?type=fill")) as { events: { ts: unknown }[] };
  expect(events.events.map(({ ts }) => ts).toSorted()).toEqual([...TIMES, "3000-01-01T00:00:00.000Z"].toSorted());
  for (const path of ["fills", "orders", "opportunities", "bots", "edges", "exposure", "health", "positions"])
    await answer(second.url, `/api/v1/${path}`);
  await answer(second.url, "/api/fills");
}, 60_000);
