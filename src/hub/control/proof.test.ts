import { beforeEach, describe, expect, test } from "vitest";
import { HandControl } from "../../../test/support/hand-control.ts";
import type { CommandCourse, ControlAction, ControlTarget } from "../../protocol/api-control.ts";

let hub: HandControl;
let ids = 0;

beforeEach(async () => {
  hub = new HandControl();
  await begin("ann");
});

const begin = (bot: string, mode = "live", ...venues: string[]): Promise<void> =>
  hub.say(bot, {
    type: "bot.started",
    ...{ mode, strategy: "making" },
    venues: (venues.length > 0 ? venues : ["kraken"]).map((venue) => ({ venue, connected: true })),
  });

/** Asked for, told and done. */
async function done(action: ControlAction, target: ControlTarget = { bot: "ann" }, bot = "ann"): Promise<string> {
  const id = `c-${++ids}`;
  expect(await hub.issue({ action, target, reason: "a drill", command_id: id })).toMatchObject({ ok: true });
  await hub.control.orders(bot);
  await hub.advance(100);
  expect(await hub.control.acknowledge({ commandId: id, bot })).toMatchObject({ ok: true });
  await hub.advance(100);
  return id;
}

const order = (venue: string, index: number) => ({
  order_id: `o-${index}`,
  venue,
  symbol: "S",
  side: "buy",
  size: "1",
});

async function orders(venues: readonly string[], more: object = {}, skewMs = 0): Promise<void> {
  await hub.say("ann", { type: "orders.snapshot", orders: venues.map(order), ...more }, skewMs);
  await hub.advance(300);
}

async function positions(venues: readonly string[], more: object = {}): Promise<void> {
  const held = venues.map((venue) => ({ venue, symbol: "S", size: "1" }));
  await hub.say("ann", { type: "position.snapshot", positions: held, ...more });
  await hub.advance(300);
}

const place = (venue: string, more: object = {}): Promise<void> =>
  hub.say("ann", { type: "order.placed", ...order(venue, ++ids), ...more });

const fill = (side: "buy" | "sell", more: object = {}): Promise<void> =>
  hub.say("ann", {
    type: "fill",
    fill_id: `f-${++ids}`,
    venue: "kraken",
    symbol: "S",
    side,
    price: "10",
    size: "1",
    ...more,
  });

async function read(
  type: "orders" | "positions",
  venue: string,
  rows: readonly object[] = [],
  more = {},
): Promise<void> {
  await hub.read("ann", {
    type: type === "orders" ? "orders.snapshot" : "position.snapshot",
    venue,
    [type]: rows,
    ...more,
  });
  await hub.advance(300);
}

const course = (id: string): CommandCourse | undefined => hub.view(id)?.bots.find(({ bot }) => bot === "ann");
const evidence = (id: string) => course(id)?.evidence;

describe("after a bot said that it could not, and then that it is done", () => {
  test("only what was seen since proves it", async () => {
    const id = await failed("halt");
    await orders([]);
    await hub.control.acknowledge({ commandId: id, bot: "ann" });
    await hub.advance(300);
    expect(course(id)).toMatchObject({ error: null, evidence: null, open_orders: null });
    await orders([]);
    expect(evidence(id)).toBe("reported");
  });

  test("orders that it placed before count no more", async () => {
    const id = await failed("halt");
    await place("kraken");
    expect(course(id)).toMatchObject({ orders_since: 1 });
    await hub.control.acknowledge({ commandId: id, bot: "ann" });
    expect(course(id)).toMatchObject({ orders_since: 0 });
  });

  async function failed(action: ControlAction): Promise<string> {
    const id = `c-${++ids}`;
    await hub.issue({ action, target: { bot: "ann" }, reason: "r", command_id: id });
    await hub.control.orders("ann");
    await hub.control.acknowledge({ commandId: id, bot: "ann", error: "the venue is down" });
    await hub.advance(100);
    return id;
  }
});

describe("a mode", () => {
  test("proves nothing of another: a paper list says nothing of what rests live", async () => {
    const id = await done("halt");
    await orders([], { mode: "paper" });
    expect(course(id)).toMatchObject({ evidence: null });
    await orders([]);
    expect(evidence(id)).toBe("reported");
  });

  test("in which a bot comes back is proven besides that in which it was when it was halted", async () => {
    const id = await done("halt");
    await begin("ann", "paper");
    await orders([]);
    expect(evidence(id)).toBeNull();
    await orders([], { mode: "live" });
    expect(evidence(id)).toBe("reported");
  });

  test("in which an order of before still rests is proven too, by the bot or by its venue", async () => {
    await place("kraken");
    await begin("ann", "paper");
    const id = await done("halt");
    await orders([]);
    expect(evidence(id)).toBeNull();
    await read("orders", "kraken", [], { mode: "live" });
    expect(evidence(id)).toBe("reported");
  });

  test("of a reading counts alike: a live account proves no paper bot by its venue", async () => {
    await begin("ann", "paper");
    const id = await done("halt");
    await read("orders", "kraken", [], { mode: "live" });
    expect(evidence(id)).toBeNull();
    await orders([]);
    expect(evidence(id)).toBe("reported");
  });

  test("that nobody knows yet is that of the bot's own list: a paper bot that is new is proven as such", async () => {
    await hub.control.orders("new");
    await hub.issue({ action: "halt", target: { all: true }, reason: "r", command_id: "n" });
    await hub.control.orders("new");
    await hub.control.acknowledge({ commandId: "n", bot: "new" });
    await hub.advance(100);
    await hub.say("new", { type: "orders.snapshot", orders: [], mode: "paper" });
    await hub.advance(300);
    expect(hub.view("n")?.bots.find(({ bot }) => bot === "new")).toMatchObject({ evidence: "reported" });
  });
});

describe("what the facts themselves still show", () => {
  test("is an order that was placed after the list: the list proves nothing any more", async () => {
    const id = await done("halt");
    await Promise.all([hub.say("ann", { type: "orders.snapshot", orders: [] }), place("kraken", { order_id: "late" })]);
    await hub.advance(300);
    expect(evidence(id)).toBeNull();
    await hub.say("ann", { type: "order.cancelled", order_id: "late", venue: "kraken" });
    await hub.advance(300);
    expect(evidence(id)).toBe("reported");
  });

  test("is an order that was placed after the venue was read", async () => {
    const id = await done("flatten");
    await read("orders", "kraken");
    await place("kraken", { order_id: "exit", reduce_only: true });
    await read("positions", "kraken");
    expect(evidence(id)).toBeNull();
    await read("orders", "kraken");
    await read("positions", "kraken");
    expect(evidence(id)).toBe("venue-verified");
  });

  test("is no more what the venue was seen without later: a cancellation that was never told", async () => {
    await place("kraken");
    const id = await done("halt");
    await read("orders", "kraken");
    expect(evidence(id)).toBe("venue-verified");
  });

  test("is a position by its fills: a list that leaves it out is not believed, the venue is", async () => {
    await fill("buy");
    const id = await done("flatten");
    await orders([]);
    await positions([]);
    expect(course(id)).toMatchObject({ evidence: null, open_orders: 0, positions: 0 });
    await read("orders", "kraken");
    await read("positions", "kraken");
    expect(evidence(id)).toBe("venue-verified");
  });

  test("is nothing once the fills closed it, but for what fees left of it", async () => {
    await fill("buy");
    const id = await done("flatten");
    await fill("sell", { size: "0.999" });
    await orders([]);
    await positions([]);
    expect(evidence(id)).toBe("reported");
  });
});

describe("a flatten", () => {
  test("is proven by positions that were seen after no order rested: one may have been filled in between", async () => {
    const id = await done("flatten");
    await positions([]);
    await orders([]);
    expect(evidence(id)).toBeNull();
    await positions([]);
    expect(evidence(id)).toBe("reported");
  });

  test("of a bot that always tells its positions first is proven by the second round", async () => {
    const id = await done("flatten");
    await positions([]);
    await orders([]);
    await positions([]);
    await orders([]);
    expect(evidence(id)).toBe("reported");
  });

  test("that the bot reported is proven further by its venue, though that shows what it showed before", async () => {
    await read("positions", "kraken");
    const id = await done("flatten");
    await orders([]);
    await positions([]);
    expect(evidence(id)).toBe("reported");
    await read("orders", "kraken");
    await read("positions", "kraken");
    expect(evidence(id)).toBe("venue-verified");
  });

  test("is proven further by a venue whose positions stay as they are while its last order goes", async () => {
    const id = await done("flatten");
    await orders([]);
    await positions([]);
    await read("orders", "kraken", [order("kraken", 1)]);
    await read("positions", "kraken");
    await read("orders", "kraken");
    expect(evidence(id)).toBe("reported");
    await read("positions", "kraken");
    expect(evidence(id)).toBe("venue-verified");
  });

  test("is proven by a venue's positions only where they were read after its orders were gone", async () => {
    const id = await done("flatten");
    await read("orders", "kraken", [order("kraken", 1)]);
    await read("positions", "kraken");
    await read("orders", "kraken");
    expect(evidence(id)).toBeNull();
    await read("positions", "kraken");
    expect(evidence(id)).toBe("venue-verified");
  });
});

describe("a list of resting orders", () => {
  const AT_KRAKEN = { venue: "kraken" };

  test("is of all that the bot has: an empty one proves a halt at a venue that it does not name", async () => {
    const id = await done("halt", AT_KRAKEN);
    await orders([]);
    expect(evidence(id)).toBe("reported");
  });

  test.each([
    ["names another venue", { venue: "kalshi" }],
    ["is tagged with another venue", { tags: { venue: "kalshi" } }],
  ])("that %s proves none at this one", async (_, restricted) => {
    const id = await done("halt", AT_KRAKEN);
    await orders([], restricted);
    expect(course(id)).toMatchObject({ evidence: null, open_orders: null });
    await orders([], AT_KRAKEN);
    expect(evidence(id)).toBe("reported");
  });

  test("that names one venue proves a halt of the bot only together with those of its other venues", async () => {
    await begin("ann", "live", "kraken", "kalshi");
    const id = await done("halt");
    await orders([], { venue: "kraken" });
    expect(evidence(id)).toBeNull();
    await orders(["kalshi"], { venue: "kalshi" });
    expect(course(id)).toMatchObject({ evidence: null, open_orders: 1 });
    await orders([], { venue: "kalshi" });
    expect(evidence(id)).toBe("reported");
  });

  test("that names one venue leaves the orders of the others open: they are still to be cancelled", async () => {
    await begin("ann", "live", "kraken", "kalshi");
    await place("kalshi");
    const id = await done("halt", { venue: "kalshi" });
    await orders([], { venue: "kraken" });
    expect(hub.control.preview({ action: "halt", target: { bot: "ann" } })).toMatchObject({ resting_orders: 1 });
    await orders([], { venue: "kalshi" });
    expect(evidence(id)).toBe("reported");
    expect(hub.control.preview({ action: "halt", target: { bot: "ann" } })).toMatchObject({ resting_orders: 0 });
  });

  test("of one account does not take the place of that of another", async () => {
    const id = await done("halt");
    await orders(["kraken"], { account: "main" });
    await orders([], { account: "sub" });
    expect(course(id)).toMatchObject({ evidence: null, open_orders: 1 });
    await orders([], { account: "main" });
    expect(evidence(id)).toBe("reported");
  });

  test("that was an hour on its way proves nothing, even of a bot that tells no time when it is done", async () => {
    const id = await done("halt");
    await orders([], {}, -3_600_000);
    expect(course(id)).toMatchObject({ evidence: null, open_orders: null });
    await orders([], {}, -2_000);
    expect(evidence(id)).toBe("reported");
  });

  test("with an order in it that is newer than the venue's own takes the venue's word away", async () => {
    const id = await done("flatten");
    await read("orders", "kraken");
    await orders(["kraken"]);
    await read("positions", "kraken");
    expect(evidence(id)).toBeNull();
  });
});
