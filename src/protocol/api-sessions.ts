import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";

/** Bodies of sessions, replays, imports and the demo desk. */

export const sessionView = z.object({
  session_id: z.string().describe("`BOT:SEQ` of its first fact"),
  bot: z.string(),
  mode: tradingMode,
  from: iso.describe("the bot's time of its first fact"),
  to: iso.nullable().describe("of its last fact; null while it goes on"),
  from_seq: z.number().int(),
  to_seq: z.number().int(),
  facts: z.number().int(),
  fills: z.number().int(),
  imported: z.boolean().describe("told by a file, not by the bot itself"),
  version: z.string().optional(),
  reason: z.string().optional().describe("why it ended, in the bot's words"),
});
export type SessionView = z.infer<typeof sessionView>;
export const sessionsAnswer = z.object({ sessions: z.array(sessionView), next_cursor: z.string().optional(), ...asOf });

export const replaySpeed = z.union([z.number().positive().max(100_000), z.literal("max")]);

/** What a replay is asked for. Without `from` and `to`, all that is in the log. */
export const replayRequest = z.strictObject({
  from: iso.optional().describe("plays what happened from here on; what was before is folded at once"),
  to: iso.optional(),
  speed: replaySpeed.default(1),
  paused: z.boolean().default(false),
});
export type ReplayRequest = z.output<typeof replayRequest>;

/** One of: go on, hold, one event further, to a moment or a `seq`, at another speed. */
export const replayControl = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("play") }),
  z.strictObject({ action: z.literal("pause") }),
  z.strictObject({ action: z.literal("step"), events: z.number().int().min(1).max(10_000).default(1) }),
  z.strictObject({ action: z.literal("seek"), to: iso }),
  z.strictObject({ action: z.literal("seek_seq"), seq: z.number().int().min(0) }),
  z.strictObject({ action: z.literal("speed"), speed: replaySpeed }),
]);
export type ReplayControl = z.output<typeof replayControl>;

export const replayView = z.object({
  replay_id: z.string(),
  revision: z.number().int().describe("grows with every change: of two views of a replay the higher is the newer"),
  state: z.enum(["preparing", "playing", "paused", "ended", "failed"]),
  speed: replaySpeed,
  from: iso.nullable().describe("event time of the first event that is played; null in an empty log"),
  to: iso.nullable(),
  from_seq: z.number().int(),
  to_seq: z.number().int(),
  at: iso.nullable().describe("the replay's clock: event time"),
  at_seq: z.number().int(),
  events: z.number().int().describe("facts between from_seq and to_seq"),
  played: z.number().int(),
  created_at: iso,
  detail: z.string().optional(),
});
export type ReplayView = z.infer<typeof replayView>;
export const replaysAnswer = z.object({ replays: z.array(replayView), next_cursor: z.string().optional(), ...asOf });

/** A report of `deskwatch import` or `follow`, as it is kept. */
export const importReportBody = z.strictObject({
  import_id: z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/),
  via: z.enum(["import", "follow"]),
  started_at: iso,
  took_s: z.number().min(0),
  files: z
    .array(
      z.strictObject({
        file: z.string().max(1_024).describe("its name, without the directories above it"),
        format: z.string().max(64),
        rows: z.number().int().min(0),
        error: z.string().max(2_048).optional(),
      }),
    )
    .max(1_000),
  events: z.record(z.string().max(64), z.number().int().min(0)).describe("events made of the rows, by type"),
  accepted: z.number().int().min(0),
  sampled: z.number().int().min(0),
  duplicates: z.number().int().min(0),
  merged: z.number().int().min(0),
  contradictions: z.number().int().min(0),
  refused: z.number().int().min(0),
  reasons: z.array(z.strictObject({ reason: z.string().max(256), count: z.number().int().min(1) })).max(50),
  refusals: z
    .array(
      z.strictObject({
        file: z.string().max(1_024),
        line: z.number().int().min(0),
        reason: z.string().max(256),
        detail: z.string().max(512).optional(),
      }),
    )
    .max(100)
    .describe("the first of them"),
  error: z.string().max(2_048).optional(),
});
export type ImportReportBody = z.output<typeof importReportBody>;
export const importView = z.object({ ...importReportBody.shape, received_at: iso });
export type ImportView = z.infer<typeof importView>;
export const importsAnswer = z.object({ imports: z.array(importView).describe("newest first, the last 200"), ...asOf });

/** `GET /api/v1/desk`: which desk this is. */
export const deskAnswer = z.object({
  kind: z.enum(["live", "demo"]).describe("`demo`: all of it was made up by the simulator"),
  mode: tradingMode.describe("the store's own mode: what is shown and summed when nobody asks for another"),
  version: z.string(),
  demo: z
    .object({ state: z.enum(["filling", "live", "stopped"]), seed: z.number().int(), past_until: iso.optional() })
    .optional(),
  ...asOf,
});
export type DeskAnswer = z.infer<typeof deskAnswer>;

/** `/api/v1/demo`: the demo desk beside a hub. */
export const demoDeskView = z.object({
  state: z.enum(["none", "filling", "live", "stopped"]).describe("`none` while no demo runs"),
  url: z.string().optional().describe("where it listens"),
});
export type DemoDeskView = z.infer<typeof demoDeskView>;
