import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Overloaded } from "../../hub/explain.ts";
import type { Query } from "../../hub/query.ts";
import { asOf, botsAnswer, botView, edgesAnswer, exposureAnswer, healthAnswer } from "../../protocol/api.ts";
import { explainAnswer, moneyWindow, performanceAnswer } from "../../protocol/api-money.ts";
import { botName } from "../../protocol/fields.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, limitParam, modeParam, timeParam } from "../read-route.ts";
import { definedOf } from "../defined.ts";

const botParams = z.object({ bot: botName });

/** The native reads of what the fold holds. */
export function registerDeskReads(app: FastifyInstance, query: Query): void {
  const each = { tag: "reads", access: "read" } as const;
  const byMode = z.strictObject({ mode: modeParam });
  addRead(app, {
    ...each,
    url: "/api/v1/bots",
    summary: "Every bot, with its state and liveness",
    query: z.strictObject({ mode: modeParam.describe("every mode when absent; each bot says its own") }),
    answer: jsonAnswer(botsAnswer),
    handler: ({ mode }) => query.bots(mode),
  });
  addRead(app, {
    ...each,
    url: "/api/v1/bots/:bot",
    summary: "One bot",
    query: z.strictObject({}),
    params: botParams,
    answer: jsonAnswer(botView.extend(asOf)),
    handler: (_, request) => {
      const { bot } = botParams.parse(request.params);
      const view = query.bot(bot);
      if (view === undefined) throw new ProblemError("not_found", { detail: `No bot called ${bot} has spoken here.` });
      return { ...view, ...query.asOf() };
    },
  });
  addRead(app, {
    ...each,
    url: "/api/v1/edges",
    summary: "Live edges, best net edge first",
    query: z.strictObject({ limit: limitParam(1_000, 100), mode: modeParam }),
    answer: jsonAnswer(edgesAnswer),
    handler: ({ limit, mode }) => query.edges(limit, mode),
  });
  addRead(app, {
    ...each,
    url: "/api/v1/exposure",
    summary: "What is at risk, by venue, category, bot and currency",
    query: byMode,
    answer: jsonAnswer(exposureAnswer),
    handler: ({ mode }) => query.exposure(mode),
  });
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
  addRead(app, {
    ...each,
    url: "/api/v1/health",
    summary: "Health of the venues, the bots and the hub",
    query: z.strictObject({}),
    answer: jsonAnswer(healthAnswer),
    handler: () => query.health(),
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
