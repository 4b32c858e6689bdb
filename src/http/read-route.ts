import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from "fastify";
import { z } from "zod";
import type { Micros } from "../base/time.ts";
import { parseTime } from "../base/time.ts";
import type { RouteAccess } from "./access/principal.ts";
import { jsonSchemaOf } from "./json-schema.ts";

/** The group of the document that a read is in. */
export type ReadTag = "reads" | "document 2" | "stream" | "hub" | "replay" | "access";

/** One read: what it may be asked, what it answers, and how. */
export interface ReadRoute<Q extends z.ZodObject> {
  readonly url: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: ReadTag;
  readonly access: RouteAccess;
  /** The query string. What it does not name is refused in a strict object, passed over in a plain one. */
  readonly query: Q;
  readonly params?: z.ZodObject;
  /** The OpenAPI response for 200. */
  readonly answer: object;
  /** False where an answer is too long to be made for its headers alone. */
  readonly head?: boolean;
  /** Resolves with the body: a text that is JSON already, a stream, or a value. */
  readonly handler: (query: z.output<Q>, request: FastifyRequest, reply: FastifyReply) => unknown;
}

/** Adds a read to `app`. A query string that does not fit is answered with `invalid_request` and the paths of its errors. */
export function addRead<Q extends z.ZodObject>(app: FastifyInstance, route: ReadRoute<Q>): void {
  const schema: FastifySchema = {
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    tags: [route.tag],
    querystring: jsonSchemaOf(route.query, "input"),
    ...(route.params === undefined ? {} : { params: jsonSchemaOf(route.params, "input") }),
    response: { 200: route.answer },
  };
  app.route({
    method: "GET",
    url: route.url,
    config: { access: route.access },
    schema,
    exposeHeadRoute: route.head ?? true,
    // The schemas above document; the zod schemas they were made from do the checking.
    validatorCompiler: () => () => true,
    serializerCompiler: () => (body) => JSON.stringify(body),
    handler: async (request, reply) => {
      const query = route.query.parse(request.query);
      reply.header("cache-control", "no-store").type("application/json; charset=utf-8");
      return reply.send(await route.handler(query, request, reply));
    },
  });
}

/** A 200 answer in JSON, for the OpenAPI document. */
export const jsonAnswer = (schema: z.ZodType): object => ({
  description: "The answer",
  content: { "application/json": { schema: jsonSchemaOf(schema) } },
});

export const limitParam = (max: number, usual: number) =>
  z.coerce.number().int().min(1).max(max).default(usual).describe(`how many at most; ${usual} when absent`);

const AFTER_PAGE = "expected the next_cursor of the page before";

export const cursorParam = z
  .string()
  .regex(/^\d{1,15}$/, { error: AFTER_PAGE })
  .optional()
  .describe("`next_cursor` of the page before: the `seq` that this page goes on from");

/** Of a list in the order of time: up to which `seq` it is, and the time and `seq` of the last row before. */
export const timeCursorParam = z
  .string()
  .regex(/^\d{1,15}(\.-?\d{1,16}\.\d{1,15})?$/, { error: AFTER_PAGE })
  .optional()
  .describe("`next_cursor` of the page before; a `seq` alone begins with the newest of what was said before it");

export const modeParam = z
  .enum(["live", "paper", "simulate", "demo", "all"])
  .optional()
  .describe("the store's own mode when absent");

const partName = (what: string) => z.string().min(1).max(128).optional().describe(what);

/** A part of what was traded. */
export const partParams = {
  venue: partName("of what was traded at this venue alone"),
  asset: partName("of what was traded of this asset alone: the base of instruments, or a symbol"),
};

export const timeParam = (what: string) =>
  z
    .string()
    .transform((value, context): Micros => {
      const at = parseTime(value);
      if (at !== undefined) return at;
      context.addIssue({ code: "custom", message: "expected ISO-8601 or an epoch in s, ms, µs or ns" });
      return z.NEVER;
    })
    .optional()
    .describe(`${what}: ISO-8601, or an epoch in s, ms, µs or ns`);
