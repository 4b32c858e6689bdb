import { z } from "zod";
import { fieldKind, kindJsonSchema, numberOf } from "../protocol/fields.ts";

/** The JSON Schema of one of our zod schemas, for OpenAPI and Fastify's serialiser. */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output" = "output"): Record<string, unknown> {
  const { $schema: _, ...body } = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      const kind = fieldKind(zodSchema);
      if (kind !== undefined) Object.assign(jsonSchema, kindJsonSchema[kind]);
      if (io === "input" && numberOf(zodSchema) !== undefined) jsonSchema.type = ["number", "string"];
    },
  });
  return body;
}
