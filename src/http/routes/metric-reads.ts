import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { tradingMode } from "../../protocol/api.ts";
import { catalogueAnswer, metricAnswer, metricSeries, metricWindow } from "../../protocol/api-metrics.ts";
import { botName } from "../../protocol/fields.ts";
import { madeInTurn } from "../made-in-turn.ts";
import { ProblemError } from "../problem.ts";
import { noSuchMetric, readSeries, seriesParams } from "../series-read.ts";
import { addRead, jsonAnswer, partParams } from "../read-route.ts";

const nameParams = z.object({ name: z.string().max(128) });

/** The catalogue of metrics, and the value of each. */
export function registerMetricReads(app: FastifyInstance, query: Query): void {
  const each = { tag: "reads", access: "read" } as const;
  addRead(app, {
    ...each,
    url: "/api/v1/metrics",
    summary: "Every metric that there is, with its unit, sign, formula and source",
    query: z.strictObject({}),
    answer: jsonAnswer(catalogueAnswer),
    handler: () => query.catalogue(),
  });
  addRead(app, {
    ...each,
    url: "/api/v1/metrics/:name",
    summary: "The value of a metric, or why there is none",
    description:
      "By its name in the catalogue, or by one that it has for Prometheus. A value is a number, `unbounded` (a profit " +
      "factor without losses), or null with the reason. Live and paper are never added: there is no mode `all`. Those " +
      "without a name for Prometheus are made from the stored fills of the bot: seconds where there are very many. With " +
      "`from` a series comes instead: a metric of a span step by step, one that tells how something stands at the end of " +
      "each step; where there is no value a point says why.",
    query: z.strictObject({
      bot: botName.optional().describe("the whole desk when absent"),
      mode: tradingMode.optional().describe("the store's own mode when absent"),
      ...partParams,
      window: metricWindow.optional().describe("the metric's usual one when absent; each says which it has"),
      ...seriesParams,
    }),
    params: nameParams,
    answer: jsonAnswer(z.union([metricAnswer, metricSeries])),
    handler: async (filter, request) => {
      const { name } = nameParams.parse(request.params);
      if (filter.bot !== undefined && query.bot(filter.bot) === undefined)
        throw new ProblemError("not_found", { detail: `No bot called ${filter.bot} has spoken here.` });
      if (filter.from !== undefined) {
        const { window: _, ...asked } = filter;
        return readSeries(query, name, { ...asked, from: filter.from });
      }
      const answer = await madeInTurn(() => query.metric(name, filter));
      if (answer === "no such metric") throw noSuchMetric(name);
      if (answer === "no such window")
        throw new ProblemError("invalid_request", {
          detail: `${name} has no window ${filter.window}: GET /api/v1/metrics names those it has.`,
          errors: [{ path: "window", message: "not a window of this metric" }],
        });
      return answer;
    },
  });
}
