import { z } from "zod";
import { parseTime } from "../base/time.ts";
import { canonicalDecimal, type DecimalText, isPlainNumber } from "../domain/decimal.ts";
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
const PRINTABLE = /^[^\u0000-\u001f\u007f\p{Cs}]+$/u;

const quickChecks = new WeakMap<object, (value: unknown) => boolean>();

/** What tells without more ado that a value fits a schema; undefined for a schema that has no such check. */
export const quickCheckOf = (schema: object): ((value: unknown) => boolean) | undefined => quickChecks.get(schema);

/** Notes that whatever `isValid` accepts fits the schema; what it does not accept gets its message from the schema. */
function quick<T extends z.ZodType>(schema: T, isValid: (value: unknown) => boolean): T {
  quickChecks.set(schema, isValid);
  return schema;
}

const isText = (value: unknown, max: number): boolean =>
  typeof value === "string" && value.length > 0 && value.length <= max && (isPlain(value) || PRINTABLE.test(value));

/** Whether all of it is printable ASCII, as nearly every name is: told sooner than by a pattern. */
function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < SPACE || code > TILDE) return false;
  }
  return true;
}

const SPACE = 0x20;
const TILDE = 0x7e;

/** Printable text of 1 to `max` characters. */
export const text = (max: number) =>
  quick(
    z
      .string()
      .min(1)
      .max(max)
      .regex(PRINTABLE, { error: "expected text without control characters or halves of surrogate pairs" }),
    (value) => isText(value, max),
  );

/** Free text of up to `max` characters; line breaks are fine. */
export const prose = (max: number) =>
  quick(z.string().max(max), (value) => typeof value === "string" && value.length <= max);

const BOT_NAME = /^[A-Za-z0-9._:-]{1,64}$/;

/** A bot's name: 1–64 of `A-Za-z0-9._:-`. */
export const botName = quick(
  z.string().regex(BOT_NAME, {
    error: (issue) => `expected 1 to 64 of A-Z a-z 0-9 . _ : -, found ${shown(issue.input)}`,
  }),
  (value) => typeof value === "string" && BOT_NAME.test(value),
);

/** A field of its own kind: `isValid` is the whole check. */
const custom = <T>(kind: FieldKind, isValid: (value: unknown) => boolean, expected: string) =>
  tagged(
    kind,
    quick(z.custom<T>(isValid, { error: (issue) => `expected ${expected}, found ${shown(issue.input)}` }), isValid),
  );

/** The id of a thing at a venue or in a bot (order, fill, transaction): text, or a safe integer, kept as text. */
export const reference = custom<string>(
  "reference",
  (value) => isText(value, 128) || Number.isSafeInteger(value),
  "an id of 1 to 128 printable characters",
);

export const venue = text(64);
export const symbol = text(256);
export const currency = text(64);

/** −1, 0 or 1 for a decimal; undefined for what is none. */
function signOf(value: unknown): number | undefined {
  if (typeof value === "number" && isPlainNumber(value)) return Math.sign(value);
  const given = typeof value === "string" || typeof value === "number" ? canonicalDecimal(value) : undefined;
  if (given === undefined) return undefined;
  return given === "0" ? 0 : given.charCodeAt(0) === MINUS ? -1 : 1;
}

const MINUS = 45;

/** An exact decimal, as a string or a number. */
export const decimal = custom<DecimalText>("decimal", (value) => signOf(value) !== undefined, "a decimal");

/** A decimal above zero. */
export const positiveDecimal = custom<DecimalText>("decimal", (value) => signOf(value) === 1, "a decimal above 0");

/** A decimal of zero or more. */
export const nonNegativeDecimal = custom<DecimalText>(
  "decimal",
  (value) => (signOf(value) ?? -1) >= 0,
  "a decimal of 0 or more",
);

/** A moment in any accepted form; stored as ISO-8601 in UTC. */
export const time = custom<string>(
  "time",
  (value) => parseTime(value) !== undefined,
  "ISO-8601 or an epoch in s, ms, µs or ns",
);

const numerics = new WeakMap<object, z.ZodNumber>();

/** What a number that may be written as text is once it is read; undefined for any other schema. */
export const numberOf = (schema: object): z.ZodNumber | undefined => numerics.get(schema);

/** A float that may be written as a decimal text too, as money often is. It is a number from then on. */
function numeric(schema: z.ZodNumber) {
  const field = z.preprocess((value: string | number) => numberOfWritten(value), schema);
  numerics.set(field, schema);
  return field;
}

/** What is no decimal stays what it is, for the schema to refuse. */
function numberOfWritten(value: string | number): string | number {
  const text = typeof value === "string" ? canonicalDecimal(value) : undefined;
  return text === undefined ? value : Number(text);
}

/** A finite float: statistics, latencies, cents of an edge. */
export const number = numeric(z.number());
export const nonNegativeNumber = numeric(z.number().nonnegative());
/** From 0 to 1. */
export const ratio = numeric(z.number().min(0).max(1));
/** Seconds above 0, up to a day. */
export const seconds = numeric(z.number().positive().max(86_400));
export const count = quick(
  z.number().int().nonnegative(),
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);

export const side = z.enum(["buy", "sell"]);
export const mode = z.enum(["live", "paper", "simulate", "demo"]);
export const severity = z.enum(["low", "medium", "high", "critical"]);

/** An offending value as an error message shows it: short, and never a whole body. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const json = briefJson(value, 81);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
