import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { asOf, botsAnswer, botView, edgesAnswer, exposureAnswer, healthAnswer } from "../../protocol/api.ts";
import { botName } from "../../protocol/fields.ts";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer, limitParam, modeParam } from "../read-route.ts";

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
    url: "/api/v1/health",
    summary: "Health of the venues, the bots and the hub",
    query: z.strictObject({}),
    answer: jsonAnswer(healthAnswer),
    handler: () => query.health(),
  });
}
