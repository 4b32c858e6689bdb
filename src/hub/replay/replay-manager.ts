import { type Result, err, ok } from "../../base/result.ts";
import type { Micros } from "../../base/time.ts";
import type { ReplayRequest } from "../../protocol/api-sessions.ts";
import type { Store } from "../ports.ts";
import { Replay, type ReplayOptions } from "./replay.ts";

export interface ReplayManagerOptions
  extends Pick<ReplayOptions, "clock" | "timers" | "lastSeq" | "queryOver" | "publisherOf" | "limits" | "onProblem"> {
  readonly store: Store;
  /** Names replays: names that nobody guesses. Counted when absent. */
  readonly newId?: () => string;
  /** Replays stay until they are closed, however long nobody looks at them. */
  readonly keepIdle?: boolean;
}

/** Why there is no further replay. */
export interface ReplayRefusal {
  readonly code: "overloaded";
  readonly message: string;
}

const REPLAYS_MAX = 4;
const IDLE_MICROS = 30 * 60 * 1_000_000;
const LOOK_EVERY_MS = 60_000;

interface Held {
  readonly replay: Replay;
  usedAt: Micros;
}

/** The replays of a hub: a few at once, each of which is closed when nobody has looked at it for half an hour. */
export class ReplayManager {
  readonly #options: ReplayManagerOptions;
  readonly #held = new Map<string, Held>();
  readonly #cancel: () => void;
  #begun = 0;

  constructor(options: ReplayManagerOptions) {
    this.#options = options;
    this.#cancel = options.timers.every(LOOK_EVERY_MS, () => this.#closeIdle());
  }

  /** Begins a replay of what is in the log now. */
  create(request: ReplayRequest): Result<Replay, ReplayRefusal> {
    if (this.#held.size >= REPLAYS_MAX)
      return err({ code: "overloaded", message: `There are ${REPLAYS_MAX} replays already: close one of them.` });
    const { newId = () => String(this.#begun), ...options } = this.#options;
    this.#begun++;
    const replay = new Replay({ ...options, request, id: newId() });
    this.#held.set(replay.id, { replay, usedAt: options.clock.now() });
    return ok(replay);
  }

  /** Every replay, oldest first. */
  list(): Replay[] {
    return [...this.#held.values()].map(({ replay }) => replay);
  }

  /** The replay of that id, which counts as looked at; undefined when there is none. */
  use(id: string): Replay | undefined {
    const held = this.#held.get(id);
    if (held === undefined) return undefined;
    held.usedAt = this.#options.clock.now();
    return held.replay;
  }

  /** Whether there was such a replay. */
  remove(id: string): boolean {
    this.#held.get(id)?.replay.close();
    return this.#held.delete(id);
  }

  close(): void {
    this.#cancel();
    for (const id of [...this.#held.keys()]) this.remove(id);
  }

  #closeIdle(): void {
    const now = this.#options.clock.now();
    for (const [id, held] of this.#held) {
      if (this.#options.keepIdle === true || held.replay.publisher.isHeard) held.usedAt = now;
      else if (now - held.usedAt > IDLE_MICROS) this.remove(id);
    }
  }
}
