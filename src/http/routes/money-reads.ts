import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Overloaded } from "../../hub/explain.ts";
import type { Query } from "../../hub/query.ts";
import { explainAnswer, moneyWindow, performanceAnswer } from "../../protocol/api-money.ts";
import { botName } from "../../protocol/fields.ts";
import { definedOf } from "../defined.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, modeParam, timeParam } from "../read-route.ts";

/** The reads of what trading made, and why. */
export function registerMoneyReads(app: FastifyInstance, query: Query): void {
  const each = { tag: "reads", access: "read" } as const;
  addRead(app, {
    ...each,
    url: "/api/v1/performance",
    summary: "What trading made, by bot and currency, and all of it in USD",
    description:
      "Realised profit of the ledgers at average cost, fees, funding, and what is not realised at the marks of the moment. " +
      "Windows of days are UTC days, today's included; a session begins with the bot's last `bot.started`.",
    query: z.strictObject({
      bot: botName.optional(),
      mode: modeParam,
      window: moneyWindow.default("today").describe("`today` when absent"),
    }),
    answer: jsonAnswer(performanceAnswer),
    handler: (filter) => query.performance(filter),
  });
  addRead(app, {
    ...each,
    url: "/api/v1/pnl/explain",
    summary: "Why equity changed between two moments",
    description:
      "equity_change = realized + unrealized − fees + funding + transfers + adjustments + residual, as it was known at " +
      "the two moments. The events behind it: `/api/v1/fills`, `/api/v1/events?type=income` and `?type=balance` of the " +
      "same bot, mode and time. Takes seconds where millions of facts came before.",
    query: z.strictObject({
      from: timeParam("the first moment"),
      to: timeParam("the second moment, now when absent"),
      bot: botName.optional(),
      mode: modeParam,
    }),
    answer: jsonAnswer(explainAnswer),
    handler: async ({ from, ...filter }) => {
      if (from === undefined) throw new ProblemError("invalid_request", { detail: "Say `from`, the first moment." });
      return explained(() => query.explain({ from, ...definedOf(filter) }));
    },
  });
}

async function explained<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Overloaded) throw new ProblemError("overloaded", { detail: `${error.message}.` });
    throw error;
  }
}
