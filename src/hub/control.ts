import { type Result, err, ok } from "../base/result.ts";
import { type Clock, isoFromMicros } from "../base/time.ts";
import type { Mode } from "../engine/bot-state.ts";
import { covers, coveredBots, isKnown, modeOfBot, placeOfBot, venuesOfBot } from "../engine/control/concerned.ts";
import { type Command, courseKey, isStanding, targetKey, targetText } from "../engine/control/control-state.ts";
import { type Asked, effectOf } from "../engine/control/effect.ts";
import { readCommand } from "../engine/control/read-command.ts";
import type { Reach } from "../engine/control/read-controls.ts";
import type { State } from "../engine/fold.ts";
import { HUB_BOT } from "../engine/read-bots.ts";
import type { ControlEffect, ControlRequest, CommandView } from "../protocol/api-control.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { LoggedFact } from "../protocol/recorded.ts";
import { type Changes, NO_CHANGES } from "./changes.ts";
import { type AskedCommand, CommandQueue } from "./control/command-queue.ts";
import { ControlLog, type NotStored } from "./control/control-log.ts";
import type { LinkSession } from "./control/links.ts";
import { Telling, type ToldOrders, type Waiting } from "./control/telling.ts";
import { Watch } from "./control/watch.ts";
import type { Ingest } from "./ingest.ts";
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
  readonly code: "not_found" | "conflict" | "forbidden" | "overloaded" | "store_unavailable" | "internal";
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

export interface ControlParts {
  readonly state: State;
  readonly ingest: Pick<Ingest, "submit">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "after" | "every">;
  readonly mode: Mode;
  /** Names commands that their caller did not name; names that nobody guesses. */
  readonly newId: () => string;
  readonly publish: (changes: Changes) => void;
  readonly onProblem: (what: string, error: unknown) => void;
}

type Issuing = Promise<Result<Issued, ControlRefusal>>;

/** A halt goes out to the bots when the log has not taken it within so long. */
const STORE_WAIT_MS = 500;
/** Commands that the log does not have yet come after all that it has, in the order in which they were asked for. */
const AFTER_ALL = 2 ** 52;
const NOTHING_DONE = "nothing was done; ask again";

/**
 * Commands: issued, told to the bots at once, acknowledged, and proven by what the fold sees. Everything is a fact of the
 * log before its caller hears that it was taken.
 */
export class Control {
  readonly #parts: ControlParts;
  readonly #log: ControlLog;
  readonly #queue: CommandQueue;
  readonly #telling: Telling;
  readonly #watch: Watch;
  readonly #issuing = new Map<string, Issuing>();
  #asked = 0;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#log = new ControlLog(parts);
    this.#queue = new CommandQueue({ log: this.#log, onReleased: () => this.#telling.tellAll() });
    const shared = { ...parts, log: this.#log, queue: this.#queue };
    this.#telling = new Telling(shared);
    this.#watch = new Watch(shared);
  }

  close(): void {
    this.#watch.close();
    this.#telling.close();
  }

  /** Answers the long polls that wait, so that a server that stops need not wait for them. */
  endWaits(): void {
    this.#telling.close();
  }

  /** What a command would do now. */
  preview(asked: Asked): ControlEffect {
    const { state, clock } = this.#parts;
    return effectOf(state, asked, { asOf: clock.now(), isReached: this.#telling.isReached });
  }

  /**
   * Takes a command: resolves when it is on disk and on its way to the bots. The same `command_id` again changes nothing.
   * Rules of the hub itself ask here too, with `via: "rule"`.
   */
  async issue(request: ControlRequest, caller: Caller): Issuing {
    const id = request.command_id ?? this.#parts.newId();
    const known = this.#known(id, request);
    if (known !== undefined) return known;
    const waiting = this.#queue.get(id);
    if (waiting !== undefined && !isSame(waiting.command, request)) return err(isAnother(id));
    const underWay = this.#issuing.get(id);
    if (underWay !== undefined) {
      const done = await underWay;
      return done.ok ? (this.#known(id, request) ?? done) : done;
    }
    const issuing = this.#issue(id, request, caller).finally(() => this.#issuing.delete(id));
    this.#issuing.set(id, issuing);
    return issuing;
  }

  async #issue(id: string, request: ControlRequest, caller: Caller): Issuing {
    const { state, clock } = this.#parts;
    const { action, target } = request;
    if (!isKnown(state, target, clock.now()) && !state.desk.newestCommands.has(targetKey(target)))
      return err({ code: "not_found", message: `There is no ${targetText(target)} here: nothing was done.` });
    const effect = this.preview({ action, target });
    const asked = this.#queue.get(id) ?? this.#askedFor(id, request, { caller, effect });
    const read = parseEvent(asked.event, "hub");
    if (!read.ok)
      return err({ code: "internal", message: `${read.error.path}: ${read.error.message}: nothing was done.` });
    const done = await this.#storeOrTell(asked);
    if (!done.ok) return done;
    const command = state.desk.commands.get(id);
    if (command === undefined)
      return err({ code: "conflict", message: `The command_id ${id} was used before, for a command that is over.` });
    return ok({ command: readCommand(state.desk, command), effect, repeated: false });
  }

  #askedFor(id: string, request: ControlRequest, asking: Asking): AskedCommand {
    const { action, target, reason } = request;
    const { by, via } = asking.caller;
    return {
      event: this.#eventOf(id, request, asking),
      command: {
        commandId: id,
        seq: AFTER_ALL + this.#asked++,
        ...{ action, target, reason, by, via, mode: this.#parts.mode },
        issuedAt: this.#parts.clock.now(),
        bots: asking.effect.bots,
        endedBy: undefined,
      },
    };
  }

  #eventOf(id: string, { action, target, reason }: ControlRequest, { caller, effect }: Asking): object {
    const { state, mode, clock } = this.#parts;
    const members = action === "resume" && "strategy" in target ? { members: coveredBots(state, target) } : {};
    return {
      type: "command.issued",
      bot: HUB_BOT,
      id: `command:${id}`,
      ts: isoFromMicros(clock.now()),
      mode,
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
      venues: Object.fromEntries(effect.bots.map((bot) => [bot, [...venuesOfBot(state, bot)]])),
      modes: modesOf(state, effect.bots),
      ...members,
      resting_orders: effect.resting_orders,
      positions: effect.positions,
    };
  }

  /** A command that holds bots does not wait for a store that is slow or away: the bots hear of it, its caller the truth. */
  async #storeOrTell(asked: AskedCommand): Promise<Result<void, ControlRefusal>> {
    const { commandId, action } = asked.command;
    const storing = this.#queue.store(asked);
    if (action === "resume") return refusedBy(await storing, NOTHING_DONE);
    const first = await Promise.race([storing, this.#after(STORE_WAIT_MS)]);
    if (first?.ok === true) return first;
    const told = this.#queue.hold(commandId) ? this.#telling.tellAll(asked.command) : 0;
    const done = first ?? (await storing);
    if (!this.#queue.isHeld(commandId)) return refusedBy(done, NOTHING_DONE);
    const bots = told === 1 ? "1 bot that is connected was" : `${told} bots that are connected were`;
    return refusedBy(
      done,
      `${bots} told all the same, and it is kept in memory; ask again with command_id ${commandId} to have it recorded`,
    );
  }

  #after(ms: number): Promise<undefined> {
    return new Promise((resolve) => {
      this.#parts.timers.after(() => resolve(undefined), ms);
    });
  }

  #known(id: string, asked: Asked): Result<Issued, ControlRefusal> | undefined {
    const { desk } = this.#parts.state;
    const command = desk.commands.get(id);
    if (command === undefined) return undefined;
    if (!isSame(command, asked)) return err(isAnother(id));
    return ok({ command: readCommand(desk, command), effect: this.preview(command), repeated: true });
  }

  /** What the bot is to be told, at once or when that changes; it counts as delivered then. */
  orders(bot: string, waiting: Waiting = { waitMs: 0 }): Promise<ToldOrders> {
    return this.#telling.ordersWithin(bot, waiting);
  }

  /** A connection of a bot for commands: what holds it is told at once. Undefined when there are too many. */
  link(session: LinkSession): (() => void) | undefined {
    return this.#telling.link(session);
  }

  /** The bot gave a sign of life on its connection. */
  noteAsked(bot: string): void {
    this.#telling.noteAsked(bot);
  }

  /** How the bot hears of commands. */
  reach(bot: string): Reach {
    return this.#telling.reach(bot);
  }

  /** The bot has done what it was told, or could not: resolves when that is on disk. Again, it changes nothing. */
  async acknowledge({ commandId, bot, error, doneAt }: Acknowledgement): Promise<Result<void, ControlRefusal>> {
    const { state } = this.#parts;
    this.noteAsked(bot);
    const command = state.desk.commands.get(commandId);
    if (command === undefined) return err(this.#unknown(commandId));
    const course = state.desk.courses.get(courseKey(commandId, bot));
    if (course === undefined && !covers(state, command.target, bot))
      return err({ code: "forbidden", message: `This command does not concern ${bot}.` });
    const isKnown =
      course?.acknowledgedAt !== undefined && !course.over && (course.error === undefined || course.error === error);
    // A bot that had stopped takes up again what still holds it.
    const begins = course === undefined || course.over;
    if (isKnown || (begins && !isStanding(command))) return ok(undefined);
    const acknowledged = {
      type: "command.acknowledged",
      bot,
      command_id: commandId,
      ...(error === undefined ? {} : { error }),
      ...(doneAt === undefined ? {} : { done_at: doneAt }),
    };
    const delivered = begins ? [this.#deliveryOf(commandId, bot)] : [];
    return refusedBy(await this.#log.store([...delivered, acknowledged]), "say it again");
  }

  #deliveryOf(commandId: string, bot: string): object {
    return { type: "command.delivered", bot, command_id: commandId, ...placeOfBot(this.#parts.state, bot) };
  }

  #unknown(id: string): ControlRefusal {
    return this.#queue.get(id) === undefined
      ? { code: "not_found", message: "There is no such command, or it is long over." }
      : { code: "store_unavailable", message: "The command itself is not stored yet: say it again." };
  }

  /** To be called with everything that the fold has taken in: tells the bots what that changed for them. */
  taken({ facts, bots }: Changes): void {
    let matters = false;
    for (const fact of facts) matters = this.#takeFact(fact) || matters;
    if (matters) this.#watch.lookSoon();
    this.#telling.tellMoved(bots);
  }

  #takeFact({ event }: LoggedFact): boolean {
    const { heldBots, commands } = this.#parts.state.desk;
    switch (event.type) {
      case "command.issued": {
        this.#queue.drop(event.command_id);
        const command = commands.get(event.command_id);
        if (command === undefined) return false;
        this.#telling.tellAll(command);
        this.#parts.publish({ ...NO_CHANGES, bots: new Set(command.bots), health: true });
        return true;
      }
      case "bot.started":
        this.#telling.tellAgain(event.bot);
        return false;
      case "command.acknowledged":
        this.#telling.tellBot(event.bot);
        return true;
      case "orders.snapshot":
      case "position.snapshot":
        return heldBots.has(event.bot);
      default:
        return false;
    }
  }
}

interface Asking {
  readonly caller: Caller;
  readonly effect: ControlEffect;
}

const modesOf = (state: State, bots: readonly string[]): object =>
  Object.fromEntries(
    bots.flatMap((bot) => {
      const mode = modeOfBot(state, bot);
      return mode === undefined ? [] : [[bot, mode]];
    }),
  );

const isSame = (command: Command, { action, target }: Asked): boolean =>
  command.action === action && targetKey(command.target) === targetKey(target);

const isAnother = (id: string): ControlRefusal => ({
  code: "conflict",
  message: `The command_id ${id} is that of another command.`,
});

/** What was not stored, with what that means for whoever asked. */
function refusedBy(done: Result<void, NotStored>, meaning: string): Result<void, ControlRefusal> {
  return done.ok ? done : err({ code: done.error.code, message: `${done.error.message}: ${meaning}.` });
}
