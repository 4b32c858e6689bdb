import { z } from "zod";
import { canonicalTime } from "../base/time.ts";
import { err, ok, type Result } from "../base/result.ts";
import { canonicalDecimal } from "../domain/decimal.ts";
import type { Rejection } from "./errors.ts";
import { type DeskEvent, type EventTypeName, eventTypes } from "./event-types.ts";
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
  const body = input as Loose;
  const known = knownType(body["type"]);
  if (!forgetNulls(body, known?.fields.levels ?? []))
    return refused("invalid_event", "", `expected at most ${LEVELS_MAX} levels of objects and arrays, found more`);
  if (known === undefined) return unknownType(body["type"]);
  const presumed = speaker === "bot" ? saidByHubAlone(known, body) : undefined;
  if (presumed !== undefined)
    return refused("invalid_event", presumed.path, `${presumed.what} is said by the hub alone; leave it out`);
  // Also where the letters are the same: see `withOwnType`.
  body["type"] = known.type;
  const parser = known.type === "fill" && isPairShape(body) ? pairParser : known;
  const checked = parser.fits(body) ? ok(body) : checkedBySchema(body, parser.schema);
  if (!checked.ok) return checked;
  canonicalise(checked.value, parser.fields);
  return ok(checked.value as DeskEvent);
}

function saidByHubAlone({ type, isOfTheHub }: Known, body: Loose): { path: string; what: string } | undefined {
  if (isOfTheHub) return { path: "type", what: type };
  return body["read_by"] === undefined ? undefined : { path: "read_by", what: "read_by" };
}

function checkedBySchema(body: Loose, schema: z.ZodType): Result<Loose, Rejection> {
  const parsed = schema.safeParse(body);
  return parsed.success ? ok(parsed.data as Loose) : fromZod(parsed.error, body);
}

/** What goes deeper says nothing that a desk needs, and what writes it as text again could not. */
const LEVELS_MAX = 32;

/** Takes out the fields that are null; false where others go too deep, but for `flat` ones: their schema tells. */
function forgetNulls(body: Loose, flat: readonly string[]): boolean {
  for (const name in body) {
    const value = body[name];
    if (value === null) delete body[name];
    else if (typeof value === "object" && !flat.includes(name) && deeperThan(value, LEVELS_MAX - 1)) return false;
  }
  return true;
}

function deeperThan(value: object, levels: number): boolean {
  if (levels === 0) return true;
  const isDeep = (item: unknown): boolean => typeof item === "object" && item !== null && deeperThan(item, levels - 1);
  if (Array.isArray(value)) return value.some(isDeep);
  for (const name in value) if (isDeep((value as Loose)[name])) return true;
  return false;
}

/** Document 3 writes ORDER_PLACED for order.placed; any case is fine. */
function knownType(name: unknown): Known | undefined {
  if (typeof name !== "string" || name.length > 64) return undefined;
  const known = types.get(name);
  if (known !== undefined) return known;
  const lower = name.toLowerCase();
  return types.get(lower) ?? types.get(lower.replace(/^(order|position)_/, "$1."));
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
    if (value === undefined) continue;
    const canonical = canonicalValue(value, kind);
    if (canonical !== value) body[name] = canonical;
  }
  for (const [name, inner] of fields.nested)
    for (const item of (body[name] as Loose[] | undefined) ?? []) canonicalise(item, inner);
  for (const name of fields.levels) canonicaliseLevels(body[name] as Level[]);
}

type Level = [price: string | number, size: string | number];

/** Each level is made anew: a list of numbers would be made another kind of list for the first text in it. */
function canonicaliseLevels(levels: Level[]): void {
  for (let index = 0; index < levels.length; index++) {
    const [price, size] = levels[index] as Level;
    (levels as unknown[])[index] = [canonicalDecimal(price), canonicalDecimal(size)];
  }
}

function canonicalValue(value: unknown, kind: FieldKind): unknown {
  switch (kind) {
    case "decimal":
      return canonicalDecimal(value as string | number);
    case "reference":
      return typeof value === "string" ? value : String(value);
    case "time":
      return canonicalTime(value) ?? value;
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

/** An event type, and how it is read. */
interface Known extends Parser {
  readonly type: EventTypeName;
  /** Refused from anybody else. */
  readonly isOfTheHub: boolean;
}

const types: ReadonlyMap<string, Known> = new Map(
  Object.entries(eventTypes).map(([name, entry]) => {
    const type = name as EventTypeName;
    return [name, { ...parserOf(entry.schema as unknown as z.ZodObject), type, isOfTheHub: "hubOnly" in entry }];
  }),
);

const pairParser = parserOf(pairFill);

function unknownType(found: unknown): Result<never, Rejection> {
  return found === undefined
    ? refused("invalid_event", "type", "expected an event type such as fill or heartbeat, found nothing")
    : refused("unknown_type", "type", `expected one of the event types in /docs, found ${shown(found)}`);
}

function fromZod(error: z.ZodError, body: Loose): Result<never, Rejection> {
  const issue = error.issues[0];
  const path = issue?.path ?? [];
  const message = (issue?.message ?? "not valid").replace(/, received \w+$/, "");
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
