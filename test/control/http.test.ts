import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { ensure } from "../../src/base/assert.ts";
import type { BotView, HealthAnswer } from "../../src/protocol/api.ts";
import type { CommandAnswer, CommandsAnswer, ControlsAnswer } from "../../src/protocol/api-control.ts";
import { controlDesk } from "../support/control-desk.ts";
import { LinkedBot } from "../support/linked-bot.ts";
import { sendTo } from "../support/scratch-hub.ts";
import { waitUntil } from "../support/wait-until.ts";

type Desk = Awaited<ReturnType<typeof controlDesk>>;

const HALT = { action: "halt", target: { all: true }, reason: "a drill" } as const;

async function keyFor(desk: Desk, scopes: string[], bot?: string): Promise<Record<string, string>> {
  const { body } = await desk.call<{ key: string }>("/api/v1/keys", { name: "k", scopes, ...(bot && { bot }) });
  return { authorization: `Bearer ${body.key}` };
}

test("controls take a person or a key with that scope: no visitor is trusted for coming from this machine", async () => {
  const desk = await controlDesk();
  await desk.start("ann", "making");
  await desk.start("ben", "making");
  const [control, ingest] = [await keyFor(desk, ["control"]), await keyFor(desk, ["ingest"])];
  const bound = await keyFor(desk, ["control", "ingest"], "ann");
  const status = async (headers: object, body: object = HALT, path = "/api/v1/controls") =>
    (await desk.call(path, body, headers)).status;
  expect(await status({})).toBe(401);
  expect(await status(ingest)).toBe(403);
  expect(await status(ingest, HALT, "/api/v1/controls/preview")).toBe(403);
  expect(await status(bound)).toBe(403);
  expect(await status(bound, { ...HALT, target: { bot: "ben" } })).toBe(403);
  expect(await status(bound, { ...HALT, target: { bot: "ann" } })).toBe(202);
  expect(await status(control)).toBe(202);
  const { body } = await desk.call<ControlsAnswer>("/api/v1/controls");
  expect(body.commands.map(({ by, via }) => [by, via])).toEqual([
    ["k", "api"],
    ["k", "api"],
  ]);
});

const REFUSED: readonly (readonly [object, string])[] = [
  [{ action: "halt", reason: "r" }, "target"],
  [{ action: "halt", target: {}, reason: "r" }, "target"],
  [{ action: "halt", target: { all: false }, reason: "r" }, "target"],
  [{ action: "halt", target: { bot: "a", venue: "v" }, reason: "r" }, "target"],
  [{ action: "halt", target: { all: true } }, "reason"],
  [{ action: "halt", target: { all: true }, reason: "  " }, "reason"],
  [{ action: "stop", target: { all: true }, reason: "r" }, "action"],
  [{ ...HALT, command_id: "with space" }, "command_id"],
];

test("without exactly one target, an action and a reason nothing is halted, and the answer says what is missing", async () => {
  const desk = await controlDesk();
  for (const [body, path] of REFUSED) {
    const refused = await desk.call<{ code: string; errors: { path: string }[] }>("/api/v1/controls", body);
    expect(refused).toMatchObject({ status: 400, body: { code: "invalid_request" } });
    expect(refused.body.errors.map((error) => error.path.split(".")[0])).toContain(path);
  }
  expect((await desk.call<ControlsAnswer>("/api/v1/controls")).body.commands).toEqual([]);
});

test("a halt shows in every view: the bot's, health, controls, and the stream", async () => {
  const desk = await controlDesk();
  await sendTo(desk.url, [
    {
      type: "bot.started",
      bot: "ann",
      ts: new Date().toISOString(),
      strategy: "making",
      venues: [{ venue: "kraken", connected: true }],
    },
  ]);
  const stream = new WebSocket(`${desk.url.replace("http", "ws")}/api/v1/stream`);
  onTestFinished(() => stream.terminate());
  const frames: { topic: string; data: ControlsAnswer }[] = [];
  stream.on("message", (data) => frames.push(JSON.parse(String(data))));
  stream.on("open", () => stream.send(JSON.stringify({ op: "subscribe", topics: ["controls"] })));
  await waitUntil("controls are streamed", () => frames.some(({ topic }) => topic === "controls"));

  const { body: issued } = await desk.issue<CommandAnswer>({ ...HALT, target: { venue: "kraken" }, command_id: "v-1" });
  expect(issued).toMatchObject({ effect: { bots: ["ann"] }, command: { standing: true } });
  await desk.issue({ ...HALT, target: { strategy: "making" }, command_id: "s-1" });
  const health = (await desk.call<HealthAnswer>("/api/health")).body;
  expect(health.venues).toMatchObject([{ venue: "kraken", halted: true }]);
  expect(health.halted).toEqual({ bots: 1, venues: 1 });
  const bot = (await desk.call<BotView>("/api/v1/bots/ann")).body;
  expect(bot.control).toEqual({ state: "halted", command_ids: ["s-1"] });
  const controls = (await desk.call<ControlsAnswer>("/api/v1/controls")).body;
  expect(controls).toMatchObject({
    desk: { state: "running" },
    strategies: [{ strategy: "making", state: "halted", command_ids: ["s-1"], bots: 1 }],
    venues: [{ venue: "kraken", state: "halted", command_ids: ["v-1"], bots: 1 }],
    commands: [{ command_id: "s-1" }, { command_id: "v-1" }],
  });
  await waitUntil("the stream shows it", () => frames.at(-1)?.data.commands?.length === 2);
});

test("the list of commands comes in pages, of one bot, or of one state", async () => {
  const desk = await controlDesk();
  await desk.start("ann", "making");
  await desk.start("ben", "arbitrage");
  for (const [index, bot] of ["ann", "ben", "ann"].entries())
    await desk.issue({ ...HALT, target: { bot }, command_id: `c-${index}` });
  const ids = async (query: string) => {
    const { body } = await desk.call<ControlsAnswer>(`/api/v1/controls?${query}`);
    return [body.commands.map(({ command_id: id }) => id), body.next_cursor] as const;
  };
  const [first, next] = await ids("limit=2");
  expect(first).toEqual(["c-2", "c-1"]);
  expect(await ids(`limit=2&cursor=${ensure(next, "a cursor")}`)).toEqual([["c-0"], undefined]);
  expect(await ids("bot=ben")).toEqual([["c-1"], undefined]);
  await waitUntil("the replaced one is over", async () => (await ids("state=over"))[0].length === 1);
  expect(await ids("state=over")).toEqual([["c-0"], undefined]);
  expect((await desk.call("/api/v1/controls/none")).status).toBe(404);
});

test("commands and acknowledgements are for whoever may send events; a bound key has only its bot's", async () => {
  const desk = await controlDesk();
  await desk.start("ann", "making");
  await desk.issue({ ...HALT, command_id: "h" });
  const bound = await keyFor(desk, ["ingest"], "ann");
  const status = async (path: string, body?: object, headers: object = bound) =>
    (await desk.call(path, body, headers)).status;
  expect(await status("/api/v1/commands?bot=ben")).toBe(403);
  expect(await status("/api/v1/commands/h/ack", { bot: "ben" })).toBe(403);
  expect(await status("/api/v1/commands?bot=ann", undefined, await keyFor(desk, ["read"]))).toBe(403);
  expect(await status("/api/v1/commands?bot=deskwatch", undefined, {})).toBe(403);
  expect(await status("/api/v1/commands?bot=no%20name")).toBe(400);
  expect(await status("/api/v1/commands?bot=ann&wait=999")).toBe(400);
  expect((await desk.call<CommandsAnswer>("/api/v1/commands?bot=ann", undefined, {})).body).toMatchObject({
    bot: "ann",
    state: "halted",
    commands: [{ command_id: "h" }],
  });
  expect(await status("/api/v1/commands/h/ack", { bot: "ann" })).toBe(200);
  expect(await status("/api/v1/commands/h/ack", { bot: "ann" })).toBe(200);
  expect(await status("/api/v1/commands/none/ack", { bot: "ann" })).toBe(404);
});

test("a hub that stops does not wait for those who wait for orders", async () => {
  const desk = await controlDesk();
  const waiting = desk.call<CommandsAnswer>("/api/v1/commands?bot=ann&wait=60");
  await waitUntil("it waits", async () => {
    const { body } = await desk.call<ControlsAnswer>("/api/v1/controls");
    return body.bots.some(({ linked }) => linked);
  });
  let closed = false;
  void desk.close().then(() => {
    closed = true;
  });
  await waitUntil("the hub has stopped", () => closed);
  expect((await waiting).body.state).toBe("running");
}, 120_000);

describe("the link", () => {
  test("tells a bot its orders at once and a command when it comes, takes its events and its acknowledgement", async () => {
    const desk = await controlDesk();
    await desk.start("ann", "making");
    const bot = await LinkedBot.on(desk.url, "ann");
    expect(bot.orders).toMatchObject({ bot: "ann", state: "running", commands: [] });
    await desk.issue({ ...HALT, command_id: "h" });
    await waitUntil("the command comes", () => bot.of("command").length > 0);
    expect(bot.of("command")).toMatchObject([{ command_id: "h", action: "halt", state: "halted", reason: "a drill" }]);
    await bot.acknowledge("h");
    const result = await bot.send(
      { type: "orders.snapshot", orders: [] },
      { type: "nonsense" },
      { type: "fill", bot: "ben" },
    );
    expect(result).toMatchObject({ accepted: 1, rejected: [{ index: 1 }, { index: 2 }] });
    await desk.until("h", "verified");
    expect((await desk.command("h")).bots).toMatchObject([{ evidence: "reported", orders_since: 0 }]);
    expect(bot.orders).toMatchObject({ state: "halted", commands: [] });
  });

  test("a bot that reconnects has its halt before its first order can go out", async () => {
    const desk = await controlDesk();
    await desk.start("ann", "making");
    (await LinkedBot.on(desk.url, "ann")).socket.terminate();
    await desk.issue({ ...HALT, command_id: "h" });
    const again = await LinkedBot.on(desk.url, "ann");
    expect(again.frames[0]).toMatchObject({ op: "orders", state: "halted", commands: [{ command_id: "h" }] });
    await again.acknowledge("h");
    again.socket.terminate();
    const third = await LinkedBot.on(desk.url, "ann");
    expect(third.frames[0]).toMatchObject({ op: "orders", state: "halted", commands: [] });
  });

  test("a bot that the hub never heard of has the halt of the strategy that it names before all else", async () => {
    const desk = await controlDesk();
    await desk.start("ann", "market making");
    await desk.issue({ ...HALT, target: { strategy: "market making" }, command_id: "h" });
    const path = "/api/v1/commands?bot=new-1&strategy=market%20making";
    expect((await desk.call<CommandsAnswer>(path, undefined, {})).body).toMatchObject({
      state: "halted",
      commands: [{ command_id: "h" }],
    });
    const linked = await LinkedBot.on(desk.url, "new-2&strategy=market%20making");
    expect(linked.frames[0]).toMatchObject({ op: "orders", state: "halted", commands: [{ command_id: "h" }] });
    expect((await LinkedBot.on(desk.url, "new-3")).frames[0]).toMatchObject({ state: "running" });
  });

  test("is refused without a bot, for another bot than the key's, from a foreign page, and without the scope", async () => {
    const desk = await controlDesk();
    const refusedWith = async (path: string, headers: object): Promise<number> => {
      const socket = new WebSocket(`${desk.url.replace("http", "ws")}${path}`, { headers: { ...headers } });
      return await new Promise((resolve) => {
        socket.on("unexpected-response", (_, response) => resolve(response.statusCode ?? 0));
        socket.on("open", () => resolve(101));
        socket.on("error", () => undefined);
      });
    };
    expect(await refusedWith("/api/v1/link", {})).toBe(400);
    expect(await refusedWith("/api/v1/link?bot=ben", await keyFor(desk, ["ingest"], "ann"))).toBe(403);
    expect(await refusedWith("/api/v1/link?bot=ann", await keyFor(desk, ["read"]))).toBe(403);
    expect(await refusedWith("/api/v1/link?bot=ann", { origin: "https://elsewhere.example" })).toBe(403);
    expect(await refusedWith("/api/v1/link?bot=ann", { host: "rebound.example" })).toBe(421);
    expect((await fetch(`${desk.url}/api/v1/link?bot=ann`)).status).toBe(400);
  });

  test("of a bot that talks nonsense is closed, and that of a revoked key", async () => {
    const desk = await controlDesk();
    const babbler = await LinkedBot.on(desk.url, "ann");
    for (let count = 0; count < 5; count++) babbler.socket.send("nonsense");
    await waitUntil("it is closed", () => babbler.closed !== undefined);
    expect(babbler.closed?.code).toBe(1008);
    const key = await keyFor(desk, ["ingest"]);
    const keyed = await LinkedBot.on(desk.url, "ben", key);
    const prefix = ensure(key["authorization"], "a key").slice("Bearer dw_".length, "Bearer dw_".length + 8);
    await fetch(`${desk.url}/api/v1/keys/${prefix}`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${desk.token}` },
    });
    await waitUntil("it is closed", () => keyed.closed !== undefined);
    expect(keyed.closed).toMatchObject({ code: 1008, reason: "the key was revoked" });
  });
});
