import { z } from "zod";
import { err, ok, type Result } from "../../base/result.ts";
import { parseTime } from "../../base/time.ts";
import { BOT_NAMES, EVENTS_PER_HOUR, type SimulationOptions } from "../../bots/simulator/model/simulation.ts";
import type { SimulatedMode } from "../../bots/simulator/model/truth.ts";

/** What `deskwatch simulate` was asked for, as text. */
export interface SimulateFlags {
  readonly events?: string;
  readonly hours?: string;
  readonly seed?: string;
  readonly bots?: string;
  readonly mode?: string;
  readonly from?: string;
  readonly activity?: string;
  readonly live?: boolean;
}

/** The desk to simulate, and how much of it is told at once. */
export interface SimulatePlan {
  readonly simulation: SimulationOptions;
  /** The last moment of the past that is told. */
  readonly untilMs: number;
  /** Events of the past at most. */
  readonly limit: number;
}

const EVENTS_MIN = 1_000;
const EVENTS_MAX = 10_000_000;
const HOURS_MAX = 24 * 366;
const HOUR_MS = 3_600_000;
export const MODES = ["demo", "simulate", "paper", "live"] as const satisfies readonly SimulatedMode[];
const ACTIVITY_MIN = 0.01;
/** Before a desk goes live it is as busy as it will be: nothing that is planned is then longer away than usual. */
const WARM_MS = 8 * 60_000;

const number = (what: string, [min, max]: readonly [number, number], whole = false) =>
  z
    .string()
    .transform(Number)
    .refine((value) => value >= min && value <= max && (!whole || Number.isInteger(value)), {
      error: `takes ${what} from ${min} to ${max}`,
    });

const askedSchema = z.object({
  events: number("a whole number", [EVENTS_MIN, EVENTS_MAX], true).optional(),
  hours: number("a number", [0.01, HOURS_MAX]).optional(),
  seed: number("a whole number", [0, 4_294_967_295], true).default(1),
  activity: number("a number", [0.01, 10]).default(1),
  mode: z.enum(MODES, { error: `takes one of ${MODES.join(", ")}` }).default("simulate"),
  bots: z
    .string()
    .transform((text) => text.split(",").map((name) => name.trim()))
    .pipe(z.array(z.enum(BOT_NAMES, { error: `takes names of ${BOT_NAMES.join(", ")}, with commas between them` })))
    .default([...BOT_NAMES]),
  from: z
    .string()
    .transform((text) => parseTime(text))
    .refine((at) => at !== undefined, { error: "takes a time such as 2026-01-31T12:00:00Z" })
    .optional(),
  live: z.boolean().default(false),
});

type Asked = z.output<typeof askedSchema>;

/** Reads the flags; the error says which of them cannot be. */
export function planOf(flags: SimulateFlags, nowMs: number): Result<SimulatePlan, string> {
  const asked = askedSchema.safeParse(flags);
  if (!asked.success) {
    const [issue] = asked.error.issues;
    return err(`--${String(issue?.path[0] ?? "")} ${issue?.message ?? ""}`);
  }
  if (asked.data.live && asked.data.from !== undefined)
    return err("--live begins before now, as long as --hours says, and not at --from");
  return ok(planned(asked.data, nowMs));
}

function planned(asked: Asked, nowMs: number): SimulatePlan {
  const { events, live, bots, mode, seed, activity, from } = asked;
  const perHour = bots.reduce((sum, bot) => sum + EVENTS_PER_HOUR[bot], 0) * activity;
  const usual = events === undefined ? Number(!live) : events / perHour;
  const spanMs = Math.ceil((asked.hours ?? usual) * HOUR_MS);
  const fromMs = from === undefined ? nowMs - spanMs : Math.floor(from / 1000);
  const untilMs = fromMs + spanMs;
  const thinned = thinnedOut({ ...asked, perHour, spanMs });
  // Of a past that ends now only its end is still new.
  const passing = live ? { passingFromMs: untilMs - WARM_MS } : {};
  const simulation = { seed, fromMs, mode, bots, activity, ...passing };
  if (thinned === undefined) {
    const limit = asked.hours === undefined && !live ? (events ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
    return { simulation, untilMs, limit };
  }
  const later = live ? { laterMs: untilMs - WARM_MS, activityLater: activity } : {};
  return { simulation: { ...simulation, activity: thinned, ...later }, untilMs, limit: Number.POSITIVE_INFINITY };
}

/** The activity at which so many events tell all of the span; undefined when nobody asked for both, or all fits. */
function thinnedOut({
  events,
  hours,
  live,
  activity,
  perHour,
  spanMs,
}: Asked & { readonly perHour: number; readonly spanMs: number }): number | undefined {
  if (events === undefined || hours === undefined) return undefined;
  const warmMs = live ? Math.min(WARM_MS, spanMs) : 0;
  const usual = (perHour * (spanMs - warmMs)) / HOUR_MS;
  const room = events - (perHour * warmMs) / HOUR_MS;
  return usual <= room ? undefined : activity * Math.max(ACTIVITY_MIN, room / usual);
}
