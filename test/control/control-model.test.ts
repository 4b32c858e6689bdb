import fc from "fast-check";
import { expect, test } from "vitest";
import type { ControlAction, ControlTarget } from "../../src/protocol/api-control.ts";
import { ordersOfBot } from "../../src/engine/control/orders.ts";
import { HandControl, HandLink } from "../support/hand-control.ts";
import { ReferenceControl } from "./reference-control.ts";

const RUNS = 150;
/** The same courses every time: what they find is found by whoever changed something. */
const SEED = 2026;

const BOTS = {
  ann: { strategy: "making", venues: ["kraken"] },
  ben: { strategy: "making", venues: ["kraken", "kalshi"] },
  cid: { strategy: "arbitrage", venues: ["kalshi"] },
} as const;
type Name = keyof typeof BOTS;
const NAMES = Object.keys(BOTS) as Name[];

type Step =
  | { readonly do: "issue"; readonly action: ControlAction; readonly target: ControlTarget }
  | { readonly do: "ask" | "stop" | "begin" | "link" | "cut"; readonly bot: Name }
  | { readonly do: "acknowledge"; readonly bot: Name; readonly newest: number; readonly failed: boolean }
  | { readonly do: "show"; readonly bot: Name; readonly what: "orders" | "positions"; readonly venues: string[] }
  | { readonly do: "place"; readonly bot: Name; readonly exit: boolean }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "snapshot" | "restart" | "repeat" };

const bot = fc.constantFrom(...NAMES);
const target = fc.oneof(
  bot.map((name): ControlTarget => ({ bot: name })),
  fc.constantFrom("making", "arbitrage").map((strategy): ControlTarget => ({ strategy })),
  fc.constantFrom("kraken", "kalshi").map((venue): ControlTarget => ({ venue })),
  fc.constant<ControlTarget>({ all: true }),
);
const actions = fc.constantFrom<ControlAction[]>("halt", "halt", "pause", "flatten", "resume");
const shownAt = fc.oneof(
  { weight: 3, arbitrary: fc.constant<string[]>([]) },
  fc.array(fc.constantFrom("kraken", "kalshi"), { maxLength: 2 }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("issue" as const), action: actions, target }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("ask" as const, "link" as const, "cut" as const), bot }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("stop" as const, "begin" as const), bot }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("acknowledge" as const),
      bot,
      newest: fc.nat(3),
      failed: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("show" as const),
      bot,
      what: fc.constantFrom("orders" as const, "positions" as const),
      venues: shownAt,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("place" as const), bot, exit: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(300, 3_000, 20_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("snapshot" as const, "restart" as const, "repeat" as const) }),
  },
);

const order = (venue: string, index: number) => ({
  order_id: `o-${index}`,
  venue,
  symbol: "S",
  side: "buy",
  size: "1",
});

/** One random course of things, on the hub and on the reference. */
class Run {
  readonly hub = new HandControl();
  readonly reference = new ReferenceControl(
    Object.fromEntries(NAMES.map((name) => [name, { ...BOTS[name], stopped: false, saidStopped: false }])),
  );
  readonly #links = new Map<Name, HandLink>();
  #ids = 0;

  async begin(): Promise<void> {
    for (const name of NAMES) await this.#start(name);
  }

  async #start(name: Name): Promise<void> {
    const venues = BOTS[name].venues.map((venue) => ({ venue, connected: true, subscriptions: 1 }));
    await this.hub.say(name, { type: "bot.started", strategy: BOTS[name].strategy, status: "running", venues });
  }

  async take(one: Step): Promise<void> {
    const { hub, reference } = this;
    if ("bot" in one && one.do !== "stop" && one.do !== "cut") reference.heard(one.bot);
    // No two things happen at the same moment, and what the hub does by itself is done before the next.
    await hub.advance(100);
    switch (one.do) {
      case "issue":
        return this.#issue(one.action, one.target);
      case "repeat":
        return this.#repeat();
      case "ask":
        await hub.control.orders(one.bot);
        reference.told(one.bot);
        break;
      case "link":
        this.#links.get(one.bot)?.close();
        this.#links.set(one.bot, new HandLink(hub.control, one.bot));
        reference.link(one.bot);
        break;
      case "cut":
        this.#links.get(one.bot)?.close();
        this.#links.delete(one.bot);
        reference.cut(one.bot);
        break;
      case "acknowledge":
        await this.#acknowledge(one);
        break;
      case "show":
        await this.#show(one);
        break;
      case "place":
        await hub.say(one.bot, {
          ...order(BOTS[one.bot].venues[0], ++this.#ids),
          type: "order.placed",
          reduce_only: one.exit,
        });
        break;
      case "stop":
        await hub.say(one.bot, { type: "bot.stopped" });
        reference.stop(one.bot);
        // Whoever still speaks later than that has not stopped.
        await hub.advance(2_500);
        break;
      case "begin":
        await this.#start(one.bot);
        reference.begin(one.bot);
        if (this.#links.has(one.bot)) reference.link(one.bot);
        break;
      case "wait":
        await hub.advance(one.ms);
        break;
      case "snapshot":
        hub.snapshot();
        break;
      case "restart":
        expect(hub.restart()).toBe(true);
        reference.restart();
        this.#links.clear();
        break;
    }
    await hub.advance(600);
  }

  async #issue(action: ControlAction, target: ControlTarget): Promise<void> {
    const id = `c-${++this.#ids}`;
    const done = await this.hub.issue({ action, target, reason: "r", command_id: id });
    expect(done.ok).toBe(true);
    this.reference.issue(id, action, target);
    for (const name of this.reference.linked) this.reference.push(name);
    await this.hub.advance(600);
  }

  async #repeat(): Promise<void> {
    const newest = this.reference.asked.at(-1);
    if (newest === undefined) return;
    const { id, action, target } = newest;
    const facts = this.hub.log.length;
    const again = await this.hub.issue({ action, target, reason: "again", command_id: id });
    expect(again).toMatchObject({ ok: true, value: { repeated: true } });
    expect(this.hub.log.length).toBe(facts);
  }

  async #acknowledge({ bot: name, newest, failed }: Extract<Step, { do: "acknowledge" }>): Promise<void> {
    // A bot acknowledges what it was told.
    await this.hub.control.orders(name);
    const waiting = this.reference.waiting(name);
    this.reference.told(name);
    const id = waiting[newest % Math.max(1, waiting.length)];
    if (id === undefined) return;
    await this.hub.advance(50);
    const error = failed ? { error: "no" } : {};
    expect(await this.hub.control.acknowledge({ commandId: id, bot: name, ...error })).toMatchObject({ ok: true });
    this.reference.acknowledge(id, name, failed);
    this.reference.push(name);
  }

  async #show({ bot: name, what, venues: anywhere }: Extract<Step, { do: "show" }>): Promise<void> {
    const own: readonly string[] = BOTS[name].venues;
    const venues = anywhere.filter((venue) => own.includes(venue));
    const rows = venues.map((venue, index) =>
      what === "orders" ? order(venue, index) : { venue, symbol: `S${index}`, size: "1" },
    );
    const type = what === "orders" ? "orders.snapshot" : "position.snapshot";
    await this.hub.say(name, { type, [what]: rows });
    this.reference.shown(name, what, venues);
  }

  async check(): Promise<void> {
    const { hub, reference } = this;
    for (const { id, courses } of reference.asked) {
      const view = hub.view(id);
      for (const [name, course] of courses) {
        const seen = view?.bots.find((one) => one.bot === name);
        expect([id, name, seen?.over]).toEqual([id, name, course.over]);
        if (course.over) continue;
        expect([id, name, seen?.delivered_at !== null]).toEqual([id, name, course.delivered]);
        expect([id, name, seen?.acknowledged_at !== null]).toEqual([id, name, course.acknowledged]);
        expect([id, name, seen?.verified_at !== null]).toEqual([id, name, course.proven]);
        if (seen?.verified_at !== null) expect(seen?.evidence).toBe("reported");
      }
      expect(view?.bots.length).toBe(courses.size);
    }
    for (const name of NAMES) {
      const { orders } = ordersOfBot(hub.state, name);
      expect([name, orders.state, orders.venue_states]).toEqual([name, reference.state(name), reference.venues()]);
      expect([name, orders.commands.map(({ command_id: id }) => id)]).toEqual([name, reference.waiting(name)]);
      const link = this.#links.get(name)?.frames.findLast(({ op }) => op === "orders");
      if (link !== undefined) expect(link).toMatchObject({ state: orders.state, venue_states: orders.venue_states });
    }
    await hub.advance(50);
  }

  /** Lateness is told once for each step. */
  checkLate(): void {
    const told = this.hub.log
      .map(({ event }) => event)
      .filter((event) => event.type === "command.late")
      .map(({ command_id: id, bot: name, step: late }) => `${id} ${name} ${late}`);
    // A course that began again after its bot had stopped may be late again.
    if (!this.hub.log.some(({ event }) => event.type === "bot.stopped")) expect([...new Set(told)]).toEqual(told);
  }
}

test("whatever happens in whatever order, commands come as far as the reference says: none is lost, none proven without evidence", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const run = new Run();
      await run.begin();
      for (const one of steps) {
        await run.take(one);
        await run.check();
      }
      expect(run.hub.restart()).toBe(true);
      await run.check();
      run.checkLate();
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
