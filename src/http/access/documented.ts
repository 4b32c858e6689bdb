import type { FastifySchema } from "fastify";
import type { z } from "zod";
import { jsonSchemaOf } from "../json-schema.ts";

export interface RouteDocument {
  readonly summary: string;
  readonly description?: string;
  readonly body?: z.ZodType;
  readonly params?: z.ZodType;
  /** The body of each answer below 400 by its status; undefined when it has none. */
  readonly answers: Readonly<Record<number, z.ZodType | undefined>>;
}

/**
 * The options by which a route appears in the OpenAPI document. The schemas document only: the zod schemas that they
 * were made from do the checking, in the handler.
 */
export function documented({ summary, description, body, params, answers }: RouteDocument): {
  readonly schema: FastifySchema;
  readonly validatorCompiler: () => () => true;
  readonly serializerCompiler: () => (value: unknown) => string;
} {
  return {
    schema: {
      summary,
      ...(description === undefined ? {} : { description }),
      tags: ["access"],
      ...(body === undefined ? {} : { body: jsonSchemaOf(body, "input") }),
      ...(params === undefined ? {} : { params: jsonSchemaOf(params, "input") }),
      response: Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
    },
    validatorCompiler: () => () => true,
    serializerCompiler: () => (value) => JSON.stringify(value),
  };
}

function answerOf(schema: z.ZodType | undefined): object {
  if (schema === undefined) return { description: "Done", type: "null" };
  return { description: "The answer", content: { "application/json": { schema: jsonSchemaOf(schema) } } };
}
