import { isoFromMicros, type Micros, microsFromMs, parseTime } from "../../base/time.ts";
import { eventLine } from "../event-line.ts";
import type { ImportItem } from "../format.ts";

const RECENT_MICROS = 60_000_000;
const BODIES_LOOKED_AT = 8;
const BOTS_MAX = 1_000;
const HEARTBEAT_EVERY_S = 5;
const INTERVAL_S_MAX = 3_600;
const GAPS_KEPT = 8;

interface Beat {
  lastS: number;
  readonly gapsS: number[];
}

/**
 * Imported rows are no sign of life (docs/decisions/0007); a row that a bot has just written is. For a file that grew by
 * rows whose own time is within a minute of now there is a heartbeat of its bot, with the interval that is given, or the
 * longest of the newest gaps between them.
 */
export class SignsOfLife {
  readonly #intervalS: number | undefined;
  readonly #now: () => Micros;
  readonly #beats = new Map<string, Beat>();

  constructor(now: () => Micros, intervalS: number | undefined) {
    this.#now = now;
    this.#intervalS = intervalS;
  }

  /** The heartbeat that these new items of one file are worth, at most one each few seconds and bot. */
  beatOf(items: readonly ImportItem[]): string | undefined {
    const bodies = items.flatMap((item) => ("body" in item ? [item.body] : [])).slice(-BODIES_LOOKED_AT);
    const now = this.#now();
    for (const body of bodies.toReversed()) {
      const event = eventLine(body);
      if (!event.ok) continue;
      const { bot, ts, mode } = event.value;
      const at = parseTime(ts);
      if (typeof bot !== "string" || at === undefined || Math.abs(now - at) > RECENT_MICROS) continue;
      return this.#beat(bot, typeof mode === "string" ? mode : undefined, now);
    }
    return undefined;
  }

  #beat(bot: string, mode: string | undefined, now: Micros): string | undefined {
    const nowS = now / 1_000_000;
    const beat = this.#beats.get(bot);
    if (beat !== undefined && nowS - beat.lastS < Math.min(HEARTBEAT_EVERY_S, this.#intervalS ?? HEARTBEAT_EVERY_S))
      return undefined;
    if (beat === undefined && this.#beats.size >= BOTS_MAX) return undefined;
    const gapsS = beat === undefined ? [] : [...beat.gapsS, nowS - beat.lastS].slice(-GAPS_KEPT);
    this.#beats.set(bot, { lastS: nowS, gapsS });
    const learntS = gapsS.length === 0 ? undefined : Math.min(Math.ceil(Math.max(...gapsS)), INTERVAL_S_MAX);
    return heartbeatText({ bot, mode, ts: now, intervalS: this.#intervalS ?? learntS });
  }
}

/** A heartbeat as it is sent: of now, so without the mark of an import. */
export function heartbeatText({
  bot,
  mode,
  ts,
  intervalS,
}: {
  readonly bot: string;
  readonly mode: string | undefined;
  readonly ts: Micros;
  readonly intervalS: number | undefined;
}): string {
  return JSON.stringify({ type: "heartbeat", bot, ts: isoFromMicros(ts), mode, interval_s: intervalS });
}

export const nowMicros = (nowMs: () => number) => (): Micros => microsFromMs(nowMs());
