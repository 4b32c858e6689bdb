import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { DistinctEvents } from "../support/distinct-events.ts";
import { isReady, problemOf } from "../support/problem-of.ts";
import { callRaw, postLines, type RawAnswer } from "../support/raw-http.ts";
import { scratchDesk } from "../support/scratch.ts";
import { slowDownSyncs } from "../support/system-calls.ts";
import { requireTool } from "../support/tools.ts";
import { waitUntil } from "../support/wait-until.ts";

const NOTE = JSON.stringify({ type: "annotation", bot: "b", ts: "2026-05-04T00:00:00Z", title: "deploy" });
const answerShape = z.object({ accepted: z.int() });
const SYNC_TAKES_MS = 1_000;

requireTool("strace")("a slow disk", () => {
  test("holds the acknowledgement back, and nobody who reads, when a sync takes long", async () => {
    const desk = await scratchDesk();
    expect((await postLines(desk.url, NOTE)).status).toBe(200);
    const slow = await slowDownSyncs(desk.pid, SYNC_TAKES_MS);
    const order: string[] = [];
    const posts = [1, 2, 3].map(async () => {
      const { status } = await postLines(desk.url, NOTE);
      order.push(`acknowledged ${status}`);
    });
    for (let read = 0; read < 5; read++) {
      const { status } = await callRaw(desk.url, { path: "/api/v1/bots" });
      order.push(`read ${status}`);
    }
    await Promise.all(posts);
    await slow.detach();
    expect(order).toEqual([...Array(5).fill("read 200"), ...Array(3).fill("acknowledged 200")]);
    expect(await isReady(desk.url)).toBe(true);
  }, 60_000);
});

/** Takes the right to write to the hub's database, as a program that looks into it may; the function gives it back. */
function lockDatabase(dataDir: string): () => void {
  const other = new DatabaseSync(join(dataDir, "deskwatch.sqlite"));
  onTestFinished(() => other.close());
  other.exec("BEGIN IMMEDIATE");
  return () => other.exec("ROLLBACK");
}

describe("a log that does not get on", () => {
  test("fills the queue, which is answered with 429 and a time to wait, and every retry gets in when it goes on", async () => {
    const desk = await scratchDesk();
    const { dataDir } = desk;
    const events = new DistinctEvents(6, "w");
    const bodies = Array.from({ length: 12 }, (_, index) => events.batch(6_000, 1_780_000_000_000 + index));
    const unlock = lockDatabase(dataDir);
    const full: RawAnswer[] = [];
    let accepted = 0;
    const clients = bodies.map(async (body) => {
      for (;;) {
        const answer = await postLines(desk.url, body);
        if (answer.status === 429) full.push(answer);
        if (answer.status === 200) {
          accepted += answerShape.parse(JSON.parse(answer.text)).accepted;
          return;
        }
        expect([429, 503]).toContain(answer.status);
        await delay(1_000 * Number(answer.headers["retry-after"]));
      }
    });
    await waitUntil("the queue is full", () => full.length > 0);
    unlock();
    await Promise.all(clients);
    expect(accepted).toBe(72_000);
    for (const answer of full) {
      expect(problemOf(answer)).toMatchObject({ status: 429, code: "overloaded" });
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    }
  }, 60_000);

  test("is told as a store that is away, and forgotten when it goes on, when it stands still for long", async () => {
    const desk = await scratchDesk();
    const unlock = lockDatabase(desk.dataDir);
    const answer = await postLines(desk.url, NOTE);
    expect(problemOf(answer)).toMatchObject({ status: 503, code: "store_unavailable" });
    expect(await isReady(desk.url)).toBe(false);
    unlock();
    await waitUntil("the hub is ready again", () => isReady(desk.url));
    expect(JSON.parse((await postLines(desk.url, NOTE)).text)).toMatchObject({ accepted: 1 });
  }, 60_000);
});
