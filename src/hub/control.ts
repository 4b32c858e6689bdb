import { randomUUID } from "node:crypto";
import { putBounded } from "../base/bounded-map.ts";
import { type Result, err, ok } from "../base/result.ts";
import { type Clock, isoFromMicros, type Micros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { touch } from "../engine/contacts.ts";
import { covers, coveredBots, isKnown } from "../engine/control/concerned.ts";
import { type Command, courseKey, targetKey } from "../engine/control/control-state.ts";
import { type Asked, effectOf } from "../engine/control/effect.ts";
import { heldVenues } from "../engine/control/effective.ts";
import { evaluateControl } from "../engine/control/evaluate-control.ts";
import { ordersOfBot } from "../engine/control/orders.ts";
import { readCommand } from "../engine/control/read-command.ts";
import type { Reach } from "../engine/control/read-controls.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import { HUB_BOT } from "../engine/read-bots.ts";
import type { BotOrders, ControlEffect, ControlRequest, CommandView } from "../protocol/api-control.ts";
import type { LoggedFact } from "../protocol/recorded.ts";
import { type Changes, NO_CHANGES } from "./changes.ts";
import { Links, type LinkSession } from "./control/links.ts";
import { Waiters } from "./control/waiters.ts";
import type { Ingest, ItemOutcome } from "./ingest.ts";
import type { Timers } from "./timers.ts";

/** Who asks for a command, and how: all of it is kept with the command. */
export interface Caller {
  /** A person, a key's name, or the rule that asks. */
  readonly by: string;
  readonly via: "page" | "api" | "command_line" | "rule" | "discord" | "telegram";
  readonly kind: "person" | "key" | "rule";
  /** Of a person, or the prefix of a key. */
  readonly id?: string;
  /** Where the request came from. */
  readonly address?: string;
}

/** Why a command, or the word that it is done, was not taken. */
export interface ControlRefusal {
  readonly code: "not_found" | "conflict" | "forbidden" | "overloaded" | "store_unavailable";
  readonly message: string;
}

export interface Issued {
  readonly command: CommandView;
  readonly effect: ControlEffect;
  /** It was there already: nothing was done. */
  readonly repeated: boolean;
}

/** What a bot says when it has done what it was told, or could not. */
export interface Acknowledgement {
  readonly commandId: string;
  readonly bot: string;
  readonly error?: string | undefined;
  /** By the bot's own clock. */
  readonly doneAt?: string | undefined;
}

/** How a bot waits for its orders. */
export interface Waiting {
  readonly waitMs: number;
  /** `as_of_seq` of the answer that it got last: it waits until its orders differ from that one. */
  readonly since?: number | undefined;
  /** Aborted when whoever waits is gone. */
  readonly signal?: AbortSignal;
}

export interface ControlParts {
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "after" | "every">;
  readonly mode: Mode;
  readonly newId?: (() => string) | undefined;
  readonly publish: (changes: Changes) => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

const ROUND_EVERY_MS = 250;
/** A bot that asks again for what it was told already waits so long, even when it does not say what it knows. */
const SAME_AGAIN_MS = 1_000;
const LINKED_MICROS = 60_000_000;
const ASKED_MAX = 20_000;

interface LastTold {
  readonly text: string;
  readonly at: Micros;
  readonly seq: number;
}

/**
 * Commands: issued, told to the bots at once, acknowledged, and proven by what the fold sees. Everything is a fact of the
 * log before its caller hears that it was taken.
 */
export class Control {
  readonly #parts: ControlParts;
  readonly #links = new Links();
  readonly #waiters = new Waiters();
  readonly #asked = new Map<string, Micros>();
  readonly #told = new Map<string, LastTold>();
  readonly #issuing = new Map<string, Promise<Result<Issued, ControlRefusal>>>();
  /** Courses whose delivery is on its way into the log. */
  readonly #delivering = new Set<string>();
  readonly #stop: () => void;
  #looking = false;
  #lookAgain = false;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#stop = parts.timers.every(ROUND_EVERY_MS, () => this.#look());
  }

  close(): void {
    this.#stop();
    for (const bot of this.#waiters.bots()) this.#waiters.wake(bot);
  }

  /** What a command would do now. */
  preview(asked: Asked): ControlEffect {
    return effectOf(this.#parts.state, asked, { asOf: this.#parts.clock.now(), isReached: this.#isReached });
  }

  /**
   * Takes a command: resolves when it is on disk and on its way to the bots. The same `command_id` again changes nothing.
   * Rules of the hub itself ask here too, with `via: "rule"`.
   */
  async issue(request: ControlRequest, caller: Caller): Promise<Result<Issued, ControlRefusal>> {
    const id = request.command_id ?? this.#parts.newId?.() ?? randomUUID();
    const known = this.#known(id, request);
    if (known !== undefined) return known;
    const underWay = this.#issuing.get(id);
    if (underWay !== undefined) {
      const done = await underWay;
      return done.ok ? (this.#known(id, request) ?? done) : done;
    }
    const issuing = this.#issue(id, request, caller).finally(() => this.#issuing.delete(id));
    this.#issuing.set(id, issuing);
    return issuing;
  }

  async #issue(id: string, request: ControlRequest, caller: Caller): Promise<Result<Issued, ControlRefusal>> {
    const { state, clock } = this.#parts;
    const { action, target, reason } = request;
    if (!isKnown(state, target, clock.now()) && !state.desk.newestCommands.has(targetKey(target)))
      return err({
        code: "not_found",
        message: `There is no ${targetKey(target).replace("\t", " ")} here: nothing was done.`,
      });
    const effect = this.preview({ action, target });
    const members = action === "resume" && "strategy" in target ? { members: coveredBots(state, target) } : {};
    const done = await this.#store([
      {
        type: "command.issued",
        bot: HUB_BOT,
        id: `command:${id}`,
        mode: this.#parts.mode,
        command_id: id,
        action,
        target,
        reason,
        by: caller.by,
        via: caller.via,
        by_kind: caller.kind,
        ...(caller.id === undefined ? {} : { by_id: caller.id }),
        ...(caller.address === undefined ? {} : { address: caller.address }),
        bots: effect.bots,
        ...members,
        resting_orders: effect.resting_orders,
        positions: effect.positions,
      },
    ]);
    if (!done.ok) return done;
    const command = state.desk.commands.get(id);
    if (command === undefined)
      return err({ code: "conflict", message: `The command_id ${id} was used before, for a command that is over.` });
    return ok({ command: readCommand(state.desk, command), effect, repeated: false });
  }

  #known(id: string, { action, target }: Asked): Result<Issued, ControlRefusal> | undefined {
    const { desk } = this.#parts.state;
    const command = desk.commands.get(id);
    if (command === undefined) return undefined;
    if (command.action !== action || targetKey(command.target) !== targetKey(target))
      return err({ code: "conflict", message: `The command_id ${id} is that of another command.` });
    return ok({ command: readCommand(desk, command), effect: this.preview(command), repeated: true });
  }

  /** What the bot is to be told now; it counts as delivered from here on. */
  orders(bot: string): BotOrders & { readonly as_of_seq: number } {
    const { state, clock } = this.#parts;
    const now = clock.now();
    this.noteAsked(bot);
    const { orders, commands } = ordersOfBot(state, bot);
    const seq = foldedSeq(state);
    putBounded(this.#told, bot, { text: JSON.stringify(orders), at: now, seq }, ASKED_MAX);
    this.#delivered(
      commands.map((command) => [command, bot]),
      false,
    );
    return { ...orders, as_of_seq: seq };
  }

  /** The same, once it differs from what the bot was told last, or the wait is over. */
  async ordersWithin(bot: string, waiting: Waiting): Promise<BotOrders & { readonly as_of_seq: number }> {
    this.noteAsked(bot);
    const waitMs = this.#waitMs(bot, waiting);
    if (waitMs > 0 && this.#waiters.hasRoom && waiting.signal?.aborted !== true)
      await this.#changed(bot, waitMs, waiting.signal);
    return this.orders(bot);
  }

  #waitMs(bot: string, { waitMs, since }: Waiting): number {
    const { orders } = ordersOfBot(this.#parts.state, bot);
    const last = this.#told.get(bot);
    const isSame = last?.text === JSON.stringify(orders);
    if (since !== undefined) return isSame && since >= last.seq ? waitMs : 0;
    const isFree = orders.state === "running" && orders.commands.length === 0 && orders.venues_halted.length === 0;
    if (isFree) return waitMs;
    if (!isSame) return 0;
    return Math.min(waitMs, Math.max(0, SAME_AGAIN_MS - (this.#parts.clock.now() - last.at) / 1000));
  }

  #changed(bot: string, waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        cancel();
        leave();
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const cancel = this.#parts.timers.after(end, waitMs);
      const leave = this.#waiters.add(bot, end);
      signal?.addEventListener("abort", end);
    });
  }

  /** The bot has done what it was told, or could not: resolves when that is on disk. Again, it changes nothing. */
  async acknowledge({ commandId, bot, error, doneAt }: Acknowledgement): Promise<Result<void, ControlRefusal>> {
    const { state } = this.#parts;
    this.noteAsked(bot);
    const command = state.desk.commands.get(commandId);
    if (command === undefined)
      return err({ code: "not_found", message: "There is no such command, or it is long over." });
    const course = state.desk.courses.get(courseKey(commandId, bot));
    if (course === undefined && !covers(state, command.target, bot))
      return err({ code: "forbidden", message: `This command does not concern ${bot}.` });
    if (course?.over === true || (course?.acknowledgedAt !== undefined && course.error === undefined))
      return ok(undefined);
    const said = {
      type: "command.acknowledged",
      bot,
      command_id: commandId,
      ...(error === undefined ? {} : { error }),
      ...(doneAt === undefined ? {} : { done_at: doneAt }),
    };
    const delivered = course === undefined ? [{ type: "command.delivered", bot, command_id: commandId }] : [];
    const done = await this.#store([...delivered, said]);
    return done.ok ? ok(undefined) : done;
  }

  /** A connection of a bot for commands: what holds it is told at once. Undefined when there are too many. */
  link(session: LinkSession): (() => void) | undefined {
    if (!this.#links.hasRoom) return undefined;
    this.#links.add(session);
    this.noteAsked(session.bot);
    this.#tellLinked(session.bot, undefined);
    return () => this.#links.remove(session);
  }

  /** The bot gave a sign of life on its way of taking commands. */
  noteAsked(bot: string): void {
    const now = this.#parts.clock.now();
    putBounded(this.#asked, bot, now, ASKED_MAX);
    touch(this.#parts.state.samples.contacts, bot, now);
  }

  /** How the bot hears of commands. */
  readonly reach = (bot: string): Reach => {
    const lastAskedAt = this.#asked.get(bot);
    const recently = lastAskedAt !== undefined && this.#parts.clock.now() - lastAskedAt <= LINKED_MICROS;
    return { linked: this.#links.has(bot) || recently, lastAskedAt };
  };

  readonly #isReached = (bot: string): boolean => this.#asked.has(bot) || this.#parts.state.desk.reachedBots.has(bot);

  /** To be called with everything that the fold has taken in: tells the bots what that changed for them. */
  taken({ facts, bots }: Changes): void {
    let matters = false;
    for (const fact of facts) matters = this.#takeFact(fact) || matters;
    if (matters) this.#lookSoon();
    if (this.#links.count > 0 && this.#parts.state.desk.newestCommands.size > 0) this.#tellMoved(bots);
  }

  #takeFact({ event }: LoggedFact): boolean {
    const { heldBots, commands } = this.#parts.state.desk;
    switch (event.type) {
      case "command.issued": {
        const command = commands.get(event.command_id);
        if (command !== undefined) this.#tellAll(command);
        return true;
      }
      case "command.acknowledged":
      case "command.expired":
        this.#tellLinked(event.bot, undefined);
        this.#waiters.wake(event.bot);
        return true;
      case "orders.snapshot":
      case "position.snapshot":
        return heldBots.has(event.bot);
      default:
        return false;
    }
  }

  /** A bot that says another strategy may be held by other commands. */
  #tellMoved(bots: ReadonlySet<string>): void {
    for (const bot of bots) {
      const strategy = this.#parts.state.bots.get(bot)?.strategy;
      for (const [, told] of this.#links.of(bot))
        if (told.strategy !== strategy) {
          this.#tellLinked(bot, undefined);
          break;
        }
    }
  }

  #tellAll(command: Command): void {
    const venues = heldVenues(this.#parts.state.desk);
    const delivered: [Command, string][] = [];
    for (const bot of this.#links.bots()) delivered.push(...this.#tell(bot, command, venues));
    this.#delivered(delivered, true);
    for (const bot of this.#waiters.bots()) if (this.#isNews(bot)) this.#waiters.wake(bot);
    this.#parts.publish({ ...NO_CHANGES, bots: new Set(command.bots), health: true });
  }

  #isNews(bot: string): boolean {
    return this.#told.get(bot)?.text !== JSON.stringify(ordersOfBot(this.#parts.state, bot).orders);
  }

  #tellLinked(bot: string, command: Command | undefined): void {
    if (this.#links.has(bot)) this.#delivered(this.#tell(bot, command), true);
  }

  /** Tells the bot's connections what changed; the commands that they were told. */
  #tell(bot: string, command: Command | undefined, venues = heldVenues(this.#parts.state.desk)): [Command, string][] {
    const { state } = this.#parts;
    const { orders, commands } = ordersOfBot(state, bot, venues);
    const text = JSON.stringify(orders);
    const news = orders.commands.find(({ command_id: id }) => id === command?.commandId);
    const { strategy } = state.bots.get(bot) ?? {};
    for (const [session, told] of this.#links.of(bot)) {
      told.strategy = strategy;
      if (told.orders === text) continue;
      told.orders = text;
      if (news !== undefined) session.send({ op: "command", ...news, state: orders.state });
      session.send({ op: "orders", ...orders });
    }
    return commands.map((one) => [one, bot]);
  }

  /** Notes what bots were told; a delivery that is noted already, or on its way, is passed over. */
  #delivered(told: readonly (readonly [Command, string])[], byLink: boolean): void {
    const { courses } = this.#parts.state.desk;
    const news = told.filter(([{ commandId }, bot]) => {
      const key = courseKey(commandId, bot);
      const course = courses.get(key);
      return !this.#delivering.has(key) && (course === undefined || course.over || course.deliveredAt === undefined);
    });
    if (news.length === 0) return;
    const keys = news.map(([{ commandId }, bot]) => courseKey(commandId, bot));
    for (const key of keys) this.#delivering.add(key);
    const events = news.map(([{ commandId }, bot]) => ({
      type: "command.delivered",
      bot,
      command_id: commandId,
      by_link: byLink,
    }));
    // Where it cannot be noted the acknowledgement will say it, or the next delivery.
    void this.#store(events).finally(() => {
      for (const key of keys) this.#delivering.delete(key);
    });
  }

  #lookSoon(): void {
    if (this.#looking) this.#lookAgain = true;
    else this.#parts.timers.after(() => void this.#look(), 0);
  }

  /** Says what time and evidence brought: proofs, lateness, ends. One look at a time. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const proposed = evaluateControl(this.#parts.state, this.#parts.clock.now());
      if (proposed.length > 0) await this.#store(proposed);
    } finally {
      this.#looking = false;
    }
    if (!this.#lookAgain) return;
    this.#lookAgain = false;
    this.#lookSoon();
  }

  async #store(events: readonly object[]): Promise<Result<readonly ItemOutcome[], ControlRefusal>> {
    const { ingest, clock, onProblem } = this.#parts;
    const ts = isoFromMicros(clock.now());
    const done = await ingest.submit(
      events.map((value) => ({ value: { ts, ...value } })),
      { speaker: "hub" },
    );
    if (!done.ok) return err(done.error);
    const refused = done.value.items.find((item) => item.kind === "rejected");
    if (refused?.kind === "rejected") onProblem("keeping a command", new Error(refused.rejection.message));
    return ok(done.value.items);
  }
}
