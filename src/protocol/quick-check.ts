import { z } from "zod";
import { numberOf, quickCheckOf } from "./fields.ts";

/** True when an object surely fits its schema; false says nothing, then the schema itself decides and explains. */
export type ObjectCheck = (body: Readonly<Record<string, unknown>>) => boolean;

type ValueCheck = (value: unknown) => boolean;

/**
 * Checks the fields of an object where they are. A schema copies what it checks and makes an object for every field it
 * knows, present or not; for the usual event, which is valid, that was half of the memory that its way in took.
 */
export function objectCheck(schema: z.ZodObject): ObjectCheck {
  const refinements = refinementsOf(schema);
  if (refinements === undefined) return () => false;
  const checks = new Map<string, ValueCheck>();
  const required: string[] = [];
  for (const [name, field] of Object.entries(schema.shape)) {
    checks.set(name, valueCheck(field));
    if (!(field instanceof z.ZodOptional)) required.push(name);
  }
  return (body) => {
    for (const name of required) if (body[name] === undefined) return false;
    return fieldsFit(body, checks) && refinements.every((holds) => holds(body));
  };
}

function fieldsFit(body: Readonly<Record<string, unknown>>, checks: ReadonlyMap<string, ValueCheck>): boolean {
  for (const name in body) {
    const check = checks.get(name);
    if (check === undefined ? name === "__proto__" : !check(body[name])) return false;
  }
  return true;
}

/** What `refine` says of the object as a whole; undefined when it has other checks besides. */
function refinementsOf(schema: z.ZodObject): ObjectCheck[] | undefined {
  const refinements: ObjectCheck[] = [];
  for (const { _zod } of schema._zod.def.checks ?? []) {
    const { check, fn } = _zod.def as { readonly check: string; readonly fn?: unknown };
    if (check !== "custom" || typeof fn !== "function") return undefined;
    refinements.push((body) => Boolean(fn(body)));
  }
  return refinements;
}

/** Above so many a set is quicker than looking at each; nearly all are texts, of which V8 compares the addresses first. */
const FEW = 8;

function oneOf(values: ReadonlySet<unknown>): ValueCheck {
  if (values.size > FEW) return (value) => values.has(value);
  const few = [...values];
  return (value) => {
    for (const each of few) if (value === each) return true;
    return false;
  };
}

function valueCheck(schema: z.core.$ZodType): ValueCheck {
  if (schema instanceof z.ZodOptional) {
    const inner = valueCheck(schema.unwrap());
    return (value) => value === undefined || inner(value);
  }
  const quick = quickCheckOf(schema);
  if (quick !== undefined) return quick;
  const { values } = schema._zod;
  if (values !== undefined) return oneOf(values);
  if (schema instanceof z.ZodBoolean) return (value) => typeof value === "boolean";
  return (
    ofNumber(numberOf(schema) ?? schema) ?? ofParts(schema) ?? ((value) => z.core.safeParse(schema, value).success)
  );
}

/** A bound, as a check of a schema describes it. */
interface Bound {
  readonly check: string;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
}

const boundsOf = (schema: z.core.$ZodType): readonly Bound[] =>
  (schema._zod.def.checks ?? []).map(({ _zod }) => _zod.def as unknown as Bound);

function ofNumber(schema: z.core.$ZodType): ValueCheck | undefined {
  if (!(schema instanceof z.ZodNumber)) return undefined;
  const bounds = boundsOf(schema).map(numberBound);
  if (bounds.length === 0) return Number.isFinite;
  if (!bounds.every((bound) => bound !== undefined)) return undefined;
  return (value) => Number.isFinite(value) && bounds.every((holds) => holds(value as number));
}

function numberBound({ check, value = 0, inclusive = false }: Bound): ((given: number) => boolean) | undefined {
  if (check === "greater_than") return (given) => given > value || (inclusive && given === value);
  if (check === "less_than") return (given) => given < value || (inclusive && given === value);
  return undefined;
}

/** What is made of parts: lists, tuples such as the levels of a book, records, and objects that may have more fields. */
function ofParts(schema: z.core.$ZodType): ValueCheck | undefined {
  if (schema instanceof z.ZodArray) return listCheck(schema);
  if (schema instanceof z.ZodTuple) return tupleCheck(schema);
  if (schema instanceof z.ZodRecord) return recordCheck(schema);
  if (!(schema instanceof z.ZodObject) || !(schema._zod.def.catchall instanceof z.ZodUnknown)) return undefined;
  const fits = objectCheck(schema);
  return (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && fits(value as Record<string, unknown>);
}

function listCheck(schema: z.ZodArray): ValueCheck | undefined {
  let [min, max] = [0, Number.POSITIVE_INFINITY];
  for (const { check, minimum, maximum } of boundsOf(schema)) {
    if (check === "min_length" && minimum !== undefined) min = minimum;
    else if (check === "max_length" && maximum !== undefined) max = maximum;
    else return undefined;
  }
  const item = valueCheck(schema.element);
  return (value) => Array.isArray(value) && value.length >= min && value.length <= max && value.every(item);
}

/** A schema that is asked would say yes to a number written as text, which only the schema itself makes a number of. */
function recordCheck(schema: z.ZodRecord): ValueCheck | undefined {
  const { keyType, valueType, checks = [] } = schema._zod.def;
  if (checks.length > 0) return undefined;
  const [nameFits, fits] = [valueCheck(keyType), valueCheck(valueType)];
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    for (const name in value)
      if (name === "__proto__" || !nameFits(name) || !fits((value as Record<string, unknown>)[name])) return false;
    return true;
  };
}

function tupleCheck(schema: z.ZodTuple): ValueCheck | undefined {
  const { items, rest, checks = [] } = schema._zod.def;
  if (rest !== null || checks.length > 0) return undefined;
  const parts = items.map(valueCheck);
  return (value) =>
    Array.isArray(value) && value.length === parts.length && parts.every((fits, index) => fits(value[index]));
}
