import { z } from "zod";
import { asOf, iso } from "./api.ts";

/** Bodies of what is marked on charts. */

const mark = z.object({
  at: iso.describe("when it took effect"),
  kind: z.enum([
    "annotation",
    "command.issued",
    "alert.raised",
    "bot.started",
    "bot.stopped",
    "day.closed",
    "ledger.rebased",
  ]),
  text: z.string().describe("what happened, in words"),
});
export type MarkView = z.infer<typeof mark>;

/** Marks of one answer at most: the newest of them. */
export const MARKS_MAX = 500;

export const marksAnswer = z.object({
  marks: z.array(mark).max(MARKS_MAX).describe("oldest first"),
  left_off: z.boolean().describe("there were more: the oldest were left off"),
  ...asOf,
});
export type MarksAnswer = z.infer<typeof marksAnswer>;
