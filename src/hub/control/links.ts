import type { LinkToBot } from "../../protocol/api-control.ts";

/** One open connection on which a bot takes its commands. */
export interface LinkSession {
  readonly bot: string;
  /** The bot's strategy, where it names it: it may be held for that before anything else is known of it. */
  readonly strategy?: string | undefined;
  readonly send: (frame: LinkToBot) => void;
  /** Another connection took its place, or the hub has no room for it. */
  readonly end: (why: string) => void;
}

/** What a session was told last, so that it is told again only what changed. */
interface Told {
  orders: string;
}

const LINKS_MAX = 12_000;
/** A bot that reconnects may leave a connection behind that nobody noticed is dead. */
const LINKS_OF_BOT_MAX = 4;

/** The open connections, by bot; bounded. */
export class Links {
  readonly #byBot = new Map<string, Map<LinkSession, Told>>();
  #count = 0;

  get hasRoom(): boolean {
    return this.#count < LINKS_MAX;
  }

  has(bot: string): boolean {
    return this.#byBot.has(bot);
  }

  bots(): Iterable<string> {
    return [...this.#byBot.keys()];
  }

  /** The sessions of a bot with what each was told. */
  of(bot: string): Iterable<[LinkSession, Told]> {
    return [...(this.#byBot.get(bot) ?? [])];
  }

  add(session: LinkSession): void {
    const sessions = this.#byBot.get(session.bot) ?? new Map<LinkSession, Told>();
    this.#byBot.set(session.bot, sessions);
    sessions.set(session, { orders: "" });
    this.#count++;
    if (sessions.size <= LINKS_OF_BOT_MAX) return;
    const [oldest] = sessions.keys();
    oldest?.end("another connection of this bot took its place");
    if (oldest !== undefined) this.remove(oldest);
  }

  remove(session: LinkSession): void {
    const sessions = this.#byBot.get(session.bot);
    if (sessions?.delete(session) !== true) return;
    this.#count--;
    if (sessions.size === 0) this.#byBot.delete(session.bot);
  }
}
