import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import { fillsAnswer, fillView } from "../../protocol/api.ts";
import { botName, symbol, text, venue } from "../../protocol/fields.ts";
import { csvTable } from "../csv.ts";
import { modeParam, timeCursorParam, timeParam } from "../read-route.ts";
import { fillsListing } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

/** `GET /api/v1/fills`: every fill, newest first by time. */
export function registerFillReads(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/fills",
    summary: "Fills, newest first",
    description:
      "By the time that counts: the bot's, at most 5 s after its receipt; of the same time the one that was said last comes " +
      "first. An import of older history comes after newer fills. Merges and voids applied. Pages hold what was said when " +
      "the first of them was asked for.",
    name: "fills",
    cursor: timeCursorParam,
    filters: z.object({
      bot: botName.optional(),
      venue: venue.optional(),
      symbol: symbol.optional(),
      mode: modeParam,
      from: timeParam("the time that counts, from here on"),
      to: timeParam("the time that counts, before this"),
      order_id: text(128).optional(),
      pair_id: text(256).optional(),
    }),
    limitUsual: 100,
    answer: fillsAnswer,
    csv: csvTable(Object.keys(fillView.shape)),
    rows: ({ order_id, pair_id, ...filter }) =>
      fillsListing(query, {
        ...filter,
        ...(order_id === undefined ? {} : { orderId: order_id }),
        ...(pair_id === undefined ? {} : { pairId: pair_id }),
      }),
  });
}
