import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Query } from "../../hub/query.ts";
import {
  opportunitiesAnswer,
  opportunityAction,
  opportunityView,
  orderbooksAnswer,
  orderbookView,
  ordersAnswer,
  orderStatus,
  orderView,
  positionsAnswer,
  positionView,
} from "../../protocol/api-trading.ts";
import { botName, symbol, text, venue } from "../../protocol/fields.ts";
import { csvTable } from "../csv.ts";
import { definedOf } from "../defined.ts";
import { modeParam, timeParam } from "../read-route.ts";
import { bySeq, listingOf } from "../row-listings.ts";
import { addRows } from "../rows-route.ts";

const LEVELS_MAX = 50;
const LEVELS_USUAL = 10;

const bot = botName.optional();
const place = { bot, venue: venue.optional(), symbol: symbol.optional(), mode: modeParam };

/** What is traded and held: orders, positions, opportunities and order books. */
export function registerTradingReads(app: FastifyInstance, query: Query): void {
  addOrders(app, query);
  addPositions(app, query);
  addOpportunities(app, query);
  addOrderbooks(app, query);
}

function addOrders(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/orders",
    summary: "Orders, newest first, and what became of each",
    description:
      "One row for each `order.placed`, in the order in which the hub heard of them, so an import of older history comes " +
      "first, with its later events and the sum of its fills. An order that nobody placed here (only updates or fills of it came) has no row: its events and fills do. A " +
      "page that is filtered by `status` or `strategy` may hold fewer rows than `limit`; `next_cursor` goes on.",
    name: "orders",
    filters: z.object({
      ...place,
      status: orderStatus.optional(),
      strategy: text(128).optional(),
      order_id: text(128).optional(),
      from: timeParam("when it was placed, by the bot's time, from here on"),
      to: timeParam("when it was placed, by the bot's time, before this"),
    }),
    limitUsual: 100,
    answer: ordersAnswer,
    csv: csvTable(Object.keys(orderView.shape)),
    rows: ({ order_id, ...rest }) => bySeq(query.orders({ ...rest, ...definedOf({ orderId: order_id }) })),
  });
}

function addPositions(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/positions",
    summary: "What is held, at average cost and at the mark",
    description:
      "By bot, venue and symbol. The mark is the newest one, else the mid of the newest book. `by_event` sets the legs of " +
      "an event against each other (document 4): YES as +, NO as −, in sizes and in `net_usd`.",
    name: "positions",
    filters: z.object(place),
    limitUsual: 1_000,
    answer: positionsAnswer,
    csv: csvTable(Object.keys(positionView.shape)),
    rows: (filter) => {
      const { positions, by_event, limits, ...asOf } = query.positions(filter);
      return { ...listingOf(asOf, positions), extra: { by_event, limits } };
    },
  });
}

function addOpportunities(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/opportunities",
    summary: "Opportunities, each with all that was said of it, newest first",
    description:
      "In the order in which the hub heard the latest statement of each, so an import of older history comes first. Fields are as the newest statement that has them says; `reason` and `detail` are " +
      "of the latest. A page that is filtered may hold fewer rows than `limit`; `next_cursor` goes on.",
    name: "opportunities",
    filters: z.object({
      bot,
      mode: modeParam,
      action: opportunityAction.optional().describe("what the latest statement says"),
      event_id: text(256).optional(),
      pair_id: text(256).optional(),
      from: timeParam("the bot's time of the latest statement, from here on"),
      to: timeParam("the bot's time of the latest statement, before this"),
    }),
    limitUsual: 50,
    answer: opportunitiesAnswer,
    csv: csvTable(Object.keys(opportunityView.shape)),
    rows: ({ event_id, pair_id, ...rest }) =>
      bySeq(query.opportunities({ ...rest, ...definedOf({ eventId: event_id, pairId: pair_id }) })),
  });
}

function addOrderbooks(app: FastifyInstance, query: Query): void {
  addRows(app, {
    url: "/api/v1/orderbooks",
    summary: "The newest order book of every instrument",
    description:
      "By venue and symbol. A book older than 5 s is stale, one whose best bid is above its best ask crossed.",
    name: "orderbooks",
    filters: z.object({
      ...place,
      levels: z.coerce
        .number()
        .int()
        .min(1)
        .max(LEVELS_MAX)
        .default(LEVELS_USUAL)
        .describe(`levels of each side at most; ${LEVELS_USUAL} when absent`),
    }),
    limitUsual: 200,
    answer: orderbooksAnswer,
    csv: csvTable(Object.keys(orderbookView.shape)),
    rows: (filter) => {
      const { orderbooks, ...asOf } = query.orderbooks(filter);
      return listingOf(asOf, orderbooks);
    },
  });
}
