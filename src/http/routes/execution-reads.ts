import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { tradingMode } from "../../protocol/api.ts";
import { assetsAnswer, executionAnswer, markoutCut, markoutsAnswer } from "../../protocol/api-execution.ts";
import { moneyWindow } from "../../protocol/api-money.ts";
import { botName } from "../../protocol/fields.ts";
import { madeInTurn } from "../made-in-turn.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, timeParam } from "../read-route.ts";

const nameParam = (what: string) => z.string().min(1).max(256).optional().describe(`${what}; every one when absent`);

/** The reads of how well orders were executed. */
export function registerExecutionReads(app: FastifyInstance, query: Query): void {
  const each = { tag: "reads", access: "read" } as const;
  addRead(app, {
    ...each,
    url: "/api/v1/markouts",
    summary: "What fills were worth 1 s, 5 s, 30 s, 1 m and 5 m later",
    description:
      "s · (mark then − price), in bps of the mid at the fill: markout = spread capture + drift. Marks are those that the " +
      "log keeps for each fill, with until when they stood; where nobody knows what the mark was, the fill does not " +
      "count, and it is said how many are pending, expired, or of an instrument without marks. Intervals are of 95 %, " +
      "by blocks of time. At most 200,000 fills for one answer.",
    query: z.strictObject({
      bot: botName.optional().describe("the whole desk when absent"),
      mode: tradingMode.optional().describe("the store's own mode when absent: modes are never added"),
      venue: nameParam("fills at one venue"),
      asset: nameParam("fills of one symbol"),
      side: z.enum(["buy", "sell"]).optional(),
      liquidity: z.enum(["maker", "taker"]).optional().describe("fills that rested, or that took"),
      by: markoutCut.optional().describe("what to set apart besides"),
      from: timeParam("fills from this moment on, 24 hours before the end when absent"),
      to: timeParam("fills before this moment, now when absent"),
    }),
    answer: jsonAnswer(markoutsAnswer),
    handler: (filter) => {
      known(query, filter.bot);
      return madeInTurn(() => query.markouts(filter));
    },
  });
  addRead(app, {
    ...each,
    url: "/api/v1/execution",
    summary: "How orders and quotes did, how long they took, and why some were not filled",
    description:
      "Hit rate with its interval (Wilson, 95 %), fill factor as computed and as the bot says it, how orders ended and how " +
      "long that took, and the reasons of what was not filled. Of quotes that ended, and of orders that were placed, in " +
      "the span.",
    query: z.strictObject({
      bot: botName.optional().describe("the whole desk when absent"),
      mode: tradingMode.optional().describe("the store's own mode when absent: modes are never added"),
      from: timeParam("from this moment on, 24 hours before the end when absent"),
      to: timeParam("before this moment, now when absent"),
    }),
    answer: jsonAnswer(executionAnswer),
    handler: (filter) => {
      known(query, filter.bot);
      return madeInTurn(() => query.execution(filter));
    },
  });
  addRead(app, {
    ...each,
    url: "/api/v1/performance/assets",
    summary: "What each instrument made, and how well it was executed",
    description:
      "One row for each instrument: profit, fees, volume, trades, orders, slippage, hit rate and markouts, of one bot or of " +
      "all. Money and orders come from rollups, exactly; quotes and markouts from the log. Windows of days are UTC days.",
    query: z.strictObject({
      bot: botName.optional().describe("the whole desk when absent"),
      mode: tradingMode.optional().describe("the store's own mode when absent: modes are never added"),
      window: moneyWindow.default("today").describe("`today` when absent; not with `from`"),
      from: timeParam("with it what was done from this moment on, whatever the window"),
      to: timeParam("what was done before this moment, now when absent"),
    }),
    answer: jsonAnswer(assetsAnswer),
    handler: (filter) => {
      known(query, filter.bot);
      return madeInTurn(() => query.assets(filter));
    },
  });
}

function known(query: Query, bot: string | undefined): void {
  if (bot !== undefined && query.bot(bot) === undefined)
    throw new ProblemError("not_found", { detail: `No bot called ${bot} has spoken here.` });
}
