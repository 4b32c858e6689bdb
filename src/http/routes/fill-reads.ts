import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { EventFilter } from "../../hub/ports.ts";
import type { Query } from "../../hub/query.ts";
import { fillsAnswer } from "../../protocol/api.ts";
import { botName, symbol, venue } from "../../protocol/fields.ts";
import { addRead, cursorParam, jsonAnswer, limitParam, modeParam, timeParam } from "../read-route.ts";
import { definedOf, pageBody, pageUpTo } from "./page-body.ts";

const fillsQuery = z.strictObject({
  bot: botName.optional(),
  venue: venue.optional(),
  symbol: symbol.optional(),
  mode: modeParam,
  from: timeParam("the bot's time, from here on"),
  to: timeParam("the bot's time, before this"),
  limit: limitParam(1_000, 100),
  cursor: cursorParam,
});

export function registerFillReads(app: FastifyInstance, query: Query): void {
  addRead(app, {
    url: "/api/v1/fills",
    summary: "Fills, newest first",
    description: "Merges and voids applied. `next_cursor` leads to the older ones.",
    tag: "reads",
    access: "read",
    query: fillsQuery,
    answer: jsonAnswer(fillsAnswer),
    handler: ({ cursor, ...filter }) => fillsBody(query, definedOf({ ...filter, beforeSeq: cursor }), { cursor: true }),
  });
}

/** A page of fills as the JSON text of its body. */
export async function fillsBody(query: Query, filter: EventFilter, options: { cursor: boolean }): Promise<string> {
  const { page, asOf } = await pageUpTo(query, query.fills, { ...filter, order: "newest" });
  return pageBody("fills", options.cursor ? page : { ...page, lastSeq: undefined }, asOf);
}
