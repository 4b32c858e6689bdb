import { z } from "zod";
import { errorCodes } from "../protocol/errors.ts";
import { eventTypes } from "../protocol/event-types.ts";
import { pairFill } from "../protocol/events/order.ts";
import * as fields from "../protocol/fields.ts";
import { secondFactorRequest, signInAnswer } from "../protocol/api-people.ts";
import { changePasswordRequest, signInRequest } from "./access/bodies.ts";
import { jsonSchemaOf } from "./json-schema.ts";

type Schema = Record<string, unknown>;

/** Name of an event type's schema in the document: `event.fill`. */
const componentOf = (type: string): string => `event.${type}`;
const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const sentTypes = Object.entries(eventTypes).filter(([, entry]) => !("hubOnly" in entry));

/** Schemas that the document names: every event that a bot may send, and the problem. */
export function componentSchemas(): Record<string, Schema> {
  const events = sentTypes.map(([type, entry]) => [componentOf(type), schemaOf(entry.schema)] as const);
  return {
    Problem: PROBLEM,
    Event: {
      description: "One event; unknown fields are kept",
      anyOf: [...events.map(([name]) => refTo(name)), refTo(PAIR_FILL)],
    },
    ...Object.fromEntries(events),
    [PAIR_FILL]: schemaOf(pairFill),
  };
}

const PAIR_FILL = "event.fill.pair";

const schemaOf = (schema: z.ZodType): Schema => jsonSchemaOf(schema, "input");

/** A document's own body: the event's fields without its envelope, which the route fills in. */
function bodyOf(schema: z.ZodObject): Schema {
  const { type: _type, ts: _ts, bot: _bot, ...shape } = schema.shape;
  const envelope = {
    bot: fields.botName.optional().describe("`default` when absent"),
    timestamp: fields.time.optional().describe("now when absent"),
  };
  return schemaOf(z.looseObject({ ...envelope, ...shape }));
}

/** `TradeEvent` of document 5. */
const tradeEvent = z.looseObject({
  timestamp: fields.time.optional(),
  bot: fields.botName.optional().describe("`default` when absent"),
  symbol: fields.symbol,
  side: z.enum(["buy", "sell"]),
  quantity: fields.positiveDecimal,
  price: fields.nonNegativeDecimal,
  trade_type: z.enum(["maker", "taker"]).optional().describe("in any case"),
  trade_id: fields.reference.optional().describe("names the trade, as `fill_id` or `id` do; else its content does"),
  reference_price: fields.nonNegativeDecimal.optional(),
  fees_paid: fields.decimal.optional(),
  funding_paid: fields.decimal.optional().describe("> 0 was paid"),
  position_before: fields.decimal.optional(),
  position_after: fields.decimal.optional(),
});

/** What the ingest routes take, by path. They check bodies themselves, event by event, so their routes name no schema. */
export const ingestBodies: Readonly<Record<string, object>> = {
  "/api/v1/events": {
    content: {
      "application/json": {
        schema: { anyOf: [refTo("Event"), { type: "array", items: refTo("Event"), maxItems: 10_000 }] },
      },
      "application/x-ndjson": { schema: { type: "string", description: "one event a line" } },
    },
  },
  "/api/edges": inJson(bodyOf(eventTypes.edge.schema)),
  "/api/fills": inJson({ anyOf: [bodyOf(pairFill), bodyOf(eventTypes.fill.schema)] }),
  "/api/v1/trades": inJson(schemaOf(tradeEvent)),
};

/** The routes of people's sessions, by path. */
export const signInSchemas: Readonly<Record<string, object>> = {
  "/api/auth/sign-in/email": {
    summary: "Sign in with e-mail and password",
    body: inJson(schemaOf(signInRequest)),
    response: {
      200: { description: "Signed in, the session is a cookie; or now a code", ...inJson(schemaOf(signInAnswer)) },
    },
  },
  "/api/auth/sign-in/second-factor": {
    summary: "Sign in: the second factor, after the password",
    body: inJson(schemaOf(secondFactorRequest)),
    response: { 200: { description: "Signed in; the session is a cookie" } },
  },
  "/api/auth/sign-out": { summary: "Sign out", response: { 200: { description: "Signed out" } } },
  "/api/auth/get-session": {
    summary: "Who is signed in",
    response: { 200: { description: "Whether somebody is signed in, and who" } },
  },
  "/api/auth/change-password": {
    summary: "Change one's password",
    body: inJson(schemaOf(changePasswordRequest)),
    response: { 200: { description: "Changed" } },
  },
};

function inJson(schema: Schema): object {
  return { content: { "application/json": { schema } } };
}

const PROBLEM: Schema = {
  type: "object",
  description: "RFC 9457 problem details",
  required: ["type", "title", "status", "code", "detail", "request_id"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { type: "string", enum: Object.keys(errorCodes) },
    detail: { type: "string" },
    errors: {
      type: "array",
      items: {
        type: "object",
        required: ["path", "message"],
        properties: { path: { type: "string" }, message: { type: "string" } },
      },
    },
    request_id: { type: "string" },
  },
};
