import { z } from "zod";
import { type EventTypeName, eventTypes } from "../../src/protocol/event-types.ts";
import { fieldKind, numberOf } from "../../src/protocol/fields.ts";

/** Types that a bot may say. */
export const botTypes: readonly EventTypeName[] = Object.entries(eventTypes).flatMap(([name, entry]) =>
  "hubOnly" in entry ? [] : [name as EventTypeName],
);

/** A valid event of a type with every field that its schema knows and that a bot may say. */
export function exampleEvent(type: EventTypeName): Record<string, unknown> {
  const example = exampleOf(eventTypes[type].schema);
  if (typeof example !== "object" || example === null) throw new Error(`${type} is no object`);
  const { read_by: _, ...said } = example as Record<string, unknown>;
  return { ...said, v: 1 };
}

/** A value that a schema accepts; known are the kinds of schema that events are made of. */
function exampleOf(schema: unknown): unknown {
  const kind = fieldKind(schema);
  if (kind !== undefined) return { decimal: "1.5", time: "2026-05-04T00:00:00Z", reference: "ref-1" }[kind];
  if (schema instanceof z.ZodPipe) return exampleOf(numberOf(schema));
  if (schema instanceof z.ZodOptional) return exampleOf(schema.unwrap());
  if (schema instanceof z.ZodObject)
    return Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, exampleOf(field)]));
  if (schema instanceof z.ZodArray) return [exampleOf(schema.element), exampleOf(schema.element)];
  if (schema instanceof z.ZodTuple) return schema.def.items.map(exampleOf);
  if (schema instanceof z.ZodRecord) return { key: exampleOf(schema.valueType) };
  if (schema instanceof z.ZodUnion) return exampleOf(schema.options[0]);
  if (schema instanceof z.ZodEnum) return schema.options[0];
  if (schema instanceof z.ZodLiteral) return [...schema.values][0];
  if (schema instanceof z.ZodString) return "text";
  if (schema instanceof z.ZodNumber) return 1;
  if (schema instanceof z.ZodBoolean) return true;
  throw new Error(`no example for ${schema instanceof z.ZodType ? schema.type : typeof schema}`);
}
