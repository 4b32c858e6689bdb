import { putBounded } from "../../base/bounded-map.ts";
import type { Clock, Micros } from "../../base/time.ts";
import { touch } from "../../engine/contacts.ts";
import { declareStrategy, strategyOf } from "../../engine/bot-strategy.ts";
import { placeOfBot } from "../../engine/control/concerned.ts";
import { type Command, type Course, courseKey } from "../../engine/control/control-state.ts";
import { heldVenues } from "../../engine/control/effective.ts";
import { type OrdersOfBot, ordersOfBot } from "../../engine/control/orders.ts";
import type { Reach } from "../../engine/control/read-controls.ts";
import { foldedSeq, type State } from "../../engine/fold.ts";
import type { BotOrders } from "../../protocol/api-control.ts";
import type { Timers } from "../timers.ts";
import type { CommandQueue } from "./command-queue.ts";
import type { ControlLog } from "./control-log.ts";
import { Links, type LinkSession } from "./links.ts";
import { Places } from "./places.ts";
import { Waiters } from "./waiters.ts";

/** How a bot waits for its orders. */
export interface Waiting {
  readonly waitMs: number;
  /** The bot's strategy, where it names it: it may be held for that before anything else is known of it. */
  readonly strategy?: string | undefined;
  /** `as_of_seq` of the answer that it got last: it waits until its orders differ from that one. */
  readonly since?: number | undefined;
  /** Aborted when whoever waits is gone. */
  readonly signal?: AbortSignal;
}

export type ToldOrders = BotOrders & { readonly as_of_seq: number };

export interface TellingParts {
  readonly state: State;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "after">;
  readonly log: ControlLog;
  readonly queue: Pick<CommandQueue, "held" | "get">;
}

/** A bot that asks again for what it was told already waits so long, even when it does not say what it knows. */
const SAME_AGAIN_MS = 1_000;
const LINKED_MICROS = 60_000_000;
const ASKED_MAX = 20_000;
/** As many as may send events. */
const BOTS_MAX = 10_000;

interface LastTold {
  readonly text: string;
  readonly at: Micros;
  readonly seq: number;
}

type Delivery = readonly [Command, string];

interface Told {
  readonly commands: readonly Delivery[];
  readonly isNews: boolean;
}

/** Who takes commands on which way, and what each was told: at once where a connection or a long poll is open. */
export class Telling {
  readonly #parts: TellingParts;
  readonly #links = new Links();
  readonly #waiters = new Waiters();
  readonly #asked = new Map<string, Micros>();
  readonly #told = new Map<string, LastTold>();
  readonly #places: Places;
  /** Courses whose delivery is on its way into the log. */
  readonly #delivering = new Set<string>();
  #closed = false;

  constructor(parts: TellingParts) {
    this.#parts = parts;
    this.#places = new Places(parts, ASKED_MAX);
  }

  /** Answers every long poll, and lets none wait any more: the hub stops. */
  close(): void {
    this.#closed = true;
    for (const bot of this.#waiters.bots()) this.#waiters.wake(bot);
  }

  /** What the bot is to be told now; it counts as delivered from here on. */
  orders(bot: string): ToldOrders {
    const { state, clock } = this.#parts;
    this.noteAsked(bot);
    const { orders, commands } = this.#ordersOf(bot);
    this.#places.noteTold(bot);
    const seq = foldedSeq(state);
    putBounded(this.#told, bot, { text: JSON.stringify(orders), at: clock.now(), seq }, ASKED_MAX);
    this.#delivered(
      commands.map((command) => [command, bot]),
      false,
    );
    return { ...orders, as_of_seq: seq };
  }

  /** The same, once it differs from what the bot was told last, or the wait is over. */
  async ordersWithin(bot: string, waiting: Waiting): Promise<ToldOrders> {
    const { signal, strategy } = waiting;
    this.noteAsked(bot, strategy);
    const waitMs = this.#waitMs(bot, waiting);
    const mayWait = waitMs > 0 && this.#waiters.hasRoom && !this.#closed;
    this.#places.noteTold(bot);
    if (mayWait && signal?.aborted !== true) await this.#changed(bot, waitMs, signal);
    // Whoever is gone was told nothing.
    return signal?.aborted === true || this.#closed
      ? { ...this.#ordersOf(bot).orders, as_of_seq: foldedSeq(this.#parts.state) }
      : this.orders(bot);
  }

  #ordersOf(bot: string, venues = heldVenues(this.#parts.state.desk)): OrdersOfBot {
    const { state, queue } = this.#parts;
    return ordersOfBot(state, bot, { venues, more: queue.held() });
  }

  #waitMs(bot: string, { waitMs, since }: Waiting): number {
    const { orders } = this.#ordersOf(bot);
    const last = this.#told.get(bot);
    const isSame = last?.text === JSON.stringify(orders);
    if (since !== undefined) return isSame && since >= last.seq ? waitMs : 0;
    if (isFree(orders) && this.#knows(bot, orders)) return waitMs;
    if (!isSame) return 0;
    return Math.min(waitMs, Math.max(0, SAME_AGAIN_MS - (this.#parts.clock.now() - last.at) / 1000));
  }

  /** Whether it was told so last; before anything else a bot takes itself to be free. */
  #knows(bot: string, orders: BotOrders): boolean {
    const last = this.#told.get(bot);
    return last === undefined ? isFree(orders) : last.text === JSON.stringify(orders);
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

  /** A connection of a bot for commands: what holds it is told at once. Undefined when there are too many. */
  link(session: LinkSession): (() => void) | undefined {
    if (!this.#links.hasRoom) return undefined;
    this.noteAsked(session.bot, session.strategy);
    this.#links.add(session);
    this.tellBot(session.bot);
    return () => this.#links.remove(session);
  }

  /** The bot gave a sign of life on its way of taking commands. */
  noteAsked(bot: string, strategy?: string): void {
    const { state, clock } = this.#parts;
    const now = clock.now();
    putBounded(this.#asked, bot, now, ASKED_MAX);
    if (this.#isBot(bot)) touch(state.samples.contacts, bot, now);
    if (strategy === undefined || strategyOf(state, bot) === strategy) return;
    declareStrategy(state, bot, strategy);
    this.tellMoved([bot]);
  }

  /** Whether the hub keeps anything of it: of names beyond the bound it does not. */
  #isBot(bot: string): boolean {
    const { bots, samples } = this.#parts.state;
    return bots.has(bot) || samples.contacts.has(bot) || samples.contacts.size < BOTS_MAX;
  }

  /** How the bot hears of commands. */
  readonly reach = (bot: string): Reach => {
    const lastAskedAt = this.#asked.get(bot);
    const recently = lastAskedAt !== undefined && this.#parts.clock.now() - lastAskedAt <= LINKED_MICROS;
    return { linked: this.#links.has(bot) || recently, lastAskedAt };
  };

  /** Whether it ever asked for commands. */
  readonly isReached = (bot: string): boolean => this.#asked.has(bot) || this.#parts.state.desk.reachedBots.has(bot);

  /** Tells every bot that a connection or a long poll is open of what is new to it; how many of them there were. */
  tellAll(news?: Command): number {
    const venues = heldVenues(this.#parts.state.desk);
    this.#places.commandCame();
    const delivered: Delivery[] = [];
    let told = 0;
    for (const bot of this.#links.bots()) {
      const { commands, isNews } = this.#tell(bot, news, venues);
      if (isNews) told++;
      delivered.push(...commands);
    }
    this.#delivered(delivered, true);
    for (const bot of this.#waiters.bots()) {
      if (this.#knows(bot, this.#ordersOf(bot, venues).orders)) continue;
      if (!this.#links.has(bot)) told++;
      this.#waiters.wake(bot);
    }
    return told;
  }

  /** Tells one bot of what is new to it. */
  tellBot(bot: string): void {
    if (this.#links.has(bot)) this.#delivered(this.#tell(bot, undefined).commands, true);
    this.#waiters.wake(bot);
  }

  /** Bots of which something came in: one that says another strategy, or comes to a venue, may be held by other commands. */
  tellMoved(bots: Iterable<string>): void {
    const { state, queue } = this.#parts;
    if (state.desk.newestCommands.size === 0 && queue.held().length === 0) return;
    for (const bot of bots)
      if ((this.#links.has(bot) || this.#waiters.has(bot)) && this.#places.hasMoved(bot)) this.#tellNews(bot);
  }

  /** Tells one bot what differs from what it was told last, where anything does. */
  #tellNews(bot: string): void {
    if (this.#links.has(bot)) this.#delivered(this.#tell(bot, undefined).commands, true);
    if (!this.#waiters.has(bot)) return;
    this.#places.noteTold(bot);
    if (!this.#knows(bot, this.#ordersOf(bot).orders)) this.#waiters.wake(bot);
  }

  /** A bot that begins anew forgot what it was told on a connection that it kept. */
  tellAgain(bot: string): void {
    for (const [, last] of this.#links.of(bot)) last.orders = "";
    this.tellBot(bot);
  }

  /** Tells the bot's connections what changed, and whether any command is in it; the commands that they know now. */
  #tell(bot: string, news: Command | undefined, venues = heldVenues(this.#parts.state.desk)): Told {
    const { orders, commands } = this.#ordersOf(bot, venues);
    const text = JSON.stringify(orders);
    const told = orders.commands.find(({ command_id: id }) => id === news?.commandId);
    this.#places.noteTold(bot);
    let isTold = false;
    for (const [session, last] of this.#links.of(bot)) {
      if (last.orders === text) continue;
      isTold = true;
      last.orders = text;
      if (told !== undefined) session.send({ op: "command", ...told, state: orders.state });
      session.send({ op: "orders", ...orders });
    }
    // One that was told before the log had it is delivered once it has.
    return { commands: commands.map((command) => [command, bot]), isNews: isTold && commands.length > 0 };
  }

  /** Notes what bots were told; a delivery that is noted already, or on its way, is passed over. */
  #delivered(told: readonly Delivery[], byLink: boolean): void {
    const { courses } = this.#parts.state.desk;
    const news = told.filter(([{ commandId }, bot]) => {
      const key = courseKey(commandId, bot);
      const course = courses.get(key);
      const isNoted = course !== undefined && !course.over && course.deliveredAt !== undefined;
      return (
        !isNoted && this.#isBot(bot) && !this.#delivering.has(key) && this.#parts.queue.get(commandId) === undefined
      );
    });
    if (news.length === 0) return;
    const keys = news.map(([{ commandId }, bot]) => courseKey(commandId, bot));
    for (const key of keys) this.#delivering.add(key);
    const events = news.map(([{ commandId }, bot]) => ({
      type: "command.delivered",
      bot,
      command_id: commandId,
      by_link: byLink,
      ...(begins(courses.get(courseKey(commandId, bot))) ? placeOfBot(this.#parts.state, bot) : {}),
    }));
    // Where it cannot be noted, the next delivery or the acknowledgement says it.
    void this.#parts.log.store(events).finally(() => {
      for (const key of keys) this.#delivering.delete(key);
    });
  }
}

const isFree = ({ state, commands, venue_states: venues }: BotOrders): boolean =>
  state === "running" && commands.length === 0 && Object.keys(venues).length === 0;

/** Whether its delivery begins it, for the first time or anew. */
const begins = (course: Course | undefined): boolean => course === undefined || course.over;
