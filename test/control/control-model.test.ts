import fc from "fast-check";
import { expect, test } from "vitest";
import type { ControlAction, ControlTarget } from "../../src/protocol/api-control.ts";
import { ordersOfBot } from "../../src/engine/control/orders.ts";
import { HandControl, HandLink } from "../support/hand-control.ts";
import { type Mode, ReferenceControl, type ShownList } from "./reference-control.ts";

const RUNS = 200;
/** The same courses every time: what they find is found by whoever changed something. */
const SEED = 2026;

const BOTS = {
  ann: { strategy: "making", venues: ["kraken"] },
  ben: { strategy: "making", venues: ["kraken", "kalshi"] },
  cid: { strategy: "arbitrage", venues: ["kalshi"] },
} as const;
type Name = keyof typeof BOTS;
const NAMES = Object.keys(BOTS) as Name[];

interface Wanted {
  readonly action: ControlAction;
  readonly target: ControlTarget;
}

type Step =
  | { readonly do: "issue"; readonly action: ControlAction; readonly target: ControlTarget }
  | { readonly do: "ask" | "stop" | "begin" | "link" | "cut"; readonly bot: Name }
  | { readonly do: "obey"; readonly bot: Name; readonly failed: boolean }
  | { readonly do: "acknowledge"; readonly bot: Name; readonly newest: number; readonly failed: boolean }
  | ({ readonly do: "show"; readonly bot: Name } & ShownList)
  | {
      readonly do: "outage";
      readonly asked: readonly Wanted[];
      readonly slow: boolean;
      readonly next: Wanted | undefined;
    }
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
const rarely = fc.constantFrom(true, false, false, false);
const wanted = fc.record({ action: actions, target });
const shownAt = fc.oneof(
  { weight: 3, arbitrary: fc.constant<string[]>([]) },
  fc.array(fc.constantFrom("kraken", "kalshi"), { maxLength: 2 }),
);

const shown = {
  do: fc.constant("show" as const),
  what: fc.constantFrom("orders" as const, "orders" as const, "positions" as const),
  venues: shownAt,
  mode: fc.constantFrom<Mode[]>("live", "live", "live", "paper"),
  late: rarely,
};
const obeyed = { do: fc.constant("obey" as const), failed: fc.boolean() };

/** What one bot does and says in a row: that is what proves something, or should not. */
const turns: fc.Arbitrary<Step[]> = bot.chain((name) => {
  const own = { bot: fc.constant(name) };
  return fc.array(fc.oneof(fc.record({ ...obeyed, ...own }), fc.record({ ...shown, ...own })), { maxLength: 4 });
});

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
  { weight: 3, arbitrary: fc.record({ ...shown, bot }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("outage" as const),
      asked: fc.array(wanted, { minLength: 1, maxLength: 3 }),
      slow: fc.boolean(),
      next: fc.option(wanted, { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("place" as const), bot, exit: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(300, 3_000, 20_000) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom("snapshot" as const, "restart" as const, "repeat" as const) }),
  },
);

const steps = fc
  .array(fc.oneof({ weight: 3, arbitrary: step.map((one) => [one]) }, { weight: 1, arbitrary: turns }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((parts) => parts.flat());

const HALT_ANN = { action: "halt", target: { bot: "ann" } } as const;
const NOTHING = { do: "show", bot: "ann", what: "orders", venues: [], mode: "live", late: false } as const;
const RESUME_ANN = { action: "resume", target: { bot: "ann" } } as const;
/** Courses that chance comes upon too seldom. */
const KNOWN: Step[][] = [
  [
    { do: "issue", ...HALT_ANN },
    { do: "obey", bot: "ann", failed: true },
    NOTHING,
    { do: "obey", bot: "ann", failed: false },
  ],
  [
    { do: "link", bot: "ann" },
    { do: "outage", asked: [HALT_ANN, RESUME_ANN, HALT_ANN], slow: true, next: RESUME_ANN },
    { do: "issue", ...HALT_ANN },
  ],
];

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
    Object.fromEntries(
      NAMES.map((name) => [name, { ...BOTS[name], open: { live: [], paper: [] }, stopped: false, saidStopped: false }]),
    ),
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
      case "outage":
        return this.#outage(one);
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
      case "obey":
        await this.#obey(one);
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
        reference.placed(one.bot, BOTS[one.bot].venues[0]);
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
    this.#ask(id, action, target);
    await this.hub.advance(600);
  }

  /** The store is away, or slow and fails, while commands are asked for; it is back by itself, or just before the next. */
  async #outage({ asked, slow, next }: Extract<Step, { do: "outage" }>): Promise<void> {
    const { hub } = this;
    const { promise, resolve: answer } = Promise.withResolvers<void>();
    if (slow) Object.assign(hub, { hold: promise, fails: 1 });
    else hub.away = true;
    const issuing = asked.map((one) => ({ ...one, id: `c-${++this.#ids}` }));
    const done = issuing.map(({ id, ...one }) => hub.issue({ ...one, reason: "r", command_id: id }));
    await hub.advance(slow ? 700 : 100);
    this.#checkLinks(issuing);
    answer();
    const taken = await Promise.all(done);
    hub.away = false;
    // What was held is stored later; a resume was refused.
    for (const [index, { id, action, target }] of issuing.entries())
      if (taken[index]?.ok === true || action !== "resume") this.#ask(id, action, target);
    if (next !== undefined) await this.#issue(next.action, next.target);
    await hub.advance(2_000);
    hub.fails = 0;
  }

  /** Bots that are connected obey what is held in memory. */
  #checkLinks(held: readonly (Wanted & { readonly id: string })[]): void {
    for (const { action, target } of held)
      for (const [name, link] of this.#links)
        if (
          action === "halt" &&
          "bot" in target &&
          target.bot === name &&
          held.every(({ action: one }) => one === "halt")
        )
          expect(link.frames.findLast(({ op }) => op === "orders")).toMatchObject({ state: "halted" });
  }

  #ask(id: string, action: ControlAction, target: ControlTarget): void {
    this.reference.issue(id, action, target);
    for (const name of this.reference.linked) this.reference.push(name);
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
    this.reference.told(name);
    const waiting = [...this.reference.waiting(name), ...this.reference.failed(name)];
    const id = waiting[newest % Math.max(1, waiting.length)];
    if (id !== undefined) await this.#say(name, id, failed);
  }

  /** It acknowledges all that it is to, also what it could not do before. */
  async #obey({ bot: name, failed }: Extract<Step, { do: "obey" }>): Promise<void> {
    await this.hub.control.orders(name);
    this.reference.told(name);
    for (const id of [...this.reference.waiting(name), ...this.reference.failed(name)])
      await this.#say(name, id, failed);
  }

  async #say(name: Name, id: string, failed: boolean): Promise<void> {
    await this.hub.advance(50);
    const error = failed ? { error: "no" } : {};
    expect(await this.hub.control.acknowledge({ commandId: id, bot: name, ...error })).toMatchObject({ ok: true });
    this.reference.acknowledge(id, name, failed);
    this.reference.push(name);
  }

  async #show({ bot: name, venues: anywhere, ...list }: Extract<Step, { do: "show" }>): Promise<void> {
    const { what, mode, late } = list;
    const own: readonly string[] = BOTS[name].venues;
    const venues = anywhere.filter((venue) => own.includes(venue));
    const rows = venues.map((venue, index) =>
      what === "orders" ? order(venue, index) : { venue, symbol: `S${index}`, size: "1" },
    );
    const type = what === "orders" ? "orders.snapshot" : "position.snapshot";
    await this.hub.say(name, { type, mode, [what]: rows }, late ? -3_600_000 : 0);
    this.reference.shown(name, { ...list, venues });
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
    fc.asyncProperty(steps, async (course) => {
      const run = new Run();
      await run.begin();
      for (const one of course) {
        await run.take(one);
        await run.check();
      }
      expect(run.hub.restart()).toBe(true);
      await run.check();
      run.checkLate();
    }),
    { numRuns: RUNS, seed: SEED, examples: KNOWN.map((course) => [course]) },
  );
});
