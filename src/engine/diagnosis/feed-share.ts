import { MICROS_PER_SECOND } from "../../base/time.ts";
import type { EventOf } from "../../protocol/event-types.ts";
import type { ConductEvidence } from "./evidence.ts";

const AWAY: ReadonlySet<string> = new Set(["disconnected", "reconnecting", "stale", "gap"]);
const BACK: ReadonlySet<string> = new Set(["connected", "resynced"]);

/** How long any of the feeds of a bot was stale or away, from the first that was told of them on. */
export class FeedShare {
  readonly #away = new Set<string>();
  #firstAt: number | undefined;
  #lastAt = 0;
  #awayMicros = 0;
  #changes = 0;

  /** What was told of a feed, in the order of time. */
  take({ venue, channel = "", kind }: Pick<EventOf<"feed">, "venue" | "channel" | "kind">, at: number): void {
    if (!AWAY.has(kind) && !BACK.has(kind)) return;
    this.#pass(at);
    const key = `${venue}\t${channel}`;
    const wasAway = this.#away.has(key);
    if (AWAY.has(kind)) this.#away.add(key);
    else this.#away.delete(key);
    if (wasAway !== this.#away.has(key)) this.#changes++;
  }

  /** Up to a moment; undefined where nothing was told. */
  read(end: number): ConductEvidence["feed"] {
    const firstAt = this.#firstAt;
    if (firstAt === undefined || end <= firstAt) return undefined;
    this.#pass(end);
    const whole = this.#lastAt - firstAt;
    return { share: this.#awayMicros / whole, seconds: whole / MICROS_PER_SECOND, changes: this.#changes };
  }

  #pass(at: number): void {
    this.#firstAt ??= at;
    if (this.#away.size > 0) this.#awayMicros += Math.max(0, at - this.#lastAt);
    this.#lastAt = Math.max(at, this.#lastAt);
  }
}
