import { describe, expect, test } from "vitest";
import { registerLists } from "../../src/app/commands/lists.ts";
import { registerStatus } from "../../src/app/commands/status.ts";
import { textWidth } from "../../src/view/printable.ts";
import { cannedHub } from "../support/canned-hub.ts";
import { scratchHub, sendTo } from "../support/scratch-hub.ts";
import { type Ran, type Typed, typed } from "../support/typed-command.ts";

const run = (url: string, args: readonly string[], how: Typed = {}): Promise<Ran> =>
  typed([registerStatus, registerLists], args, {
    ...how,
    environment: { DASHBOARD_API_URL: url, ...how.environment },
  });

const now = (): string => new Date().toISOString();
const FILL = { type: "fill", bot: "maker-1", venue: "binance", symbol: "BTC-USDT", price: "64120.5", size: "0.25" };

async function deskWithLife() {
  const desk = await scratchHub();
  await sendTo(desk.url, [
    { type: "bot.started", bot: "maker-1", ts: now(), version: "1.2" },
    { ...FILL, ts: now(), fill_id: "f1", side: "buy", fee: "1.6", fee_currency: "USDT" },
    { ...FILL, ts: now(), fill_id: "f2", side: "sell", bot: "paper-2", mode: "paper" },
    { type: "feed", bot: "maker-1", ts: now(), venue: "binance", kind: "latency", latency_ms: 84 },
    {
      type: "edge",
      bot: "arb-1",
      ts: now(),
      pair_id: "p",
      primary_market: "US Election",
      hedge_market: "PRES-YES",
      net_edge_cents: 3.2,
      expected_slippage_cents: 0.4,
      leader: "polymarket",
    },
  ]);
  return desk;
}

const AS_OF = { as_of: "2026-02-24T12:00:00.000Z", as_of_seq: 7 };

describe("status, edges and fills of a hub", () => {
  test("status shows the hub, every venue and every bot with its mode", async () => {
    const { url } = await deskWithLife();
    const { out, code, err } = await run(url, ["status"]);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^● healthy {2}hub \d/);
    expect(out).toMatch(/^binance +● healthy +84 +84 /m);
    expect(out).toMatch(/^maker-1 +LIVE +● running /m);
    expect(out).toMatch(/^paper-2 +PAPER +● alive /m);
    expect(out).toMatch(/^as of \d\d:\d\d:\d\d UTC, seq \d+$/m);
  });

  test("status --bot shows all of one bot, and says which bot it does not know", async () => {
    const { url } = await deskWithLife();
    const { out } = await run(url, ["status", "--bot", "maker-1"]);
    expect(out).toMatch(/^Version +1\.2$/m);
    expect(out).toMatch(/^Strategy +— the bot gave none$/m);
    expect(out).toMatch(/^Nothing seems wrong; \d things could not be judged, such as losing to execution: needs 30 /m);
    const unknown = await run(url, ["status", "--bot", "nobody"]);
    expect([unknown.code, unknown.err]).toEqual([1, "deskwatch: No bot called nobody has spoken here.\n"]);
  });

  test("edges and fills print what document 2 shows of them", async () => {
    const { url } = await deskWithLife();
    expect((await run(url, ["edges"])).out).toMatch(/^US Election ↔ PRES-YES +\+3\.20 +0\.40 +polymarket /m);
    const fills = (await run(url, ["fills"])).out;
    expect(fills).toMatch(/maker-1 +BTC-USDT +buy ▲ +64,120\.5 +0\.25 +1\.6 USDT$/m);
    expect(fills).not.toContain("paper-2");
    const all = (await run(url, ["fills", "--mode", "all"])).out;
    expect(all).toMatch(/paper-2 +PAPER /);
    expect((await run(url, ["fills", "1", "--mode", "all"])).out).not.toContain("maker-1");
    expect((await run(url, ["fills", "--mode", "all", "--bot", "maker-1"])).out).not.toContain("paper-2");
  });

  test.each([
    [["status"], "/api/v1/health"],
    [["status", "--bot", "maker-1"], "/api/v1/bots/maker-1"],
    [["edges", "3"], "/api/v1/edges?limit=3"],
    [["fills", "2", "--mode", "all"], "/api/v1/fills?limit=2&mode=all"],
  ])("%j --json is exactly the body of the API", async (args, path) => {
    const { url } = await deskWithLife();
    const { out, code } = await run(url, [...args, "--json"]);
    const body = await (await fetch(url + path)).json();
    expect(code).toBe(0);
    expect(steady(JSON.parse(out))).toEqual(steady(body));
  });

  /** Without what moves with the clock. */
  const steady = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (name, field) => (/^as_of$|age_s$|uptime|contacts|last_append/.test(name) ? 0 : field)),
    );

  test("an empty hub is told in words", async () => {
    const { url } = await scratchHub();
    expect((await run(url, ["edges"])).out).toMatch(/^No live edge now/);
    expect((await run(url, ["fills"])).out).toMatch(/^No fills yet/);
    expect((await run(url, ["status"])).out).toContain("No bots yet");
  });
});

const order = {
  seq: 3,
  order_id: "o1",
  bot: "maker-1",
  mode: "live",
  venue: "binance",
  symbol: "BTC-USDT",
  side: "buy",
  price: "64120.5",
  size: "0.5",
  filled_size: "0.25",
  status: "partially_filled",
  placed_at: "2026-02-24T11:59:00.000Z",
};
const position = {
  bot: "maker-1",
  mode: "live",
  account: "maker-1",
  venue: "binance",
  symbol: "BTC-USDT",
  size: "0.25",
  entry_price: "64120.5",
  mark_price: null,
  mark_age_s: null,
  currency: "USDT",
  notional: 16_030.13,
  unrealized_pnl: null,
};
const opportunity = {
  seq: 5,
  opportunity_id: "x",
  bot: "arb-1",
  mode: "live",
  timestamp: "2026-02-24T11:59:30.000Z",
  event_id: "CPI",
  edge_bps: 12,
  confidence: "low",
  action: "rejected",
  reason: "edge_too_small",
  steps: [],
};

describe("orders, positions and opportunities of a hub", () => {
  test("print a row each, and why what is unknown is not known", async () => {
    const url = await cannedHub({
      "/api/v1/orders": { orders: [order], ...AS_OF },
      "/api/v1/positions": { positions: [position], by_event: [], limits: { low_usd: 20, high_usd: 50 }, ...AS_OF },
      "/api/v1/opportunities": { opportunities: [opportunity], ...AS_OF },
    });
    const orders = (await run(url, ["orders"])).out;
    expect(orders).toMatch(/^11:59:00 +maker-1 +BTC-USDT +buy ▲ +64,120\.5 +0\.5 +50 % +◐ partly filled$/m);
    const positions = (await run(url, ["positions"])).out;
    expect(positions).toMatch(/^maker-1 +binance +BTC-USDT +\+0\.25 +64,120\.5 +— +— +— +USDT$/m);
    expect(positions).toContain("— MARK: no mark price came for it");
    const opportunities = (await run(url, ["opportunities", "3"])).out;
    expect(opportunities).toMatch(
      /^11:59:30 +arb-1 +CPI +\+12\.0 bps +▮▯▯ low +✕ rejected +Edge below the threshold$/m,
    );
  });

  test("say that the hub has none to read when it is older", async () => {
    const { code, err } = await run(await cannedHub({}), ["orders"]);
    expect([code, err]).toEqual([1, "deskwatch: this hub has no orders to read: it is of an older version\n"]);
  });

  test("send the filters that were typed, and no others", async () => {
    const asked: (string | undefined)[] = [];
    const url = await cannedHub({
      "/api/v1/orders": (request, response) => {
        asked.push(request.url);
        response.end(JSON.stringify({ orders: [], ...AS_OF }));
      },
    });
    await run(url, ["orders", "7", "--mode", "paper", "--bot", "b"]);
    await run(url, ["orders"]);
    expect(asked).toEqual(["/api/v1/orders?limit=7&mode=paper&bot=b", "/api/v1/orders?limit=10"]);
  });
});

describe("the terminal", () => {
  const evil = "\u001b[2J\u001b]0;owned\u0007\nroot@host# 日本\u202e";
  const hub = () =>
    cannedHub({
      "/api/v1/orders": { orders: [{ ...order, symbol: evil, reason: `because ${evil}` }, order], ...AS_OF },
      "/api/v1/fills": { fills: [], ...AS_OF },
      "/api/v1/edges": (_, response) => {
        response.writeHead(422, { "content-type": "application/problem+json" });
        response.end(JSON.stringify({ detail: `refused ${evil}` }));
      },
    });

  test("gets nothing of a bot's escape sequences, in tables or in errors, also when it is one", async () => {
    const url = await hub();
    const outcomes = [
      await run(url, ["orders"]),
      await run(url, ["orders"], { columns: 80, environment: { NO_COLOR: "1" } }),
      await run(url, ["edges"]),
    ];
    for (const { out, err } of outcomes) {
      expect(out + err).toContain("root@host");
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
    expect(outcomes[0]?.out.split("\n")).toHaveLength(5);
  });

  test("gets no line wider than itself", async () => {
    const url = await hub();
    for (const columns of [80, 100, 120])
      for (const line of (await run(url, ["orders"], { columns, environment: { NO_COLOR: "1" } })).out.split("\n"))
        expect(textWidth(line)).toBeLessThanOrEqual(columns);
  });

  test("gets colours when it is one, and none for NO_COLOR, a dumb terminal or a pipe", async () => {
    const url = await hub();
    expect((await run(url, ["orders"], { columns: 80 })).out).toContain("\u001b[32mbuy ▲\u001b[0m");
    for (const how of [
      { columns: 80, environment: { NO_COLOR: "1" } },
      { columns: 80, environment: { TERM: "dumb" } },
      {},
    ])
      expect((await run(url, ["orders"], how)).out).not.toContain("\u001b");
  });
});

describe("what goes wrong", () => {
  test("says how to start the hub when nothing answers", async () => {
    const desk = await scratchHub();
    await desk.close();
    for (const args of [["status"], ["edges"], ["fills"]])
      expect(await run(desk.url, args)).toEqual({
        code: 1,
        out: "",
        err: `deskwatch: nothing answers at ${desk.url}: start it with \`deskwatch start\`, or name another with --url\n`,
      });
  });

  test("says that no hub answers when it is another server", async () => {
    const url = await cannedHub({
      "/api/v1/edges": (_, response) => response.end("<html>"),
      "/api/v1/fills": { fills: "many" },
      "/api/v1/health": (_, response) => response.writeHead(500).end("oh"),
    });
    for (const args of [["edges"], ["fills"], ["status"]]) {
      const { code, err } = await run(url, args);
      expect([code, err]).toEqual([1, expect.stringContaining("is no Deskwatch hub")]);
    }
  });

  test("shows neither the key nor a password in the address", async () => {
    const { url } = await scratchHub();
    const key = `dw_${"x".repeat(51)}`;
    const refused = await run(url, ["fills", "--key", key]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining("deskwatch keys create")]);
    const away = await run(url.replace("http://", "http://me:hidden@"), ["fills"]);
    const typo = await run("htp://me:hidden@localhost", ["fills"]);
    expect([away.code, typo.code]).toEqual([2, 2]);
    expect(refused.err + away.err + typo.err).not.toMatch(/xxx|hidden/);
  });

  test.each([
    [["fills", "0"]],
    [["fills", "many"]],
    [["fills", "1001"]],
    [["fills", "--mode", "real"]],
    [["fills", "--bot", "a b"]],
    [["edges", "--url", "hub"]],
    [["status", "now"]],
    [["orders", "--colour"]],
  ])("%j is misuse", async (args) => {
    const { code, out, err } = await run("http://127.0.0.1:1", args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).not.toBe("");
  });
});
