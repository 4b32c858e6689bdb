import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { edgesAnswer, exposureAnswer, fillsAnswer, healthAnswer } from "../../protocol/api.ts";
import { botName } from "../../protocol/fields.ts";
import { definedOf } from "../defined.ts";
import { addRead, jsonAnswer, limitParam, modeParam } from "../read-route.ts";
import { fillsListing } from "../row-listings.ts";
import { jsonBody } from "../rows-route.ts";

const LIMIT_MAX = 1_000;

/** The reads of source document 2, at the paths that its bots and bot commands call. */
export function registerDocument2Reads(app: FastifyInstance, query: Query): void {
  const each = { tag: "document 2", access: "read" } as const;
  addRead(app, {
    ...each,
    url: "/api/edges",
    summary: "Live edges, best net edge first",
    query: z.object({ limit: limitParam(LIMIT_MAX, 10), mode: modeParam }),
    answer: jsonAnswer(edgesAnswer),
    handler: ({ limit, mode }) => query.edges(limit, mode),
  });
  addRead(app, {
    ...each,
    url: "/api/fills",
    summary: "The latest fills, newest first",
    query: z.object({ limit: limitParam(LIMIT_MAX, 20), bot: botName.optional(), mode: modeParam }),
    answer: jsonAnswer(fillsAnswer.omit({ next_cursor: true })),
    handler: async ({ limit, ...filter }) => {
      const fills = fillsListing(query, definedOf(filter));
      return jsonBody("fills", { ...(await fills.page(limit)), next: undefined }, fills);
    },
  });
  addRead(app, {
    ...each,
    url: "/api/exposure",
    summary: "What is at risk, by venue, category and bot",
    query: z.object({ mode: modeParam }),
    answer: jsonAnswer(exposureAnswer),
    handler: ({ mode }) => query.exposure(mode),
  });
  addRead(app, {
    ...each,
    url: "/api/health",
    summary: "Health of the venues, the bots and the hub",
    query: z.object({}),
    answer: jsonAnswer(healthAnswer),
    handler: () => query.health(),
  });
}
