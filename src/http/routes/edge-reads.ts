import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import type { EdgeHistoryRefusal } from "../../hub/read-edge-history.ts";
import { EDGE_LINES_MAX, EDGE_STEPS_MAX, edgeHistoryAnswer } from "../../protocol/api-edges.ts";
import { botName } from "../../protocol/fields.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, modeParam, timeParam } from "../read-route.ts";
import { stepParam } from "../series-read.ts";

const market = z.string().min(1).max(256).optional();

/** The read of how edges went. */
export function registerEdgeReads(app: FastifyInstance, query: Query): void {
  addRead(app, {
    tag: "reads",
    access: "read",
    url: "/api/v1/edges/history",
    summary: "How the edges of a pair, or between two markets, went",
    description:
      "Of each step the lowest, the highest and the newest net edge, for each bot, pair and direction. Edges of the last " +
      "day stand in memory: five seconds apart over the last hour, a minute before; from earlier there are those of the " +
      `log, which were sent as facts or are cited by an opportunity. At most ${EDGE_LINES_MAX} lines.`,
    query: z.strictObject({
      pair_id: market.describe("of this pair; without it, say `market`"),
      market: market.describe("of pairs with this market, first or second"),
      against: market.describe("and with this one as the other"),
      bot: botName.optional(),
      mode: modeParam,
      from: timeParam("the first moment; an hour ago when absent"),
      to: timeParam("the moment that all of it is before, now when absent"),
      step: stepParam
        .optional()
        .describe(`seconds or 15m, 4h, 1d: at most ${EDGE_STEPS_MAX} steps, none shorter than what is kept`),
    }),
    answer: jsonAnswer(edgeHistoryAnswer),
    handler: async ({ pair_id: pairId, from, ...filter }) => {
      if (pairId === undefined && filter.market === undefined)
        throw new ProblemError("invalid_request", { detail: "Say `pair_id`, or `market`." });
      const told = await query.edgeHistory({ ...filter, pairId, from });
      if (typeof told === "string") throw problemOf(told);
      return told;
    },
  });
}

function problemOf(refusal: EdgeHistoryRefusal): ProblemError {
  switch (refusal) {
    case "too many points":
      return invalid("step", `There are at most ${EDGE_STEPS_MAX} steps: ask for a longer step or a shorter span.`);
    case "no time":
      return invalid("from", "A span begins before it ends, and before now.");
    case "no past":
      return invalid("from", "A replay keeps no past: ask the hub itself, with `to` the moment of the replay.");
  }
}

const invalid = (path: string, detail: string): ProblemError =>
  new ProblemError("invalid_request", { detail, errors: [{ path, message: detail }] });
