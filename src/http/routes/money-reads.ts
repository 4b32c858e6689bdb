import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Micros } from "../../base/time.ts";
import type { PerformanceFilter } from "../../engine/made.ts";
import { isPartial, type Part } from "../../engine/part.ts";
import type { Query } from "../../hub/query.ts";
import { explainAnswer, moneyWindow, type PerformanceAnswer, performanceAnswer } from "../../protocol/api-money.ts";
import { botName } from "../../protocol/fields.ts";
import { definedOf } from "../defined.ts";
import { madeInTurn } from "../made-in-turn.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, modeParam, partParams, timeParam } from "../read-route.ts";

/** The reads of what trading made, and why. */
export function registerMoneyReads(app: FastifyInstance, query: Query): void {
  const each = { tag: "reads", access: "read" } as const;
  addRead(app, {
    ...each,
    url: "/api/v1/performance",
    summary: "What trading made, by bot and currency, and all of it in USD",
    description:
      "Realised profit of the ledgers at average cost, fees, funding, and what is not realised at the marks of the moment. " +
      "Windows of days are UTC days, today's included; a session begins with the bot's last `bot.started`. With " +
      "`method=fifo` the oldest lot is closed first: what is realised, what is not, and the trades of a bot that makes " +
      "markets; it reads all fills of one bot, which takes seconds where there are very many.",
    query: z.strictObject({
      bot: botName.optional(),
      mode: modeParam,
      ...partParams,
      window: moneyWindow.default("today").describe("`today` when absent; not with `from`"),
      from: timeParam("with it what was made from this moment on, whatever the window"),
      to: timeParam("the moment that it was made before; now when absent"),
      method: z.enum(["average", "fifo"]).default("average").describe("average cost when absent; `fifo` needs `bot`"),
    }),
    answer: jsonAnswer(performanceAnswer),
    handler: ({ method, bot, from, to, venue, asset, ...filter }) => {
      const part = { venue, asset };
      if (method === "fifo") return lotsOf(query, { bot, from, to, ...part, ...filter });
      if (from !== undefined)
        return madeInTurn(() => query.rangePerformance({ bot, mode: filter.mode, from, to, ...part }));
      if (isPartial(part)) return madeInTurn(() => query.partPerformance({ ...filter, bot, ...part }));
      return query.performance({ ...filter, bot });
    },
  });
  addRead(app, {
    ...each,
    url: "/api/v1/pnl/explain",
    summary: "Why equity changed between two moments",
    description:
      "equity_change = realized + unrealized − fees + funding + transfers + adjustments + residual, as all facts that are " +
      "known now tell it, at the marks of the two moments. The events behind it: `/api/v1/fills`, `/api/v1/events?type=income` and `?type=balance` of the " +
      "same bot, mode and time. Takes seconds where the marks of a moment have to be looked for in millions of facts.",
    query: z.strictObject({
      from: timeParam("the first moment"),
      to: timeParam("the second moment, now when absent"),
      bot: botName.optional(),
      mode: modeParam,
    }),
    answer: jsonAnswer(explainAnswer),
    handler: async ({ from, ...filter }) => {
      if (from === undefined) throw new ProblemError("invalid_request", { detail: "Say `from`, the first moment." });
      return madeInTurn(() => query.explain({ from, ...definedOf(filter) }));
    },
  });
}

interface LotsFilter extends PerformanceFilter, Part {
  readonly from: Micros | undefined;
  readonly to: Micros | undefined;
}

/** What one bot made in a window, the oldest lots closed first. */
function lotsOf(query: Query, { bot, from, to, venue, asset, ...filter }: LotsFilter): Promise<PerformanceAnswer> {
  if (isPartial({ venue, asset }))
    throw new ProblemError("invalid_request", {
      detail: "First in, first out is read for a bot as a whole, not for a venue or an asset.",
      errors: [{ path: venue === undefined ? "asset" : "venue", message: "not with method=fifo" }],
    });
  if (bot === undefined)
    throw new ProblemError("invalid_request", {
      detail: "First in, first out is read for one bot: name it with `bot`.",
      errors: [{ path: "bot", message: "expected with method=fifo" }],
    });
  if (from !== undefined || to !== undefined)
    throw new ProblemError("invalid_request", {
      detail: "First in, first out is read for a `window`, not from one moment to another.",
      errors: [{ path: from === undefined ? "to" : "from", message: "not with method=fifo" }],
    });
  if (query.bot(bot) === undefined)
    throw new ProblemError("not_found", { detail: `No bot called ${bot} has spoken here.` });
  return madeInTurn(() => query.fifoPerformance({ ...filter, bot }));
}
