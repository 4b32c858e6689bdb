import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { asOf, botsAnswer, botView, edgesAnswer, edgeView, exposureAnswer, healthAnswer } from "../../protocol/api.ts";
import { botName } from "../../protocol/fields.ts";
import { ProblemError } from "../problem.ts";
import { csvTable } from "../csv.ts";
import { addRead, jsonAnswer, modeParam } from "../read-route.ts";
import { listingOf } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

/** Where the next page goes on. */
const more = { next_cursor: z.string().optional() };
const botParams = z.object({ bot: botName });

const BOTS_USUAL = 10_000;

function addBots(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/bots",
    summary: "Every bot, with its state and liveness",
    name: "bots",
    filters: z.object({ mode: modeParam.describe("every mode when absent; each bot says its own") }),
    limitUsual: BOTS_USUAL,
    answer: botsAnswer.extend(more),
    csv: csvTable(Object.keys(botView.shape)),
    rows: ({ mode }) => {
      const { bots, ...rest } = query.bots(mode);
      return listingOf(rest, bots);
    },
  });
}

function addEdges(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/edges",
    summary: "Live edges, best net edge first",
    name: "edges",
    filters: z.object({ mode: modeParam }),
    limitUsual: 100,
    answer: edgesAnswer.extend(more),
    csv: csvTable(Object.keys(edgeView.shape)),
    rows: ({ mode }) => {
      const { edges, ...rest } = query.edges(Number.POSITIVE_INFINITY, mode);
      return listingOf(rest, edges);
    },
  });
}

/** The native reads of what the fold holds. */
export function registerDeskReads(app: FastifyInstance, query: Query): void {
  const each = { tag: "reads", access: "read" } as const;
  const byMode = z.strictObject({ mode: modeParam });
  addBots(app, query);
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
  addEdges(app, query);
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
    url: "/api/v1/health",
    summary: "Health of the venues, the bots and the hub",
    query: z.strictObject({}),
    answer: jsonAnswer(healthAnswer),
    handler: () => query.health(),
  });
}
