import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { z } from "zod";
import { loadConfig } from "../../src/app/config.ts";
import { type Desk, StartRefused, startDesk } from "../../src/app/wiring.ts";
import { ensure } from "../../src/base/assert.ts";
import { reconciliationAnswer } from "../../src/protocol/api-reconciliation.ts";
import { FakeBinanceAccount } from "../fakes/fake-binance-account.ts";
import { scratchDirectory } from "../support/scratch.ts";
import { waitUntil } from "../support/wait-until.ts";

const ETH = { venue: "binance", symbol: "ETHUSDT" };

let venue: FakeBinanceAccount;
let desk: Desk | undefined;

beforeEach(async () => {
  venue = await FakeBinanceAccount.start();
});

afterEach(async () => {
  await desk?.close();
  desk = undefined;
  await venue.close();
});

const configOf = (file: string) => {
  const directory = scratchDirectory();
  const config = join(directory, "deskwatch.yaml");
  writeFileSync(config, file);
  const flags = { port: "0", dataDir: join(directory, "data"), config };
  const loaded = loadConfig(flags, { DESKWATCH_LOG_LEVEL: "silent" });
  if (!loaded.ok) throw new Error(loaded.error);
  return loaded.value;
};

const accountOf = (more = "") =>
  `venue_accounts:\n  - { venue: binance, bots: [perp-eth], every_s: 5, rest_url: "${venue.url}", key_url: "${venue.url}"${more} }\n`;

async function start(): Promise<Desk> {
  desk = await startDesk(configOf(accountOf()), undefined, venue.environment);
  return desk;
}

async function send(...events: object[]): Promise<void> {
  const body = JSON.stringify(events.map((event) => ({ bot: "perp-eth", ts: new Date().toISOString(), ...event })));
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${desk?.url}/api/v1/events`, { method: "POST", headers, body });
  expect(await answer.json()).toMatchObject({ rejected: [] });
}

async function reconciled(query = ""): Promise<z.infer<typeof reconciliationAnswer>> {
  const answer = await fetch(`${desk?.url}/api/v1/reconciliation${query}`);
  expect(answer.status).toBe(200);
  return reconciliationAnswer.parse(await answer.json());
}

test("a halt is venue-verified once the venue lists no order any more, and not before", async () => {
  const { hub } = await start();
  await send(
    { type: "bot.started", status: "running", mode: "live", venues: [{ venue: "binance", connected: true }] },
    { type: "order.placed", order_id: "c-5", ...ETH, side: "buy", size: "1", price: "100" },
  );
  venue.rest("ETHUSDT", 5);
  await waitUntil("the account was read", async () => (await reconciled()).accounts[0]?.read_at !== null);
  const caller = { by: "ann", via: "api", kind: "person" } as const;
  const issued = await hub.control.issue({ action: "halt", target: { bot: "perp-eth" }, reason: "test" }, caller);
  const commandId = ensure(issued.ok ? issued.value.command.command_id : undefined, "a command");
  await hub.control.acknowledge({ commandId, bot: "perp-eth" });
  const course = () => ensure(hub.state.desk.courses.get(`${commandId}\tperp-eth`), "a course");
  await waitUntil("the venue's list after the acknowledgement is seen", () =>
    course().orders.some(({ source, count }) => source === "venue" && count === 1),
  );
  expect(course()).toMatchObject({ verifiedAt: undefined, evidence: undefined });
  venue.orders = [];
  await waitUntil("the venue's proof is in", () => course().evidence === "venue-verified");
  expect(venue.forged).toBe(0);
});

test("a halt is not verified while a stop waits at the venue, which no list of open orders has", async () => {
  const { hub } = await start();
  await send(
    { type: "bot.started", status: "running", mode: "live", venues: [{ venue: "binance", connected: true }] },
    { type: "order.placed", order_id: "a-7", ...ETH, side: "sell", size: "1" },
  );
  venue.stop("ETHUSDT", 7);
  const caller = { by: "ann", via: "api", kind: "person" } as const;
  const issued = await hub.control.issue({ action: "halt", target: { bot: "perp-eth" }, reason: "test" }, caller);
  const commandId = ensure(issued.ok ? issued.value.command.command_id : undefined, "a command");
  await hub.control.acknowledge({ commandId, bot: "perp-eth" });
  const course = () => ensure(hub.state.desk.courses.get(`${commandId}\tperp-eth`), "a course");
  await waitUntil("the stop is seen after the acknowledgement", () =>
    course().orders.some(({ source, count }) => source === "venue" && count === 1),
  );
  expect(course()).toMatchObject({ verifiedAt: undefined, evidence: undefined });
  const { reconciliation } = await reconciled("?kind=orders");
  expect(reconciliation).toMatchObject([{ symbol: "ETHUSDT", ours: "1", theirs: "1", only_ours: [], only_theirs: [] }]);
  venue.conditionals = [];
  await waitUntil("the venue's proof is in", () => course().evidence === "venue-verified");
});

test("what the venue holds otherwise is told, and read as JSON, NDJSON and CSV", async () => {
  await start();
  await send(
    { type: "bot.started", status: "running", mode: "live" },
    { type: "fill", fill_id: "1", ...ETH, side: "buy", size: "8", price: "100" },
  );
  venue.hold("ETHUSDT", "10.000");
  await waitUntil("the difference lasts", async () => (await reconciled("?state=differs")).reconciliation.length === 1);
  const { reconciliation, accounts } = await reconciled("?bot=perp-eth&kind=position");
  expect(reconciliation).toMatchObject([
    { ours: "8", theirs: "10", difference: "2", drift_pct: 0.2, symbol: "ETHUSDT" },
  ]);
  expect(accounts).toMatchObject([{ venue: "binance", bots: ["perp-eth"], key: "read_only", problem: null }]);
  expect((await reconciled("?bot=other")).reconciliation).toEqual([]);
  const csv = await (await fetch(`${desk?.url}/api/v1/reconciliation?format=csv`)).text();
  expect(csv.split("\r\n")[0]).toMatch(/^kind,bots,mode,venue,/);
  const ndjson = await (await fetch(`${desk?.url}/api/v1/reconciliation?format=ndjson&kind=position`)).text();
  expect(JSON.parse(ndjson)).toMatchObject({ difference: "2" });
  const events = await (await fetch(`${desk?.url}/api/v1/events?type=reconciliation`)).json();
  expect(events).toMatchObject({ events: [{ kind: "position", ours: "8", theirs: "10", difference: "2" }] });
});

test("what the venue holds and owns is the bot's drift, on the API and for Prometheus, and the equity that profit is tied out against", async () => {
  await start();
  await send({ type: "bot.started", status: "running", mode: "live" });
  await waitUntil("the account was read", async () => (await reconciled()).accounts[0]?.read_at !== null);
  const begun = new Date().toISOString();
  const ts = new Date(Date.parse(begun) + 1_000).toISOString();
  await send(
    { type: "instrument", ...ETH, kind: "linear", base: "ETH", quote: "USDT" },
    { type: "fill", ts, fill_id: "1", ...ETH, side: "buy", size: "8", price: "100" },
    { type: "fill", ts, fill_id: "2", ...ETH, side: "sell", size: "2", price: "105", fee: "0.5" },
    { type: "mark", ...ETH, price: "100" },
  );
  // The ledger holds 6 and the venue 7.5: 1.5 of 7.5 are 0.2.
  venue.hold("ETHUSDT", "7.500", { markPrice: "100.0" });
  const drift = async () => (await fetch(`${desk?.url}/api/v1/metrics/position_drift_pct?bot=perp-eth`)).json();
  await waitUntil("the drift is known", async () => (await drift()).value === 0.2);
  expect(await drift()).toMatchObject({ value: 0.2, unit: "ratio", source: "computed" });
  const page = await (await fetch(`${desk?.url}/metrics`)).text();
  expect(page).toMatch(/^hbot_bot_position_drift_pct\{[^}]*bot="perp-eth"[^}]*\} 0\.2$/m);
  expect(page).toMatch(/^deskwatch_position_drift_ratio\{[^}]*bot="perp-eth"[^}]*\} 0\.2$/m);
  const explained = await fetch(`${desk?.url}/api/v1/pnl/explain?from=${encodeURIComponent(begun)}&bot=perp-eth`);
  // 2 sold 5 above their cost make 10, less 0.5 of fees. The account has 1000 as before: 9.5 of it are not there.
  expect(await explained.json()).toMatchObject({
    rows: [{ currency: "USDT", realized: 10, fees: 0.5, unrealized: 0, equity_change: 0, residual: -9.5 }],
  });
});

test("a key that may trade is not used, and said so", async () => {
  venue.rights = { ...venue.rights, enableFutures: true };
  await start();
  await waitUntil("the key was refused", async () => (await reconciled()).accounts[0]?.key === "refused");
  expect((await reconciled()).accounts[0]?.problem).toMatch(/^not read, because the key may trade futures/);
  expect(venue.asked("/fapi/v1/openOrders")).toBe(0);
});

test("credentials come from the environment or a file, and a missing one is named without its value", async () => {
  const config = configOf(accountOf(", credentials: { apiKey: OTHER_KEY }"));
  const refused = await startDesk(config, undefined, venue.environment).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(StartRefused);
  expect(String(refused)).toMatch(/venue_accounts\[0\]: binance needs OTHER_KEY in the environment/);
  const file = join(scratchDirectory(), "secret");
  writeFileSync(file, `${venue.environment.BINANCE_API_SECRET}\n`);
  const environment = { BINANCE_API_KEY: venue.environment.BINANCE_API_KEY, BINANCE_API_SECRET_FILE: file };
  desk = await startDesk(configOf(accountOf()), undefined, environment);
  await waitUntil("the account was read", async () => (await reconciled()).accounts[0]?.read_at !== null);
});
