import { z } from "zod";
import { asOf, iso, tradingMode } from "./api.ts";
import { time } from "./fields.ts";

/** Bodies and frames of control: what people ask of bots, how far it came, and what a bot is told. */

const controlAction = z.enum(["pause", "halt", "flatten", "resume"]);
export type ControlAction = z.infer<typeof controlAction>;

/** What a bot may do. `paused` and `reducing` (it flattens): exits only; `halted`: no order at all. */
const controlState = z.enum(["running", "paused", "reducing", "halted"]);
export type ControlState = z.infer<typeof controlState>;

const name = z.string().min(1).max(128);

/** Exactly one of them: nothing is halted because a name was left out. */
export const controlTarget = z.union([
  z.strictObject({ bot: name }),
  z.strictObject({ strategy: name }),
  z.strictObject({ venue: name }),
  z.strictObject({ all: z.literal(true) }),
]);
export type ControlTarget = z.infer<typeof controlTarget>;

export const controlRequest = z.strictObject({
  action: controlAction,
  target: controlTarget,
  reason: z.string().trim().min(1).max(1024),
  command_id: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,64}$/)
    .optional()
    .describe(
      "of the caller's own, so that asking again after a lost answer changes nothing; made by the hub when absent",
    ),
});
export type ControlRequest = z.output<typeof controlRequest>;

/** What a command would do, before anybody asks for it. */
export const controlPreviewRequest = controlRequest.pick({ action: true, target: true });
const controlEffect = z.object({
  bots: z.array(z.string()).describe("those that it concerns now"),
  resting_orders: z.number().int(),
  positions: z.number().int().describe("instruments in which they hold anything"),
  unreachable: z
    .array(z.string())
    .describe("bots among them that never asked for commands: nothing can be proven of them"),
  still: z.array(z.string()).describe("for resume: what goes on to hold some of them, in words"),
  summary: z.string().describe("one sentence: Halts 3 bots, 14 resting orders"),
});
export type ControlEffect = z.infer<typeof controlEffect>;
export const controlPreviewAnswer = z.object({ ...controlEffect.shape, ...asOf });

export const controlStep = z.enum(["delivered", "acknowledged", "verified"]);
export type ControlStep = z.infer<typeof controlStep>;
const controlEvidence = z.enum(["reported", "venue-verified"]);
export type ControlEvidence = z.infer<typeof controlEvidence>;

/** How far a command came with one bot. A step that is not known is null: nothing is assumed. */
const commandCourse = z.object({
  bot: z.string(),
  delivered_at: iso.nullable(),
  acknowledged_at: iso.nullable(),
  verified_at: iso.nullable(),
  delivered_ms: z.number().nullable().describe("since it was issued, by the hub's clock; so are the others"),
  acknowledged_ms: z.number().nullable(),
  verified_ms: z.number().nullable(),
  evidence: controlEvidence.nullable(),
  open_orders: z.number().int().nullable().describe("resting orders by the newest evidence; null before any"),
  positions: z.number().int().nullable().describe("instruments held by the newest evidence; null before any"),
  orders_since: z.number().int().describe("orders that the bot placed after it acknowledged, though it may not"),
  late: z.array(controlStep).describe("steps that did not come in time"),
  error: z.string().nullable().describe("why the bot says it could not do it"),
  over: z.boolean().describe("a newer command took its place, or the bot stopped"),
});
export type CommandCourse = z.infer<typeof commandCourse>;

export const commandView = z.object({
  command_id: z.string(),
  seq: z.number().int(),
  action: controlAction,
  target: controlTarget,
  reason: z.string(),
  by: z.string().describe("a person, a key's name, or the rule that asked"),
  via: z.string().describe("page, api, command_line, rule, discord, telegram"),
  mode: tradingMode,
  issued_at: iso,
  state: z
    .enum(["issued", "delivered", "acknowledged", "verified", "late", "over"])
    .describe("as far as it came with every bot that it concerns"),
  standing: z.boolean().describe("it still holds what it holds: neither resumed nor replaced"),
  proof: controlStep.describe("the step at which it is done: halt and flatten are verified, the others acknowledged"),
  bots: z.array(commandCourse),
});
export type CommandView = z.infer<typeof commandView>;

/** What holds a bot, strategy or venue now, and by which commands. */
const held = { state: controlState, command_ids: z.array(z.string()) };
const controlledBot = z.object({
  bot: z.string(),
  mode: tradingMode,
  strategy: z.string().optional(),
  liveness: z.string(),
  status: z.string().nullable().describe("what the bot says of itself"),
  ...held,
  linked: z.boolean().describe("it holds a connection for commands, or asked within the last minute"),
  last_asked_at: iso.nullable(),
  open_orders: z.number().int(),
  positions: z.number().int(),
});
export type ControlledBot = z.infer<typeof controlledBot>;

export const controlsAnswer = z.object({
  desk: z.object(held),
  bots: z.array(controlledBot),
  strategies: z.array(z.object({ strategy: z.string(), ...held, bots: z.number().int() })),
  venues: z.array(z.object({ venue: z.string(), ...held, bots: z.number().int(), open_orders: z.number().int() })),
  commands: z.array(commandView).describe("newest first"),
  next_cursor: z.string().optional(),
  ...asOf,
});
export type ControlsAnswer = z.infer<typeof controlsAnswer>;

export const commandAnswer = z.object({ command: commandView, effect: controlEffect, ...asOf });
export type CommandAnswer = z.infer<typeof commandAnswer>;

/** One command as a bot is told it. */
const botCommand = z.object({
  command_id: z.string(),
  action: controlAction,
  target: controlTarget,
  reason: z.string(),
  issued_at: iso,
});
export type BotCommand = z.infer<typeof botCommand>;

/** What a bot is told: what it may do now, and the commands that it has not acknowledged, oldest first. */
const botOrders = z.object({
  bot: z.string(),
  state: controlState,
  venues_halted: z.array(z.string()).describe("no order at all may go there"),
  venue_states: z.record(z.string(), controlState).describe("venues that are held, by name; others are as the bot is"),
  commands: z.array(botCommand),
});
export type BotOrders = z.infer<typeof botOrders>;
export const commandsAnswer = z.object({ ...botOrders.shape, ...asOf });
export type CommandsAnswer = z.infer<typeof commandsAnswer>;

/** What a bot says of itself when it asks for its orders. */
export const ownStrategy = name
  .optional()
  .describe("the bot's: what holds it is told from the first answer on, before an event of the bot names it");

/** A bot has done what it was told, or says why it could not. */
export const acknowledgeRequest = z.strictObject({
  bot: z.string().min(1).max(64),
  error: z.string().max(1024).optional(),
  ts: time
    .optional()
    .describe("when it was done by the bot's own clock: snapshots of earlier moments prove nothing then"),
});

/** Frames of `GET /api/v1/link?bot=B&strategy=S`, from the bot. */
export const linkFromBot = z.discriminatedUnion("op", [
  z.object({
    op: z.literal("events"),
    batch: z.union([z.string(), z.number()]),
    events: z.array(z.unknown()).max(10_000),
  }),
  z.object({
    op: z.literal("ack"),
    command_id: z.string().max(128),
    error: z.string().max(1024).optional(),
    ts: time.optional(),
  }),
  z.object({ op: z.literal("pong") }),
]);
export type LinkFromBot = z.infer<typeof linkFromBot>;

/** Frames of the link, to the bot. `orders` comes at once after the handshake, and again whenever it changes. */
const linkToBot = z.discriminatedUnion("op", [
  z.object({ op: z.literal("orders"), ...botOrders.shape }),
  z.object({
    op: z.literal("result"),
    batch: z.union([z.string(), z.number()]),
    accepted: z.number().int().optional(),
    sampled: z.number().int().optional(),
    duplicates: z.number().int().optional(),
    merged: z.number().int().optional(),
    rejected: z.array(z.unknown()).optional(),
    last_seq: z.number().int().optional(),
    problem: z.object({ code: z.string(), detail: z.string() }).optional(),
  }),
  z.object({ op: z.literal("command"), ...botCommand.shape, state: controlState }),
  z.object({ op: z.literal("acked"), command_id: z.string() }),
  z.object({ op: z.literal("ping") }),
]);
export type LinkToBot = z.infer<typeof linkToBot>;
