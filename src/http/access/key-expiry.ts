import type { Clock, Micros } from "../../base/time.ts";
import type { Principal } from "./principal.ts";

const LOOK_EVERY_MS = 5_000;

/** Tells of keys that opened a stream and are over by now. */
export class KeyExpiry {
  readonly #endsAt = new Map<string, Micros>();
  readonly #timer: NodeJS.Timeout;

  constructor(clock: Clock, tell: (prefix: string) => void) {
    this.#timer = setInterval(() => {
      for (const [prefix, endsAt] of this.#endsAt) {
        if (clock.now() < endsAt) continue;
        this.#endsAt.delete(prefix);
        tell(prefix);
      }
    }, LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** There are as many as there are keys that end by themselves. */
  watch(principal: Principal): void {
    if (principal.kind === "key" && principal.expiresAt !== undefined)
      this.#endsAt.set(principal.prefix, principal.expiresAt);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
