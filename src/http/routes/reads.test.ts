import fastify, { type FastifyInstance, type LightMyRequestResponse } from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import { HandMadeDesk } from "../../../test/support/hand-made-desk.ts";
import { StoreUnavailable } from "../../hub/ports.ts";
import {
  botsAnswer,
  edgesAnswer,
  eventsAnswer,
  exposureAnswer,
  fillsAnswer,
  healthAnswer,
  rejectedAnswer,
} from "../../protocol/api.ts";
import { catalogueAnswer, metricAnswer } from "../../protocol/api-metrics.ts";
import { deskAnswer, importsAnswer, sessionsAnswer } from "../../protocol/api-sessions.ts";
import { opportunitiesAnswer, orderbooksAnswer, ordersAnswer, positionsAnswer } from "../../protocol/api-trading.ts";
import { registerProblems } from "../problem.ts";
import type { Ready } from "./probes.ts";
import { registerReads } from "./reads.ts";

interface Hub {
  readonly app: FastifyInstance;
  readonly desk: HandMadeDesk;
  readonly get: (url: string, accept?: string) => Promise<LightMyRequestResponse>;
}

function startReads({ ready = () => ({ ok: true }) }: { ready?: Ready } = {}): Hub {
  const app = fastify();
  const desk = new HandMadeDesk();
  registerProblems(app);
  const metrics = { contentType: "text/plain; version=0.0.4", text: async () => "up 1\n" };
  registerReads(app, { query: desk.query, ready, metrics, demo: () => undefined });
  onTestFinished(() => app.close());
  const get = (url: string, accept?: string) => app.inject({ url, headers: accept === undefined ? {} : { accept } });
  return { app, desk, get };
}

const seqsOf = (answer: LightMyRequestResponse): number[] =>
  answer.json<{ events: { seq: number }[] }>().events.map(({ seq }) => seq);

const linesOf = (answer: LightMyRequestResponse): string[] => answer.body.split("\n").filter((line) => line !== "");

test("the exposure of document 2 does not pass over the mode that is asked for", async () => {
  const { get } = startReads();
  expect((await get("/api/exposure?mode=paper")).statusCode).toBe(200);
  expect((await get("/api/exposure?mode=real")).statusCode).toBe(400);
});

describe("every read", () => {
  test.each([
    ["/api/edges", edgesAnswer],
    ["/api/fills", fillsAnswer],
    ["/api/exposure", exposureAnswer],
    ["/api/health", healthAnswer],
    ["/api/v1/events", eventsAnswer],
    ["/api/v1/bots", botsAnswer],
    ["/api/v1/fills", fillsAnswer],
    ["/api/v1/edges", edgesAnswer],
    ["/api/v1/exposure", exposureAnswer],
    ["/api/v1/health", healthAnswer],
    ["/api/v1/rejected", rejectedAnswer],
    ["/api/v1/orders", ordersAnswer],
    ["/api/v1/positions", positionsAnswer],
    ["/api/v1/opportunities", opportunitiesAnswer],
    ["/api/v1/orderbooks", orderbooksAnswer],
    ["/api/v1/sessions", sessionsAnswer],
    ["/api/v1/imports", importsAnswer],
    ["/api/v1/desk", deskAnswer],
    ["/api/v1/metrics", catalogueAnswer],
    ["/api/v1/metrics/equity", metricAnswer],
  ])("answers %s in its shape, with the moment it speaks of, when asked", async (url, shape) => {
    const { desk, get } = startReads();
    desk.bot("mm-1");
    desk.fill("f1");
    desk.reject("expected a decimal");
    const answer = await get(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("no-store");
    const parsed = shape.safeParse(answer.json());
    expect(parsed.error).toBeUndefined();
    expect(parsed.data?.as_of_seq).toBe(1);
  });

  test.each([
    ["/api/v1/events?limit=0", "limit"],
    ["/api/v1/events?limit=1001", "limit"],
    ["/api/v1/events?limit=ten", "limit"],
    ["/api/v1/events?type=nope", "type"],
    ["/api/v1/events?from=yesterday", "from"],
    ["/api/v1/events?cursor=-1", "cursor"],
    ["/api/v1/events?command_id=", "command_id"],
    ["/api/v1/events?bot=a&bot=b", "bot"],
    ["/api/v1/events?format=xml", "format"],
    ["/api/v1/fills?mode=real", "mode"],
    ["/api/v1/fills?cursor=3.x.1", "cursor"],
    ["/api/v1/fills?cursor=3.1", "cursor"],
    ["/api/v1/orders?cursor=3.1.1", "cursor"],
    ["/api/fills?mode=real", "mode"],
    ["/api/fills?bot=no%20bot", "bot"],
    ["/api/edges?mode=real", "mode"],
    ["/api/v1/fills?symbol=", "symbol"],
    ["/api/v1/orders?status=done", "status"],
    ["/api/v1/orderbooks?levels=51", "levels"],
    ["/api/v1/opportunities?action=seen", "action"],
    ["/api/v1/sessions?from=yesterday", "from"],
    ["/api/v1/edges?limit=1.5", "limit"],
    ["/api/edges?limit=-1", "limit"],
    ["/api/v1/bots/no%20bot", "bot"],
  ])("answers %s with a problem that names %s when the query does not fit", async (url, path) => {
    const { get } = startReads();
    const answer = await get(url);
    expect(answer.statusCode).toBe(400);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    expect(answer.json()).toMatchObject({ code: "invalid_request" });
    expect(answer.json().errors[0].path).toBe(path);
  });

  test("refuses a filter that it does not know, so that a misspelt one is not taken for none", async () => {
    const { get } = startReads();
    const answer = await get("/api/v1/events?bots=mm-1");
    expect(answer.json()).toMatchObject({ status: 400, code: "invalid_request" });
    expect((await get("/api/edges?_=123")).statusCode).toBe(200);
  });

  test("answers with a problem that may be tried again when the store is away", async () => {
    const { desk, get } = startReads();
    desk.failure = new StoreUnavailable("no space left on /somewhere/secret");
    const answer = await get("/api/v1/fills");
    expect(answer.json()).toMatchObject({ status: 503, code: "store_unavailable" });
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.body).not.toContain("secret");
  });
});

test.each(["bots", "edges"])("%s are there as JSON, NDJSON and CSV", async (name) => {
  const { desk, get } = startReads();
  for (const bot of ["mm-1", "mm-2"]) desk.bot(bot);
  const rows = (await get(`/api/v1/${name}`)).json()[name];
  expect(linesOf(await get(`/api/v1/${name}?format=ndjson`)).map((line) => JSON.parse(line))).toEqual(rows);
  expect(linesOf(await get(`/api/v1/${name}?format=csv`))).toHaveLength(rows.length + 1);
  expect((await get(`/api/v1/${name}?limit=1`)).json()[name]).toEqual(rows.slice(0, 1));
});

describe("pages", () => {
  test("lead from one to the next, oldest first, until all events are told", async () => {
    const { desk, get } = startReads();
    for (let index = 0; index < 7; index++) desk.fill(`f${index}`);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const answer = await get(`/api/v1/events?limit=3${cursor === undefined ? "" : `&cursor=${cursor}`}`);
      seen.push(...seqsOf(answer));
      cursor = answer.json().next_cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test("lead to older fills, newest first, when the cursor is followed", async () => {
    const { desk, get } = startReads();
    for (const name of ["a", "b", "c"]) desk.fill(name);
    const first = (await get("/api/v1/fills?limit=2")).json();
    expect(first.fills.map((fill: { fill_id: string }) => fill.fill_id)).toEqual(["c", "b"]);
    const second = (await get(`/api/v1/fills?limit=2&cursor=${first.next_cursor}`)).json();
    expect(second.fills.map((fill: { fill_id: string }) => fill.fill_id)).toEqual(["a"]);
    expect(second).not.toHaveProperty("next_cursor");
    expect((await get("/api/fills?limit=2")).json()).not.toHaveProperty("next_cursor");
  });

  test("leave out what came after the moment they name", async () => {
    const { desk, get } = startReads();
    desk.fill("a");
    desk.fill("b");
    desk.foldBehind = 1;
    const events = await get("/api/v1/events");
    expect([seqsOf(events), events.json().as_of_seq]).toEqual([[1], 1]);
    const fills = await get("/api/v1/fills?cursor=99");
    expect(fills.json()).toMatchObject({ fills: [{ fill_id: "a" }], as_of_seq: 1 });
  });

  test("of document 2 are of the bot and the mode that are asked for", async () => {
    const { desk, get } = startReads();
    desk.fill("a");
    desk.fill("b", { bot: "mm-2" });
    desk.fill("c", { bot: "mm-2", mode: "paper" });
    const names = async (asked: string): Promise<string[]> =>
      (await get(`/api/fills?${asked}`)).json().fills.map((fill: { fill_id: string }) => fill.fill_id);
    expect(await names("mode=all")).toEqual(["c", "b", "a"]);
    expect(await names("bot=mm-2")).toEqual(["c", "b"]);
    expect(await names("bot=mm-2&mode=paper")).toEqual(["c"]);
    await get("/api/edges?mode=paper");
    await get("/api/v1/edges?mode=demo");
    expect(desk.edgeModes).toEqual(["paper", "demo"]);
  });

  test("hold the filters that the log is asked for", async () => {
    const { desk, get } = startReads();
    desk.fill("a");
    desk.fill("b", { bot: "mm-2" });
    desk.fill("c", { bot: "mm-2", mode: "paper" });
    expect(seqsOf(await get("/api/v1/events?bot=mm-2"))).toEqual([2, 3]);
    expect(seqsOf(await get("/api/v1/events?bot=mm-2&mode=paper"))).toEqual([3]);
  });
});

describe("the log as NDJSON and CSV", () => {
  test("gives everything that matches, page by page, when no limit is given", async () => {
    const { desk, get } = startReads();
    for (let index = 0; index < 1_234; index++) desk.fill(`f${index}`);
    const answer = await get("/api/v1/events", "application/x-ndjson");
    expect(answer.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    expect(answer.headers).toMatchObject({ "x-as-of-seq": "1234", "x-as-of": expect.stringContaining("2026-02-24T") });
    expect(linesOf(answer).map((line) => JSON.parse(line).seq)).toEqual(Array.from({ length: 1_234 }, (_, i) => i + 1));
    expect(desk.asked.events).toBe(3);
  });

  test("ends at the moment of its start when events keep coming", async () => {
    const { desk, get } = startReads();
    for (let index = 0; index < 600; index++) desk.fill(`f${index}`);
    const answer = get("/api/v1/events?format=ndjson");
    await expect.poll(() => desk.asked.events).toBeGreaterThan(0);
    for (let index = 0; index < 100; index++) desk.fill(`g${index}`);
    expect(linesOf(await answer)).toHaveLength(600);
  });

  test("gives one page and the way to the next when a limit is given", async () => {
    const { desk, get } = startReads();
    for (const name of ["a", "b", "c"]) desk.fill(name);
    const answer = await get("/api/v1/events?format=ndjson&limit=2");
    expect(linesOf(answer)).toHaveLength(2);
    expect(answer.headers["x-next-cursor"]).toBe("2");
    const rest = await get("/api/v1/events?format=ndjson&limit=2&cursor=2");
    expect(linesOf(rest).map((line) => JSON.parse(line).seq)).toEqual([3]);
    expect(rest.headers).not.toHaveProperty("x-next-cursor");
  });

  test("has a header and a line for each event when CSV is asked for", async () => {
    const { desk, get } = startReads();
    desk.fill("a");
    desk.say({ type: "annotation", title: "=1+1" });
    const answer = await get("/api/v1/events", "text/html, text/csv;q=0.9");
    expect(answer.headers["content-type"]).toContain("text/csv");
    const [header, ...lines] = answer.body.split("\r\n");
    expect(header).toMatch(/^seq,type,bot,id,ts,.*,body$/);
    expect(lines.slice(0, 2).map((line) => line.slice(0, 12))).toEqual(["1,fill,mm-1,", "2,annotation"]);
    expect((await startReads().get("/api/v1/events?format=csv")).body).toBe(`${header}\r\n`);
  });

  test("reads the next page only when the one before was taken", async () => {
    const { app, desk } = startReads();
    for (let index = 0; index < 20_000; index++) desk.fill(`f${index}`, { note: "x".repeat(1_000) });
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    const stop = new AbortController();
    const answer = await fetch(`${url}/api/v1/events?format=ndjson`, { signal: stop.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    const asked = await steady(() => desk.asked.events);
    expect(asked).toBeLessThan(40);
    stop.abort();
    expect(await steady(() => desk.asked.events)).toBeLessThan(40);
  });

  test("cuts the connection when the store goes away in the middle, so that nobody takes a part for the whole", async () => {
    const { app, desk } = startReads();
    for (let index = 0; index < 2_000; index++) desk.fill(`f${index}`);
    let release = (): void => undefined;
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    desk.hold = new Promise((resolve) => {
      release = resolve;
    });
    const pending = fetch(`${url}/api/v1/events?format=ndjson`);
    await expect.poll(() => desk.asked.events).toBe(1);
    desk.failure = new StoreUnavailable("away");
    release();
    await expect(pending.then((answer) => answer.text())).rejects.toThrow();
  });
});

describe("the hub's own routes", () => {
  test("answer that the process is there, that it is ready, and its metrics", async () => {
    const { get } = startReads();
    expect((await get("/healthz")).json()).toEqual({ status: "ok" });
    expect((await get("/readyz")).json()).toEqual({ status: "ready" });
    const metrics = await get("/metrics");
    expect([metrics.headers["content-type"], metrics.body]).toEqual(["text/plain; version=0.0.4", "up 1\n"]);
  });

  test("say why when the hub is not ready", async () => {
    const { get } = startReads({ ready: () => ({ ok: false, reason: "the disk is full" }) });
    expect((await get("/readyz")).json()).toMatchObject({
      status: 503,
      code: "store_unavailable",
      detail: "the disk is full",
    });
    expect((await get("/healthz")).statusCode).toBe(200);
  });

  test("say that there is no such bot when none of that name has spoken", async () => {
    const { desk, get } = startReads();
    desk.bot("mm-1");
    expect((await get("/api/v1/bots/mm-1")).json()).toMatchObject({ bot: "mm-1", as_of_seq: 0 });
    expect((await get("/api/v1/bots/mm-2")).json()).toMatchObject({ status: 404, code: "not_found" });
  });
});

/** A number once it no longer changes. */
async function steady(read: () => number): Promise<number> {
  for (let before = -1; ; ) {
    const now = read();
    if (now === before) return now;
    before = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
