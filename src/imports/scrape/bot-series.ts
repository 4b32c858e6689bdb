import type { SeriesSample } from "./exposition.ts";

/** The metrics of bots on a page, and what of it cannot be told as theirs. */
export interface BotSeries {
  readonly bots: ReadonlyMap<string, readonly SeriesSample[]>;
  readonly leftOut: ReadonlySet<string>;
}

const BOT_NAME = /^[A-Za-z0-9._:-]{1,64}$/;
const BOTS_MAX = 500;
const SERIES_OF_NAME_MAX = 50;

/** Groups the series named `hbot_*` by bot; others are none of ours. `bot` is that of series without such a label. */
export function botSeries(samples: readonly SeriesSample[], bot: string | undefined): BotSeries {
  const bots = new Map<string, SeriesSample[]>();
  const leftOut = new Set<string>();
  const ofName = new Map<string, number>();
  for (const sample of samples) {
    if (!sample.name.startsWith("hbot_")) continue;
    const owner = sample.labels["bot"] ?? bot ?? "";
    const count = (ofName.get(sample.name) ?? 0) + 1;
    ofName.set(sample.name, count);
    const series = bots.get(owner) ?? [];
    const why = problemOf(owner, count, bots.size - (bots.has(owner) ? 1 : 0));
    if (why !== undefined) {
      leftOut.add(why);
      continue;
    }
    series.push(sample);
    bots.set(owner, series);
  }
  return { bots, leftOut };
}

function problemOf(bot: string, count: number, others: number): string | undefined {
  if (bot === "") return "series without a label bot: name it with --bot";
  if (!BOT_NAME.test(bot)) return "series whose bot is no name of a bot";
  if (others >= BOTS_MAX) return `more than ${BOTS_MAX} bots`;
  return count > SERIES_OF_NAME_MAX ? `more than ${SERIES_OF_NAME_MAX} series of one name` : undefined;
}
