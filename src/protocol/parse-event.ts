import { z } from "zod";
import { isCanonicalIso, isoFromMicros, parseTime } from "../base/time.ts";
import { err, ok, type Result } from "../base/result.ts";
import { canonicalDecimal } from "../domain/decimal.ts";
import type { Rejection } from "./errors.ts";
import { type DeskEvent, type EventTypeName, eventTypes, isEventType } from "./event-types.ts";
import { pairFill } from "./events/order.ts";
import { type ObjectCheck, objectCheck } from "./quick-check.ts";
import { type FieldKind, fieldKind, shown } from "./fields.ts";

type Loose = Record<string, unknown>;

/** Who says the event: only the hub itself may say the types that are its own. */
export type Speaker = "bot" | "hub";

/**
 * The one door from `unknown` to an event: checks it, and brings it into canonical form (decimals as canonical texts,
 * times as ISO-8601 in UTC, ids as text, no nulls, type names in lower case with dots). Takes over the given object.
 */
export function parseEvent(input: unknown, speaker: Speaker = "bot"): Result<DeskEvent, Rejection> {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return refused("invalid_event", "", `expected an event object, found ${shown(input)}`);
  if (deeperThan(input, LEVELS_MAX))
    return refused("invalid_event", "", `expected at most ${LEVELS_MAX} levels of objects and arrays, found more`);
  const body = input as Loose;
  for (const name in body) if (body[name] === null) delete body[name];
  const type = canonicalType(body["type"]);
  if (type === undefined || !isEventType(type)) return unknownType(body["type"]);
  const presumed = speaker === "bot" ? saidByHubAlone(type, body) : undefined;
  if (presumed !== undefined)
    return refused("invalid_event", presumed.path, `${presumed.what} is said by the hub alone; leave it out`);
  body["type"] = type;
  const parser = type === "fill" && isPairShape(body) ? pairParser : parsers[type];
  const checked = parser.fits(body) ? ok(body) : checkedBySchema(body, parser.schema);
  if (!checked.ok) return checked;
  canonicalise(checked.value, parser.fields);
  return ok(checked.value as DeskEvent);
}

function saidByHubAlone(type: EventTypeName, body: Loose): { path: string; what: string } | undefined {
  if (hubOnly.has(type)) return { path: "type", what: type };
  return body["read_by"] === undefined ? undefined : { path: "read_by", what: "read_by" };
}

function checkedBySchema(body: Loose, schema: z.ZodType): Result<Loose, Rejection> {
  const parsed = schema.safeParse(body);
  return parsed.success ? ok(parsed.data as Loose) : fromZod(parsed.error, body);
}

/** What goes deeper says nothing that a desk needs, and what writes it as text again could not. */
const LEVELS_MAX = 32;

function deeperThan(value: object, levels: number): boolean {
  if (levels === 0) return true;
  for (const name in value) {
    const item = (value as Loose)[name];
    if (typeof item === "object" && item !== null && deeperThan(item, levels - 1)) return true;
  }
  return false;
}

/** Document 3 writes ORDER_PLACED for order.placed; any case is fine. */
function canonicalType(name: unknown): string | undefined {
  if (typeof name !== "string" || name.length > 64) return undefined;
  if (isEventType(name)) return name;
  const lower = name.toLowerCase();
  if (isEventType(lower)) return lower;
  return lower.replace(/^(order|position)_/, "$1.");
}

/** Document 2's `alert_fill` says no size: then the pair without a venue tells. */
const isPairShape = (body: Loose): boolean =>
  body["price"] === undefined &&
  body["side"] === undefined &&
  (body["size_usd"] !== undefined || (body["pair_id"] !== undefined && body["venue"] === undefined));

/** Fields to be made canonical, with those of the objects in arrays below them. */
interface CanonicalFields {
  readonly own: readonly (readonly [string, FieldKind])[];
  readonly nested: readonly (readonly [string, CanonicalFields])[];
  readonly levels: readonly string[];
}

function canonicalFields(shape: Record<string, unknown>): CanonicalFields {
  const own: [string, FieldKind][] = [];
  const nested: [string, CanonicalFields][] = [];
  const levels: string[] = [];
  for (const [name, schema] of Object.entries(shape)) {
    const kind = fieldKind(schema);
    if (kind !== undefined) own.push([name, kind]);
    const item = schema instanceof z.ZodArray ? schema.element : undefined;
    if (item instanceof z.ZodObject) nested.push([name, canonicalFields(item.shape)]);
    if (item instanceof z.ZodTuple) levels.push(name);
  }
  return { own, nested, levels };
}

function canonicalise(body: Loose, fields: CanonicalFields): void {
  for (const [name, kind] of fields.own) {
    const value = body[name];
    if (value !== undefined) body[name] = canonicalValue(value, kind);
  }
  for (const [name, inner] of fields.nested)
    for (const item of (body[name] as Loose[] | undefined) ?? []) canonicalise(item, inner);
  for (const name of fields.levels)
    body[name] = ((body[name] as unknown[][] | undefined) ?? []).map((level) =>
      level.map((value) => canonicalValue(value, "decimal")),
    );
}

function canonicalValue(value: unknown, kind: FieldKind): unknown {
  switch (kind) {
    case "decimal":
      return canonicalDecimal(value as string | number);
    case "reference":
      return typeof value === "string" ? value : String(value);
    case "time": {
      if (typeof value === "string" && isCanonicalIso(value)) return value;
      const at = parseTime(value);
      return at === undefined ? value : isoFromMicros(at);
    }
  }
}

interface Parser {
  readonly schema: z.ZodType;
  readonly fits: ObjectCheck;
  readonly fields: CanonicalFields;
}

const parserOf = (schema: z.ZodObject): Parser => ({
  schema,
  fits: objectCheck(schema),
  fields: canonicalFields(schema.shape),
});

const parsers = Object.fromEntries(
  Object.entries(eventTypes).map(([name, entry]) => [name, parserOf(entry.schema as unknown as z.ZodObject)]),
) as unknown as Record<EventTypeName, Parser>;

const pairParser = parserOf(pairFill);

const hubOnly = new Set<string>(
  Object.entries(eventTypes).flatMap(([name, entry]) => ("hubOnly" in entry ? [name] : [])),
);

function unknownType(found: unknown): Result<never, Rejection> {
  return found === undefined
    ? refused("invalid_event", "type", "expected an event type such as fill or heartbeat, found nothing")
    : refused("unknown_type", "type", `expected one of the event types in /docs, found ${shown(found)}`);
}

function fromZod(error: z.ZodError, body: Loose): Result<never, Rejection> {
  const issue = error.issues[0];
  const path = issue?.path ?? [];
  const message = issue?.message ?? "not valid";
  const said = message.includes("found") ? message : `${message}, found ${shown(valueAt(body, path))}`;
  return refused("invalid_event", path.map(String).join("."), said.slice(0, 500));
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const key of path)
    value = typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined;
  return value;
}

const refused = (code: Rejection["code"], path: string, message: string): Result<never, Rejection> =>
  err({ code, path, message });
