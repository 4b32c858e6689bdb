import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { ensure } from "../../src/base/assert.ts";
import { loadConfig } from "../../src/app/config.ts";
import { startDesk } from "../../src/app/wiring.ts";
import { replaysAnswer, replayView } from "../../src/protocol/api-sessions.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { scratchHub } from "../support/scratch-hub.ts";

const T0 = Date.now() - 3_600_000;
const at = (seconds: number): string => new Date(T0 + seconds * 1000).toISOString();
const FILL = { type: "fill", bot: "mm", venue: "kalshi", symbol: "A", side: "buy", price: "0.5", size: "10" };

interface Answer {
  readonly status: number;
  readonly replay: string | null;
  readonly body: unknown;
}

async function call(url: string, method = "GET", body?: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    replay: response.headers.get("x-deskwatch-replay"),
    body: text === "" ? undefined : JSON.parse(text),
  };
}

/** A hub with five fills, the second of which was voided after them. */
async function hubWithFills() {
  const desk = await scratchHub();
  const fills = [1, 2, 3, 4, 5].map((n) => ({ ...FILL, fill_id: `f${n}`, ts: at(n) }));
  const voided = { type: "fill.voided", bot: "mm", venue: "kalshi", fill_id: "f2", ts: at(9), reason: "bust" };
  for (const event of [...fills, voided])
    expect((await call(`${desk.url}/api/v1/events`, "POST", event)).status).toBe(200);
  const begin = async (request: object = { paused: true }) => {
    const { status, body } = await call(`${desk.url}/api/v1/replays`, "POST", request);
    expect(status).toBe(201);
    const { replay_id: id } = replayView.parse(body);
    await ensure(desk.hub.replays.use(id), "a replay").settled();
    return { id, url: `${desk.url}/api/v1/replays/${id}` };
  };
  return { desk, begin };
}

describe("replays over HTTP", () => {
  test("are begun, listed, moved and closed", async () => {
    const { desk, begin } = await hubWithFills();
    const { id, url } = await begin();
    const listed = replaysAnswer.parse((await call(`${desk.url}/api/v1/replays`)).body);
    expect(listed.replays).toMatchObject([{ replay_id: id, state: "paused", events: 6, played: 0, from_seq: 1 }]);
    const moved = await call(`${url}/control`, "POST", { action: "seek_seq", seq: 4 });
    expect(moved).toMatchObject({ status: 200, replay: id, body: { at_seq: 4, at: at(4), state: "paused" } });
    expect((await call(`${url}/control`, "POST", { action: "step" })).body).toMatchObject({ at_seq: 5 });
    expect((await call(url)).body).toMatchObject({ at_seq: 5, played: 5 });
    expect(await call(url, "DELETE")).toMatchObject({ status: 204, replay: id });
    expect(await call(url)).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect(await call(`${url}/bots`)).toMatchObject({ status: 404, body: { code: "not_found" } });
  });

  test("are listed in pages, by their state, and as NDJSON and CSV", async () => {
    const { desk, begin } = await hubWithFills();
    const ids = [(await begin()).id, (await begin()).id];
    const url = `${desk.url}/api/v1/replays`;
    const listed = async (query: string) => replaysAnswer.parse((await call(`${url}?${query}`)).body);
    const first = await listed("limit=1");
    const second = await listed(`limit=1&cursor=${first.next_cursor}`);
    expect(new Set([...first.replays, ...second.replays].map(({ replay_id: id }) => id))).toEqual(new Set(ids));
    expect(second.next_cursor).toBeUndefined();
    expect((await listed("state=playing")).replays).toEqual([]);
    expect((await listed("state=paused")).replays).toHaveLength(2);
    const csv = await fetch(`${url}?format=csv`);
    expect(csv.headers.get("content-type")).toContain("text/csv");
    expect((await csv.text()).trim().split("\r\n")).toHaveLength(3);
    const lines = await (await fetch(url, { headers: { accept: "application/x-ndjson" } })).text();
    expect(
      lines
        .trim()
        .split("\n")
        .map((line) => replayView.parse(JSON.parse(line)).state),
    ).toEqual(["paused", "paused"]);
    expect((await call(`${url}?speed=1`)).status).toBe(400);
  });

  test("are refused when they would end before they begin", async () => {
    const { desk } = await hubWithFills();
    const refused = await call(`${desk.url}/api/v1/replays`, "POST", { from: at(5), to: at(2) });
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect((await call(`${desk.url}/api/v1/replays`, "POST", { from: at(2), to: at(2) })).status).toBe(201);
  });

  test("answer the desk's own reads as of the place where they are", async () => {
    const { desk, begin } = await hubWithFills();
    const { id, url } = await begin();
    await call(`${url}/control`, "POST", { action: "seek_seq", seq: 3 });
    const fills = await call(`${url}/fills`);
    expect(fills).toMatchObject({ status: 200, replay: id, body: { as_of: at(3), as_of_seq: 3 } });
    expect(fills.body).toMatchObject({
      fills: [
        { fill_id: "f3", voided: false },
        { fill_id: "f2", voided: false },
        { fill_id: "f1", voided: false },
      ],
    });
    for (const read of ["bots", "bots/mm", "edges", "events", "exposure", "health", "orders", "positions", "rejected"])
      expect(await call(`${url}/${read}`)).toMatchObject({ status: 200, replay: id, body: { as_of_seq: 3 } });
    for (const read of ["opportunities", "orderbooks", "sessions"])
      expect(await call(`${url}/${read}`)).toMatchObject({ status: 200, replay: id, body: { as_of_seq: 3 } });
    expect((await call(`${url}/positions`)).body).toMatchObject({ positions: [{ size: "30" }] });
    await call(`${url}/control`, "POST", { action: "seek_seq", seq: 6 });
    expect((await call(`${url}/fills`)).body).toMatchObject({
      fills: ((await call(`${desk.url}/api/v1/fills`)).body as { fills: unknown }).fills,
    });
    expect(await call(`${url}/bots?nonsense=1`)).toMatchObject({ status: 400, body: { code: "invalid_request" } });
  });

  test("say of reads that are made of all facts that the hub itself is to be asked, and until when", async () => {
    const { begin } = await hubWithFills();
    const { url } = await begin();
    const from = "from=2026-02-24T00:00:00Z";
    const reads = [`pnl/explain?${from}`, `metrics/fees?${from}`, `performance?${from}`, "metrics/fees?venue=kalshi"];
    for (const read of reads) {
      const answer = await call(`${url}/${read}`);
      expect(answer, read).toMatchObject({ status: 400, body: { code: "invalid_request" } });
      expect(answer.body, read).toMatchObject({ detail: expect.stringContaining("ask the hub itself, with `to`") });
    }
  });

  test("are refused with a code when they are too many, or what is asked makes no sense", async () => {
    const { desk, begin } = await hubWithFills();
    const { url } = await begin();
    for (let more = 0; more < 3; more++) await begin();
    const fifth = await call(`${desk.url}/api/v1/replays`, "POST", {});
    expect(fifth).toMatchObject({ status: 429, body: { code: "overloaded" } });
    const bad = { status: 400, body: { code: "invalid_request" } };
    expect(await call(`${desk.url}/api/v1/replays`, "POST", { from: "soon" })).toMatchObject(bad);
    expect(await call(`${desk.url}/api/v1/replays`, "POST", { speed: 0 })).toMatchObject(bad);
    expect(await call(`${url}/control`, "POST", { action: "rewind" })).toMatchObject(bad);
    expect(await call(`${url}/control`, "POST", { action: "seek", to: "later" })).toMatchObject(bad);
    expect(await call(`${desk.url}/api/v1/replays/nothing/control`, "POST", { action: "play" })).toMatchObject({
      status: 404,
    });
  });

  test("leave no trace in the hub's metrics", async () => {
    const { desk, begin } = await hubWithFills();
    const series = async () =>
      (await (await fetch(`${desk.url}/metrics`)).text()).split("\n").filter((line) => /events_total|fold_/.test(line));
    const before = await series();
    expect(before.length).toBeGreaterThan(0);
    const { url } = await begin({ speed: "max" });
    await expect.poll(async () => (await call(url)).body).toMatchObject({ state: "ended" });
    expect(await series()).toEqual(before);
  });

  test("take a key with the scope read, and nobody else, when loopback is not trusted", async () => {
    const dataDir = scratchDirectory();
    const config = loadConfig({ port: "0", dataDir }, { DESKWATCH_LOG_LEVEL: "silent" });
    if (!config.ok) throw new Error(config.error);
    const desk = await startDesk({ ...config.value, trustLoopback: [] });
    onTestFinished(() => desk.close());
    const url = `${desk.url}/api/v1/replays`;
    const refused = { status: 401, body: { code: "unauthenticated" } };
    expect(await call(url)).toMatchObject(refused);
    expect(await call(url, "POST", {})).toMatchObject(refused);
    expect(await call(`${url}/x`, "DELETE")).toMatchObject(refused);
    expect(await call(`${url}/x/control`, "POST", { action: "play" })).toMatchObject(refused);
    expect(await call(`${url}/x/bots`)).toMatchObject(refused);
    const socket = new WebSocket(`${url.replace("http", "ws")}/x/stream`);
    socket.on("error", () => undefined);
    const [, response] = await once(socket, "unexpected-response");
    expect(response.statusCode).toBe(401);
  });
});

interface Frame {
  readonly op: string;
  readonly topic?: string;
  readonly seq?: number;
  readonly replay?: string;
  readonly data?: unknown;
}

/** The frames of a stream, as they come. */
async function streamOf(
  url: string,
): Promise<{ readonly frames: Frame[]; readonly send: (frame: object) => void; readonly closed: Promise<unknown> }> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/stream`);
  onTestFinished(() => socket.terminate());
  const frames: Frame[] = [];
  socket.on("message", (data) => frames.push(JSON.parse(String(data))));
  const closed = once(socket, "close");
  await once(socket, "open");
  return { frames, send: (frame) => socket.send(JSON.stringify(frame)), closed };
}

describe("the stream of a replay", () => {
  test("names the replay, shows its state, and begins every topic anew after a seek", async () => {
    const { begin } = await hubWithFills();
    const { id, url } = await begin();
    const { frames, send } = await streamOf(url);
    await expect.poll(() => frames[0]).toMatchObject({ op: "hello", replay: id, as_of_seq: 0 });
    send({ op: "subscribe", topics: ["replay", "fills", "bots"] });
    const of = (topic: string, op: string) => frames.filter((frame) => frame.topic === topic && frame.op === op);
    await expect.poll(() => of("fills", "snapshot")).toMatchObject([{ seq: 0, data: [] }]);
    await expect.poll(() => of("replay", "snapshot")).toMatchObject([{ data: { replay_id: id, at_seq: 0 } }]);
    await call(`${url}/control`, "POST", { action: "step", events: 2 });
    await expect.poll(() => of("fills", "fact")).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    await expect.poll(() => of("replay", "delta").at(-1)?.data).toMatchObject({ at_seq: 2, state: "paused" });
    await call(`${url}/control`, "POST", { action: "seek_seq", seq: 6 });
    await expect.poll(() => of("fills", "gap")).toHaveLength(1);
    await expect.poll(() => of("fills", "snapshot").at(-1)).toMatchObject({ seq: 6 });
    await call(`${url}/control`, "POST", { action: "seek_seq", seq: 1 });
    await expect.poll(() => of("fills", "snapshot").at(-1)).toMatchObject({ seq: 1, data: [{ fill_id: "f1" }] });
    await expect.poll(() => of("bots", "snapshot").at(-1)).toMatchObject({ seq: 1, data: [{ bot: "mm", fills: 1 }] });
    expect(frames.filter(({ op }) => op === "error")).toEqual([]);
  });

  test("ends when the replay is closed, and is refused when there is none", async () => {
    const { desk, begin } = await hubWithFills();
    const { url } = await begin();
    const { closed } = await streamOf(url);
    await call(url, "DELETE");
    expect((await closed) as unknown[]).toMatchObject([1001, expect.anything()]);
    const nowhere = new WebSocket(`${desk.url.replace("http", "ws")}/api/v1/replays/nothing/stream`);
    nowhere.on("error", () => undefined);
    const [, response] = await once(nowhere, "unexpected-response");
    expect(response.statusCode).toBe(404);
  });

  test("is the only one that knows the topic of a replay", async () => {
    const { desk } = await hubWithFills();
    const { frames, send } = await streamOf(`${desk.url}/api/v1`);
    send({ op: "subscribe", topics: ["replay"] });
    await expect.poll(() => frames.filter(({ op }) => op === "error")).toHaveLength(1);
  });
});
