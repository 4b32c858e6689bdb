import { expect, test } from "vitest";
import { ensure } from "../../src/base/assert.ts";
import { readLocalAccess } from "../../src/http/access/local-token.ts";
import type { CommandAnswer, CommandsAnswer, CommandView, ControlsAnswer } from "../../src/protocol/api-control.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { waitUntil } from "../support/wait-until.ts";

const at = (): string => new Date().toISOString();

const started = (bot: string, strategy: string) => ({
  type: "bot.started",
  bot,
  ts: at(),
  status: "running",
  strategy,
});

const placed = (bot: string, orderId: string) => ({
  type: "order.placed",
  bot,
  ts: at(),
  order_id: orderId,
  venue: "kraken",
  symbol: "BTC-USD",
  side: "buy",
  price: "100",
  size: "1",
});

async function desk() {
  const hub = await scratchHub();
  const { token } = ensure(readLocalAccess(hub.dataDir), "the local token");
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const call = async <T>(path: string, body?: object): Promise<{ status: number; body: T }> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${hub.url}${path}`, { headers, ...init });
    return { status: answer.status, body: (await answer.json()) as T };
  };
  const command = async (id: string): Promise<CommandView> =>
    (await call<{ command: CommandView }>(`/api/v1/controls/${id}`)).body.command;
  return { url: hub.url, call, command };
}

test("a halt is issued, taken by long poll, acknowledged, and verified by the snapshot that the bot sends after it", async () => {
  const { url, call, command } = await desk();
  await sendTo(url, [started("mm", "making"), placed("mm", "o-1"), placed("mm", "o-2"), started("arb", "arbitrage")]);

  const preview = await call("/api/v1/controls/preview", { action: "halt", target: { strategy: "making" } });
  expect(preview).toMatchObject({
    status: 200,
    body: { bots: ["mm"], resting_orders: 2, unreachable: ["mm"], summary: "Halts 1 bot, 2 resting orders" },
  });

  const waiting = call<CommandsAnswer>("/api/v1/commands?bot=mm&wait=30");
  const asked = { action: "halt", target: { strategy: "making" }, reason: "spread gone", command_id: "h-1" };
  const issued = await call<CommandAnswer>("/api/v1/controls", asked);
  expect(issued).toMatchObject({
    status: 202,
    body: { command: { command_id: "h-1", state: "issued", standing: true, by: "local", via: "api" } },
  });
  const told = await waiting;
  expect(told.body).toMatchObject({ bot: "mm", state: "halted", commands: [{ command_id: "h-1", action: "halt" }] });
  expect((await call<CommandAnswer>("/api/v1/controls", asked)).status).toBe(200);

  await waitUntil("it is delivered", async () => (await command("h-1")).bots[0]?.delivered_at !== null);
  expect((await call("/api/v1/commands/h-1/ack", { bot: "mm" })).status).toBe(200);
  expect(await command("h-1")).toMatchObject({
    state: "acknowledged",
    bots: [{ verified_at: null, open_orders: null }],
  });

  await sendTo(url, [{ type: "orders.snapshot", bot: "mm", ts: at(), orders: [], source: "bot" }]);
  await waitUntil("it is verified", async () => (await command("h-1")).state === "verified");
  expect(await command("h-1")).toMatchObject({
    bots: [{ bot: "mm", evidence: "reported", open_orders: 0, orders_since: 0, over: false }],
  });
  const { body } = await call<ControlsAnswer>("/api/v1/controls");
  expect(body.bots).toMatchObject([
    { bot: "arb", state: "running", linked: false },
    { bot: "mm", state: "halted", command_ids: ["h-1"], linked: true },
  ]);
});
