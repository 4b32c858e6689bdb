import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AccountBench } from "../../test/support/account-bench.ts";
import { HandMadeAccount } from "../../test/support/hand-made-account.ts";
import { ensure } from "../base/assert.ts";
import { evaluateControl } from "../engine/control/evaluate-control.ts";

const ETH = { venue: "binance", symbol: "ETHUSDT" };
const RESTING = {
  orderId: "77",
  clientOrderId: "c-77",
  symbol: "ETHUSDT",
  side: "buy",
  price: "100",
  size: "1",
} as const;

let bench: AccountBench;

beforeEach(async () => {
  bench = new AccountBench();
  await bench.send(
    { type: "bot.started", status: "running", mode: "live" },
    { type: "order.placed", order_id: "c-77", ...ETH, side: "buy", size: "1" },
  );
});

afterEach(() => {
  bench.accounts?.stop();
  expect(bench.problems).toEqual([]);
});

const hourly = () => new HandMadeAccount(() => bench.now, { everyMs: 3_600_000 });
const usual = () => new HandMadeAccount(() => bench.now);

describe("an account is read", () => {
  test("at its pace, and what has not changed is not told again", async () => {
    bench.read(usual());
    bench.venue.orders = [RESTING];
    await bench.pass(1);
    expect(bench.shown().accounts).toMatchObject([
      {
        venue: "binance",
        bots: ["mm"],
        key: "read_only",
        problem: null,
        every_s: 30,
        read_at: "2026-02-24T00:00:00.250Z",
      },
    ]);
    expect(bench.venue.reads).toBe(1);
    await bench.pass(95);
    expect(bench.venue.reads).toBe(4);
    expect(bench.logged("orders.snapshot")).toMatchObject([
      { bot: "mm", source: "venue", read_by: "hub", ...{ venue: "binance", mode: "live" }, shared_by: ["mm"] },
    ]);
    expect(bench.logged("orders.snapshot")[0]).toMatchObject({ orders: [{ order_id: "77", client_order_id: "c-77" }] });
    expect(bench.logged("position.snapshot")).toHaveLength(1);
    bench.venue.orders = [];
    await bench.pass(60);
    expect(bench.logged("orders.snapshot")).toHaveLength(2);
    await bench.pass(3_600);
    expect(bench.logged("orders.snapshot")).toHaveLength(6);
  });

  test("only once the venue has said that its key may do nothing else", async () => {
    const account = usual();
    const reason = "the key may withdraw: make one that may only read";
    account.key = { ok: true, value: { kind: "refused", reason } };
    bench.read(account);
    await bench.pass(65);
    expect(account.reads).toBe(0);
    expect(bench.shown().accounts).toMatchObject([
      { key: "refused", read_at: null, problem: `not read, because ${reason}` },
    ]);
    expect(bench.notices).toEqual([`account of mm at binance: not read, because ${reason}`]);
    account.key = { ok: true, value: { kind: "read_only" } };
    await bench.pass(3_600);
    expect(account.reads).toBeGreaterThan(0);
    expect(bench.notices.at(-1)).toBe("account of mm at binance: read again");
  });

  test("not while nobody could ask what its key may do", async () => {
    const account = usual();
    account.key = { ok: false, error: "HTTP 500" };
    bench.read(account);
    await bench.pass(65);
    expect(account.reads).toBe(0);
    expect(bench.shown().accounts).toMatchObject([{ key: "unchecked" }]);
    account.key = { ok: true, value: { kind: "unknown", reason: "nobody asked" } };
    await bench.pass(31);
    expect(account.reads).toBeGreaterThan(0);
    expect(bench.shown().accounts).toMatchObject([{ key: "unknown", problem: null }]);
  });

  test("again after trouble, which is told once", async () => {
    bench.read(usual());
    await bench.pass(1);
    bench.venue.trouble = "HTTP 503";
    await bench.pass(95);
    expect(bench.notices).toEqual(["account of mm at binance: HTTP 503"]);
    expect(bench.shown().accounts).toMatchObject([{ problem: "HTTP 503", read_age_s: 95.75 }]);
    bench.venue.trouble = undefined;
    await bench.pass(31);
    expect(bench.notices.at(-1)).toBe("account of mm at binance: read again");
  });

  test("although nobody says any more what its key may do, which is told once and not asked for at every reading", async () => {
    const account = usual();
    bench.read(account);
    await bench.pass(60);
    bench.jump(86_000);
    const { reads } = account;
    account.key = { ok: false, error: "HTTP 500" };
    await bench.pass(3_600);
    const notice = "account of mm at binance: what its key may do could not be asked: HTTP 500";
    expect(bench.notices).toEqual([notice]);
    expect(bench.shown().accounts).toMatchObject([{ key: "read_only", problem: expect.stringMatching(/HTTP 500$/) }]);
    expect(account.reads - reads).toBeGreaterThan(100);
    expect(account.keyChecks).toBeLessThan(15);
    account.trouble = "HTTP 503";
    await bench.pass(60);
    expect(bench.shown().accounts).toMatchObject([{ problem: "HTTP 503" }]);
    account.trouble = undefined;
    await bench.pass(31);
    account.key = { ok: true, value: { kind: "read_only" } };
    await bench.pass(600);
    expect(bench.notices.slice(1)).toEqual([
      "account of mm at binance: HTTP 503",
      notice,
      "account of mm at binance: read again",
    ]);
    expect(bench.shown().accounts).toMatchObject([{ key: "read_only", problem: null }]);
  });

  test("for each of the bots that share it, those of the other left out", async () => {
    bench.read(new HandMadeAccount(() => bench.now, { bots: ["mm", "arb"] }));
    await bench.send({ type: "order.placed", bot: "arb", order_id: "88", ...ETH, side: "sell", size: "1" });
    const other = { ...RESTING, orderId: "88", clientOrderId: "c-88" };
    bench.venue.orders = [RESTING, other, { ...RESTING, orderId: "99", clientOrderId: "nobody" }];
    await bench.pass(1);
    const told = bench
      .logged("orders.snapshot")
      .map((event) => [
        event.bot,
        event.type === "orders.snapshot" ? event.orders.map(({ order_id }) => order_id) : [],
      ]);
    expect(told).toEqual([
      ["mm", ["77", "99"]],
      ["arb", ["88", "99"]],
    ]);
    expect(bench.logged("balance")).toEqual([]);
    expect(bench.shown().reconciliation).toMatchObject([
      { kind: "orders", bots: ["mm", "arb"], only_theirs: ["99"], only_ours: [] },
    ]);
  });

  test("and told again when what the bot has beside it moved: the two are of one moment", async () => {
    bench.read(usual());
    bench.venue.orders = [RESTING];
    bench.venue.positions = [{ symbol: "ETHUSDT", size: "2", markPrice: "100" }];
    const trade = (id: string, side: string) =>
      bench.send({ type: "fill", fill_id: id, ...ETH, side, size: "2", price: "100" });
    const position = () => bench.shown().reconciliation.find(({ kind }) => kind === "position");
    await trade("a", "buy");
    await bench.pass(1);
    expect(position()).toMatchObject({ ours: "2", theirs: "2", state: "agrees" });
    await trade("b", "buy");
    await bench.pass(1);
    expect(position()).toMatchObject({ ours: "2", theirs: "2", state: "agrees" });
    await bench.pass(30);
    expect(position()).toMatchObject({ ours: "4", theirs: "2", state: "settling" });
    expect(bench.logged("position.snapshot")).toHaveLength(2);
  });

  test("for its equity only where the bot does not tell that itself", async () => {
    const curve = () => bench.state.bots.get("mm")?.equity.get("live\tbinance")?.drawdown;
    bench.read(usual());
    await bench.pass(1);
    expect(curve()?.equity).toBe(1000);
    bench.venue.balances = { balances: [], equity: "1010", equityCurrency: "USDT" };
    await bench.pass(120);
    expect(curve()?.equity).toBe(1010);
    await bench.send({ type: "balance", venue: "binance", balances: [], equity: "990", equity_currency: "USDT" });
    bench.venue.balances = { balances: [{ currency: "USDT", total: "7" }], equity: "1020", equityCurrency: "USDT" };
    await bench.pass(600);
    expect(curve()?.equity).toBe(990);
    await bench.pass(3_600);
    bench.venue.balances = { ...bench.venue.balances, equity: "1030" };
    await bench.pass(120);
    expect(curve()?.equity).toBe(1030);
  });

  test("and its equity is held against what the bot says of its own, though that of the venue did not move for hours", async () => {
    bench.read(usual());
    await bench.pass(7_200);
    expect(bench.logged("balance")).toHaveLength(1);
    const balance = () => bench.shown().reconciliation.find(({ kind }) => kind === "balance");
    expect(balance()).toBeUndefined();
    await bench.send({ type: "risk", equity_quote: 900 });
    await bench.pass(60);
    expect(balance()).toMatchObject({ ours: "900", theirs: "1000", difference: "100", state: "differs" });
    expect(bench.logged("balance")).toHaveLength(2);
    await bench.pass(3_600);
    const told = () => bench.logged("reconciliation").filter((event) => "kind" in event && event.kind === "balance");
    expect(told()).toHaveLength(1);
    await bench.send({ type: "risk", equity_quote: 1000 });
    await bench.pass(90);
    expect(balance()).toMatchObject({ state: "agrees" });
    expect(told()).toMatchObject([{ difference: "100" }, { difference: "0" }]);
  });

  test("by the names that the bots have for its symbols", async () => {
    bench.read(new HandMadeAccount(() => bench.now, { symbols: new Map([["ETHUSDT", "ETH-USDT"]]) }));
    bench.venue.positions = [{ symbol: "ETHUSDT", size: "2" }];
    await bench.pass(1);
    expect(bench.logged("position.snapshot")).toMatchObject([{ positions: [{ symbol: "ETH-USDT", size: "2" }] }]);
  });

  test("no longer once it is stopped", async () => {
    bench.read(usual());
    await bench.pass(1);
    bench.accounts?.stop();
    expect(bench.venue.isStopped).toBe(true);
    await bench.pass(120);
    expect(bench.venue.reads).toBe(1);
  });
});

describe("a halt is proven by the venue", () => {
  const COMMAND = { bot: "mm", command_id: "h" };
  const halt = (action = "halt") =>
    bench.send({
      ...{ type: "command.issued", bot: "deskwatch", command_id: "h", action, target: { bot: "mm" } },
      ...{ by: "ann", via: "api", reason: "test", bots: ["mm"] },
    });
  const acknowledge = () => bench.send({ type: "command.acknowledged", ...COMMAND });
  /** What the hub would say of the proof now; it is folded as the hub would. */
  const evidence = async (): Promise<string | undefined> => {
    for (const event of evaluateControl(bench.state, bench.now)) await bench.send({ ...event });
    return ensure(bench.state.desk.courses.get("h\tmm"), "a course").evidence;
  };

  test("at once when the bot has acknowledged, by what is read after that", async () => {
    bench.read(hourly());
    bench.venue.orders = [RESTING];
    await bench.pass(2);
    await halt();
    await bench.pass(30);
    expect(bench.venue.reads).toBe(1);
    await acknowledge();
    await bench.pass(0.25);
    expect(bench.venue.reads).toBe(2);
    expect(await evidence()).toBeUndefined();
    bench.venue.orders = [];
    await bench.pass(1.25);
    expect(await evidence()).toBe("venue-verified");
    const { reads } = bench.venue;
    await bench.pass(60);
    expect(bench.venue.reads).toBe(reads);
  });

  test("not by what was read before, nor by an answer that is older than the acknowledgement, nor by none", async () => {
    bench.read(hourly());
    await bench.pass(2);
    await halt();
    bench.venue.staleMicros = 60_000_000;
    await acknowledge();
    await bench.pass(20);
    expect(bench.venue.reads).toBeGreaterThan(10);
    expect(await evidence()).toBeUndefined();
    bench.venue.trouble = "HTTP 503";
    bench.venue.staleMicros = 0;
    await bench.pass(20);
    expect(await evidence()).toBeUndefined();
    bench.venue.trouble = undefined;
    await bench.pass(6);
    expect(await evidence()).toBe("venue-verified");
  });

  test("and a flatten by positions that were read after the last order was gone, told anew though they did not change", async () => {
    bench.read(hourly());
    bench.venue.orders = [RESTING];
    await bench.pass(2);
    await halt("flatten");
    await acknowledge();
    await bench.pass(5);
    expect(await evidence()).toBeUndefined();
    bench.venue.orders = [];
    await bench.pass(1.25);
    expect(await evidence()).toBe("venue-verified");
    expect(bench.logged("position.snapshot").length).toBeLessThan(4);
  });

  test("but a flatten not by positions of before that, where the venue is behind with them", async () => {
    const account = hourly();
    account.positionsLagMicros = 60_000_000;
    account.orders = [RESTING];
    bench.read(account);
    await bench.pass(120);
    await halt("flatten");
    await acknowledge();
    await bench.pass(10);
    account.orders = [];
    // It was met just before: the list of a minute ago does not have what came of it.
    await bench.pass(55);
    expect(await evidence()).toBeUndefined();
    account.positions = [{ symbol: "ETHUSDT", size: "1" }];
    await bench.pass(20);
    expect(await evidence()).toBeUndefined();
    account.positions = [];
    await bench.pass(10);
    expect(await evidence()).toBe("venue-verified");
    expect(bench.logged("position.snapshot").length).toBeLessThan(5);
  });

  test("further than the bot's own report goes", async () => {
    bench.read(hourly());
    await bench.pass(2);
    await halt();
    bench.venue.trouble = "HTTP 503";
    await acknowledge();
    await bench.pass(1);
    await bench.send({ type: "orders.snapshot", orders: [] });
    expect(await evidence()).toBe("reported");
    bench.venue.trouble = undefined;
    await bench.pass(2);
    expect(await evidence()).toBe("venue-verified");
  });

  test("without delay for ten minutes, and at the usual pace after that", async () => {
    bench.read(hourly());
    bench.venue.orders = [RESTING];
    await halt();
    await acknowledge();
    await bench.pass(600);
    const { reads } = bench.venue;
    expect(reads).toBeGreaterThan(100);
    expect(reads).toBeLessThan(200);
    expect(bench.logged("orders.snapshot").length).toBeLessThan(5);
    await bench.pass(600);
    expect(bench.venue.reads - reads).toBeLessThan(3);
  });

  test("but not asked of an account at another venue than the one that was halted", async () => {
    bench.read(hourly());
    await bench.pass(2);
    await bench.send({
      ...{ type: "command.issued", bot: "deskwatch", command_id: "h", action: "halt", target: { venue: "kalshi" } },
      ...{ by: "ann", via: "api", reason: "test", bots: ["mm"] },
    });
    await acknowledge();
    await bench.pass(60);
    expect(bench.venue.reads).toBe(1);
  });
});

test("a difference that lasts is told, shown, and told again when it is over; a restart tells nothing anew", async () => {
  const holding = () => {
    const account = usual();
    account.orders = [RESTING];
    account.positions = [{ symbol: "ETHUSDT", size: "2", markPrice: "100" }];
    return account;
  };
  bench.read(holding());
  await bench.pass(1);
  expect(bench.shown().reconciliation).toMatchObject([
    { kind: "position", state: "settling", ours: "0", theirs: "2", drift_pct: 1, since: null },
    { kind: "orders", state: "agrees" },
  ]);
  await bench.pass(30);
  expect(bench.shown().reconciliation).toMatchObject([{ state: "differs", since: "2026-02-24T00:00:30.250Z" }, {}]);
  expect(bench.logged("reconciliation")).toMatchObject([
    { bot: "deskwatch", kind: "position", of_bots: ["mm"], symbol: "ETHUSDT", ours: "0", theirs: "2", difference: "2" },
  ]);
  bench.read(holding());
  await bench.pass(95);
  expect(bench.logged("reconciliation")).toHaveLength(1);
  await bench.send({ type: "fill", fill_id: "f", ...ETH, side: "buy", size: "2", price: "100" });
  expect(bench.shown().reconciliation).toMatchObject([{ state: "differs", difference: "2" }, { state: "agrees" }]);
  await bench.pass(30);
  expect(bench.shown().reconciliation).toMatchObject([{ state: "settling", difference: "0" }, { state: "agrees" }]);
  await bench.pass(30);
  expect(bench.shown().reconciliation).toMatchObject([{ state: "agrees" }, { state: "agrees" }]);
  expect(bench.logged("reconciliation")).toMatchObject([{}, { ours: "2", theirs: "2", difference: "0" }]);
});
