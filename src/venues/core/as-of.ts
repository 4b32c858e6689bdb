import { type Micros, micros, microsFromMs } from "../../base/time.ts";

/** `Date` has whole seconds, cut off: the answer was made before the next one began. */
const DATE_RESOLUTION_MS = 1_000;

export interface AnswerTimes {
  /** When it was asked for, by our clock. */
  readonly askedAt: Micros;
  /** The venue's clock less ours, in ms; undefined while it is not known. */
  readonly aheadMs: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The moment, by our clock, that an answer is not older than: when it was asked for, unless its headers say that it comes
 * from a cache (`Age`), or was made before (`Date`, where the venue's clock is known).
 */
export function notOlderThan({ askedAt, aheadMs, headers }: AnswerTimes): Micros {
  const ageS = Number(headers["age"]);
  const cached = Number.isFinite(ageS) && ageS > 0 ? askedAt - (ageS + 1) * 1_000_000 : askedAt;
  const madeMs = Date.parse(headers["date"] ?? "");
  if (aheadMs === undefined || !Number.isFinite(madeMs)) return micros(cached);
  return micros(Math.min(cached, microsFromMs(madeMs + DATE_RESOLUTION_MS - aheadMs)));
}
