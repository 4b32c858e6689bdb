import { z } from "zod";
import { asOf, iso } from "./api.ts";

/** Bodies of how edges went. */

/** Steps of one answer at most; a step is chosen so that there are no more than `EDGE_STEPS_USUAL`. */
export const EDGE_STEPS_MAX = 1_500;
export const EDGE_STEPS_USUAL = 360;
/** Lines of one answer at most. */
export const EDGE_LINES_MAX = 16;

const edgePoint = z.object({
  from: iso,
  to: iso,
  min_cents: z.number().describe("the lowest net edge that was told in the step, cents"),
  max_cents: z.number().describe("the highest"),
  last_cents: z.number().describe("the newest"),
});

const edgeLine = z.object({
  bot: z.string(),
  pair_id: z.string(),
  primary_market: z.string(),
  hedge_market: z.string(),
  direction: z.string().nullable().describe("as the bot names it; null when it does not"),
  points: z.array(edgePoint).max(EDGE_STEPS_MAX).describe("oldest first; steps in which nothing was told are left out"),
});
export type EdgeLineView = z.infer<typeof edgeLine>;

export const edgeHistoryAnswer = z.object({
  mode: z.string().nullable().describe("null for every mode"),
  from: iso,
  to: iso,
  step_s: z.number(),
  samples_from: iso.describe("edges that no fact needed are known from here on; before it those that stand in the log"),
  lines: z.array(edgeLine).max(EDGE_LINES_MAX).describe("one for each bot, pair and direction, by these"),
  left_off: z.boolean().describe("there is more than is told: more lines, or more edges in the log"),
  ...asOf,
});
export type EdgeHistoryAnswer = z.infer<typeof edgeHistoryAnswer>;
