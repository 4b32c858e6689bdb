import { z } from "zod";
import { botName, mode, text, time } from "./fields.ts";

/** What every event carries besides its own fields (EVENTS.md). `ts` is the bot's time. */
export const envelope = {
  bot: botName,
  ts: time,
  id: text(128).optional(),
  v: z.literal(1).optional(),
  mode: mode.optional(),
  strategy: text(128).optional(),
  account: text(128).optional(),
  /**
   * Told by a file: of the past, so no sign of life. `import`: what a bot wrote. `export`: what stood in the log of a
   * hub, so that it was a fact there and is one here.
   */
  origin: z.enum(["import", "export"]).optional(),
  tags: z
    .record(text(64), z.string().max(256))
    .refine((tags) => Object.keys(tags).length <= 16, { error: "expected at most 16 tags" })
    .optional(),
};

/**
 * How an event type is kept. `fact`: durable, ordered, never deleted. `sample`: a stream of latest values.
 * `conditional`: the hub decides for each (EVENTS.md says when).
 */
export type EventClass = "fact" | "sample" | "conditional";

/** The schema of one event type: its envelope and fields; unknown fields are kept. */
export const event = <const Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.looseObject({ type: z.literal(type), ...envelope, ...shape });
