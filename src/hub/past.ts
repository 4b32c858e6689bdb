import { type Clock, type Micros, micros } from "../base/time.ts";
import type { Terms } from "../domain/ledger/terms.ts";
import type { Mode } from "../engine/bot-state.ts";
import { foldedSeq, type State } from "../engine/fold.ts";
import type { Past } from "../engine/rollup/past-state.ts";
import { type Rolled, rolledFrom, type RolledKind } from "../engine/rollup/rolled.ts";
import { decode } from "../engine/snapshot-text.ts";
import { Overloaded } from "./explain.ts";
import type { RolledPast, RollupReading } from "./rollup-port.ts";
import type { RollupKeeper } from "./rollup-keeper.ts";
import type { Timers } from "./timers.ts";

export interface PastParts {
  readonly state: State;
  readonly rollups: Pick<RollupKeeper, "upTo" | "read">;
  readonly clock: Clock;
  readonly timers: Pick<Timers, "breathe">;
}

/** Rollups of some keys at some moments, and how far the facts go that they are made of. */
export interface PastReading {
  readonly seq: number;
  /** What was between two of the moments, by their place; the first of them may be each bot's own. */
  readonly between: (from: number | undefined | ((bot: string) => number | undefined), to: number) => Past[];
}

/** Something may come late between the making and the reading. */
const TRIES_MAX = 5;

/** How far a bot's clock may put a fact ahead of the hub's. */
const AHEAD_MICROS = 5_000_000;

/** The moment that a read up to `to` is of: where that is now, everything that has been told. */
export const momentOfEnd = (to: Micros, now: Micros): Micros => (to >= now ? micros(now + AHEAD_MICROS + 1) : to);

interface PastFilter {
  readonly bot?: string | undefined;
  readonly mode?: Mode | undefined;
  readonly kinds: readonly RolledKind[];
}

/** Rollups that hold every fact that the hub has taken in. */
export async function readPast(
  { state, rollups }: PastParts,
  filter: PastFilter,
  moments: readonly Micros[],
): Promise<PastReading> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    await rollups.upTo(foldedSeq(state));
    const reading = await rollups.read({ ...filter, moments });
    if (reading.isWhole) return pastOf(reading);
  }
  throw new Overloaded("facts come so late that rollups are made again all the time; try again in some seconds");
}

function pastOf({ seq, pasts }: RollupReading): PastReading {
  const keys = pasts.map((past) => ({
    past,
    terms: past.terms === undefined ? undefined : (decode(past.terms) as Terms),
    at: revived(past),
  }));
  return {
    seq,
    between: (from, to) =>
      keys.flatMap(({ past: { kind, mode, bot, parts, byMoment, latest }, terms, at }): Past[] => {
        const newest = at(latest);
        if (newest === undefined) return [];
        const key = { kind, mode, bot, parts };
        return [
          {
            key,
            terms,
            from: at(byMoment[(typeof from === "function" ? from(bot) : from) ?? -1]),
            to: at(byMoment[to]),
            latest: newest,
          },
        ];
      }),
  };
}

/** Texts are taken apart once, and only those that are asked for. */
function revived({ kind, points }: RolledPast): (place: number | undefined) => Rolled | undefined {
  const known = new Map<number, Rolled>();
  return (place = -1) => {
    const point = points[place];
    if (point === undefined) return undefined;
    const rolled = known.get(place) ?? rolledFrom({ kind, ...point, at: micros(point.at) });
    known.set(place, rolled);
    return rolled;
  };
}
