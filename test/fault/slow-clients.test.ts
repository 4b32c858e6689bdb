import { Agent } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { z } from "zod";
import { DistinctEvents } from "../support/distinct-events.ts";
import { metricOf } from "../support/metric-of.ts";
import { callRaw, postLines } from "../support/raw-http.ts";
import { scratchDesk } from "../support/scratch.ts";
import { SlowClients } from "../support/slow-clients.ts";
import { waitUntil } from "../support/wait-until.ts";

const MIB = 1024 * 1024;
const factFrame = z.object({ op: z.literal("fact"), topic: z.literal("events"), seq: z.int() });

/** How far the sender may be ahead of a reader in its own process: what falls behind further is told of a gap. */
const AHEAD_MAX = 2_000;

/**
 * Sends `batches` of 500 facts over four connections, none before `told` says that nearly all before it were heard; how many
 * were acknowledged.
 */
async function load(
  url: string,
  batches: number,
  told: () => number = () => Number.POSITIVE_INFINITY,
): Promise<number> {
  const events = new DistinctEvents(11, "load");
  const bodies = Array.from({ length: batches }, () => events.batch(500, Date.now()));
  let accepted = 0;
  const client = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
      const answer = await postLines(url, body, agent);
      accepted += z.object({ accepted: z.int() }).parse(JSON.parse(answer.text)).accepted;
      await waitUntil("the reader has nearly all", () => accepted - told() < AHEAD_MAX);
    }
    agent.destroy();
  };
  await Promise.all([client(), client(), client(), client()]);
  return accepted;
}

function slowClients(url: string): SlowClients {
  const slow = new SlowClients(url);
  onTestFinished(() => slow.closeAll());
  return slow;
}

/** The `seq` of every fact that a subscriber who reads is sent. */
async function follow(url: string): Promise<number[]> {
  const seqs: number[] = [];
  const socket = new WebSocket(`${url.replace("http", "ws")}/api/v1/stream`);
  onTestFinished(() => socket.terminate());
  const subscribed = new Promise<void>((resolve) => {
    socket.on("message", (data) => {
      const frame: unknown = JSON.parse(String(data));
      const fact = factFrame.safeParse(frame).data;
      if (fact !== undefined) seqs.push(fact.seq);
      else resolve();
    });
  });
  socket.on("open", () => socket.send(JSON.stringify({ op: "subscribe", topics: ["events"] })));
  await subscribed;
  return seqs;
}

test("takes everything in, tells who reads, and holds little, when subscribers read nothing or a byte a second", async () => {
  const { url } = await scratchDesk();
  const slow = slowClients(url);
  await slow.subscribe(20, 0);
  await slow.subscribe(5, 1);
  const seqs = await follow(url);
  await waitUntil("all subscribe", async () => (await metricOf(url, "deskwatch_stream_subscribers")) === 26);

  expect(await load(url, 80, () => seqs.length)).toBe(40_000);
  expect(await metricOf(url, "deskwatch_stream_subscribers")).toBe(26);
  await waitUntil("the last fact is told", () => seqs.at(-1) === 40_000);
  expect(seqs).toEqual(Array.from({ length: 40_000 }, (_, index) => index + 1));
  // All that was sent, held once for each of them, would be 600 MiB.
  expect((await metricOf(url, "process_resident_memory_bytes")) / MIB).toBeLessThan(450);
}, 60_000);

test("serves everybody else when 500 connections are idle and others dribble or break off in the middle", async () => {
  const { url } = await scratchDesk();
  const slow = slowClients(url);
  await slow.idle(500);
  await slow.dribbleHeaders(50, 100);
  await slow.dribbleBody(50, 100);
  await slow.halfOpen(50);
  await slow.announceMuch(80);
  expect(await load(url, 20)).toBe(10_000);
  for (const path of ["/healthz", "/readyz", "/api/v1/bots", "/api/v1/events?limit=1"])
    expect([path, (await callRaw(url, { path })).status]).toEqual([path, 200]);
}, 60_000);
