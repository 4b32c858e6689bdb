import { z } from "zod";
import { parseTime } from "../base/time.ts";
import { canonicalDecimal, type DecimalText } from "../domain/decimal.ts";
import { briefJson } from "./brief-json.ts";

/** How a validated field is brought into its one canonical form before an event is stored. */
export type FieldKind = "decimal" | "time" | "reference";

const kinds = new WeakMap<object, FieldKind>();

function tagged<T extends z.ZodType>(kind: FieldKind, schema: T): T {
  kinds.set(schema, kind);
  return schema;
}

/** The kind of a field's schema, seen through `optional`; undefined for a field that is stored as it came. */
export function fieldKind(schema: unknown): FieldKind | undefined {
  if (schema instanceof z.ZodOptional) return fieldKind(schema.unwrap());
  return typeof schema === "object" && schema !== null ? kinds.get(schema) : undefined;
}

/** The JSON Schema of a tagged field, for OpenAPI and the generated client types. */
export const kindJsonSchema: Record<FieldKind, object> = {
  decimal: { anyOf: [{ type: "string", format: "decimal" }, { type: "number" }], description: "an exact decimal" },
  time: {
    anyOf: [{ type: "string", format: "date-time" }, { type: "number" }],
    description: "ISO-8601, or an epoch in s, ms, µs or ns",
  },
  reference: { anyOf: [{ type: "string", maxLength: 128 }, { type: "integer" }] },
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
const PRINTABLE = /^[^\u0000-\u001f\u007f]+$/;

/** Printable text of 1 to `max` characters. */
export const text = (max: number) =>
  z.string().min(1).max(max).regex(PRINTABLE, { error: "expected text without control characters" });

/** Free text of up to `max` characters; line breaks are fine. */
export const prose = (max: number) => z.string().max(max);

/** A bot's name: 1–64 of `A-Za-z0-9._:-`. */
export const botName = z.string().regex(/^[A-Za-z0-9._:-]{1,64}$/, {
  error: (issue) => `expected 1 to 64 of A-Z a-z 0-9 . _ : -, found ${shown(issue.input)}`,
});

/** The id of a thing at a venue or in a bot (order, fill, transaction): text, or a safe integer, kept as text. */
export const reference = tagged(
  "reference",
  z.custom<string>(
    (value) =>
      typeof value === "string"
        ? value.length > 0 && value.length <= 128 && PRINTABLE.test(value)
        : Number.isSafeInteger(value),
    { error: (issue) => `expected an id of 1 to 128 printable characters, found ${shown(issue.input)}` },
  ),
);

export const venue = text(64);
export const symbol = text(256);
export const currency = text(64);

/** An exact decimal, as a string or a number. */
export const decimal = tagged(
  "decimal",
  z.custom<DecimalText>(
    (value) => (typeof value === "string" || typeof value === "number") && canonicalDecimal(value) !== undefined,
    { error: (issue) => `expected a decimal, found ${shown(issue.input)}` },
  ),
);

/** A decimal above zero. */
export const positiveDecimal = tagged(
  "decimal",
  z.custom<DecimalText>(
    (value) => {
      const text = typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined;
      return text !== undefined && text !== "0" && text.charCodeAt(0) !== 45;
    },
    { error: (issue) => `expected a decimal above 0, found ${shown(issue.input)}` },
  ),
);

/** A decimal of zero or more. */
export const nonNegativeDecimal = tagged(
  "decimal",
  z.custom<DecimalText>(
    (value) => {
      const text = typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined;
      return text !== undefined && text.charCodeAt(0) !== 45;
    },
    { error: (issue) => `expected a decimal of 0 or more, found ${shown(issue.input)}` },
  ),
);

/** A moment in any accepted form; stored as ISO-8601 in UTC. */
export const time = tagged(
  "time",
  z.custom<string>((value) => parseTime(value) !== undefined, {
    error: (issue) => `expected ISO-8601 or an epoch in s, ms, µs or ns, found ${shown(issue.input)}`,
  }),
);

/** A finite float: statistics, latencies, cents of an edge. */
export const number = z.number();
export const count = z.number().int().nonnegative();

export const side = z.enum(["buy", "sell"]);
export const mode = z.enum(["live", "paper", "simulate", "demo"]);
export const severity = z.enum(["low", "medium", "high", "critical"]);

/** An offending value as an error message shows it: short, and never a whole body. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = briefJson(value, 81);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
