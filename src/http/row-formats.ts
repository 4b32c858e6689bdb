import { z } from "zod";
import { jsonSchemaOf } from "./json-schema.ts";

/** How a list of rows may be answered. */
export type RowFormat = "json" | "ndjson" | "csv";

export const formatParam = z.enum(["json", "ndjson", "csv"]).optional().describe("instead of the `Accept` header");

/** The first format of an `Accept` header that a list of rows has; JSON when there is none. */
export function acceptedFormat(accept: string | undefined): RowFormat {
  for (const part of (accept ?? "").split(",")) {
    const type = part.split(";")[0]?.trim().toLowerCase();
    if (type === "application/json") return "json";
    if (type === "application/x-ndjson" || type === "application/jsonl") return "ndjson";
    if (type === "text/csv") return "csv";
  }
  return "json";
}

export const CONTENT_TYPES = {
  csv: "text/csv; charset=utf-8; header=present",
  ndjson: "application/x-ndjson; charset=utf-8",
} as const satisfies Record<Exclude<RowFormat, "json">, string>;

/** The OpenAPI answer of a list that is one JSON body, or rows as NDJSON or CSV. */
export const rowsAnswer = (schema: z.ZodType): object => ({
  description: "The rows",
  content: {
    "application/json": { schema: jsonSchemaOf(schema) },
    "application/x-ndjson": { schema: { type: "string", description: "one row a line" } },
    "text/csv": { schema: { type: "string", description: "a header, then one row a line" } },
  },
});
