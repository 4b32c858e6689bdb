import { z } from "zod";
import { err, ok, type Result } from "../base/result.ts";
import { type Micros, parseTime } from "../base/time.ts";
import { canonicalDecimal } from "../domain/decimal.ts";
import { eventLine, type LineProblem } from "./event-line.ts";

/** One line of the arbitrage bot's event log, checked. Unknown fields are ignored. */
export type LogLine = z.output<typeof logLine> & { readonly at: Micros };

const exact = z.number().transform((value, context) => {
  const text = canonicalDecimal(value);
  if (text !== undefined) return text;
  context.addIssue({ code: "custom", message: "expected a decimal" });
  return z.NEVER;
});

const side = z.enum(["yes", "no"]);
const venue = z.enum(["polymarket", "kalshi"]);
const legName = z.enum(["A", "B"]);
const execution = { executionId: z.string().min(1).max(96) };
const prose = z.string();

const line = <const Event extends string, Shape extends z.ZodRawShape>(event: Event, data: Shape) =>
  z.object({ event: z.literal(event), ts: z.string(), log: z.string().max(128).optional(), data: z.object(data) });

const startLeg = z.object({ venue, side });

const logLine = z.discriminatedUnion("event", [
  line("OPPORTUNITY", {
    intervalKey: z.string(),
    edgeNet: z.number(),
    edgeGross: z.number().optional(),
    cost: exact.optional(),
    legs: z.array(z.object({ venue, side, price: exact, size: exact.optional() })),
  }),
  line("EXECUTION_START", {
    ...execution,
    intervalKey: z.string(),
    expectedEdgeNet: z.number(),
    legA: startLeg,
    legB: startLeg,
  }),
  line("LEG_SUBMIT", {
    ...execution,
    leg: legName,
    price: exact,
    qty: exact,
    clientOrderId: z.string().optional(),
  }),
  line("LEG_FILL", {
    ...execution,
    leg: legName,
    orderId: z.string().optional(),
    fillQty: exact,
    fillPrice: exact,
    latencyMs: z.number().optional(),
  }),
  line("LEG_FAIL", { ...execution, leg: legName, reason: prose, error: prose.optional() }),
  line("UNWIND_START", { ...execution, reason: prose, legToUnwind: startLeg }),
  line("UNWIND_RESULT", {
    ...execution,
    success: z.boolean(),
    unwindPrice: exact,
    realizedLoss: exact,
    error: prose.optional(),
  }),
  line("EXECUTION_COMPLETE", { ...execution, status: z.string().min(1).max(128), realizedPnl: exact }),
  line("COOLDOWN", { reason: prose, durationMs: z.number() }),
  line("KILL_SWITCH", { dailyLoss: z.number(), maxDailyLoss: z.number(), trigger: prose }),
  line("BTC_PRICE", { price: z.number() }),
]);

/** Checks one line of the log. */
export function parseLogLine(text: string): Result<LogLine, LineProblem> {
  const value = eventLine(text);
  if (!value.ok) return value;
  const parsed = logLine.safeParse(value.value);
  if (!parsed.success) return err(problemOf(parsed.error));
  const at = parseTime(parsed.data.ts);
  return at === undefined ? err({ reason: "ts is not a time", detail: parsed.data.ts }) : ok({ ...parsed.data, at });
}

function problemOf(error: z.ZodError): LineProblem {
  const issue = error.issues[0];
  const path = (issue?.path ?? []).join(".");
  if (issue?.code === "invalid_union") return { reason: "the event has no mapping", detail: path };
  return { reason: `${path === "" ? "the line" : path} is not as expected`, detail: issue?.message ?? "" };
}
