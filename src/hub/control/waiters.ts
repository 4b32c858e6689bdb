const WAITERS_MAX = 12_000;
const WAITERS_OF_BOT_MAX = 4;

/** Long polls that wait until a bot is to be told something else; bounded. */
export class Waiters {
  readonly #byBot = new Map<string, Set<() => void>>();
  #count = 0;

  get hasRoom(): boolean {
    return this.#count < WAITERS_MAX;
  }

  bots(): Iterable<string> {
    return [...this.#byBot.keys()];
  }

  has(bot: string): boolean {
    return this.#byBot.has(bot);
  }

  /** Calls `wake` once when the bot is woken; returns the way to wait no longer. The oldest of too many is woken. */
  add(bot: string, wake: () => void): () => void {
    const waiting = this.#byBot.get(bot) ?? new Set<() => void>();
    this.#byBot.set(bot, waiting);
    waiting.add(wake);
    this.#count++;
    if (waiting.size > WAITERS_OF_BOT_MAX) {
      const [oldest] = waiting;
      oldest?.();
    }
    return () => {
      if (!waiting.delete(wake)) return;
      this.#count--;
      if (waiting.size === 0) this.#byBot.delete(bot);
    };
  }

  wake(bot: string): void {
    for (const wake of [...(this.#byBot.get(bot) ?? [])]) wake();
  }
}
