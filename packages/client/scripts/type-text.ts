import { z } from "zod";
import { fieldKind, numberOf } from "../../../src/protocol/fields.ts";

/** How schemas that have a name of their own, and fields in a canonical form, are written. */
export interface Naming {
  /** The name of an exported schema; undefined for one that is written in place. */
  readonly nameOf: (schema: z.core.$ZodType) => string | undefined;
  /** Whether `[field: string]: unknown` follows the fields of loose objects. */
  readonly openObjects: boolean;
}

const kindNames = { decimal: "Decimal", time: "Time", reference: "Reference" } as const;

/** The TypeScript type of a schema. Throws on a kind of schema that no event uses yet, so that none is lost. */
function typeText(schema: z.core.$ZodType, naming: Naming): string {
  const kind = fieldKind(schema);
  if (kind !== undefined) return kindNames[kind];
  if (numberOf(schema) !== undefined) return "number | string";
  const name = naming.nameOf(schema);
  if (name !== undefined) return name;
  return simpleText(schema) ?? compositeText(schema, naming);
}

/** The members of an interface, one field a line, descriptions as comments. */
export function membersText(shape: Readonly<Record<string, z.core.$ZodType>>, naming: Naming): string[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const optional = schema instanceof z.ZodOptional;
    const inner = optional ? schema.unwrap() : schema;
    const description = describe(inner) ?? describe(schema);
    const comment = description === undefined ? [] : [`  /** ${description} */`];
    const type = typeText(inner, naming);
    return [...comment, `  ${name}${optional ? "?" : ""}: ${type}${optional ? " | undefined" : ""};`];
  });
}

const describe = (schema: z.core.$ZodType): string | undefined =>
  schema instanceof z.ZodType ? schema.description : undefined;

function simpleText(schema: z.core.$ZodType): string | undefined {
  if (schema instanceof z.ZodString) return "string";
  if (schema instanceof z.ZodNumber) return "number";
  if (schema instanceof z.ZodBoolean) return "boolean";
  if (schema instanceof z.ZodUnknown) return "unknown";
  if (schema instanceof z.ZodEnum) return schema.options.map((option) => JSON.stringify(option)).join(" | ");
  if (schema instanceof z.ZodLiteral) return [...schema.values].map((value) => JSON.stringify(value)).join(" | ");
  return undefined;
}

function compositeText(schema: z.core.$ZodType, naming: Naming): string {
  if (schema instanceof z.ZodNullable) return `${typeText(schema.unwrap(), naming)} | null`;
  if (schema instanceof z.ZodUnion) return schema.options.map((option) => typeText(option, naming)).join(" | ");
  if (schema instanceof z.ZodArray) return arrayText(typeText(schema.element, naming));
  if (schema instanceof z.ZodTuple) {
    return `readonly [${schema.def.items.map((item) => typeText(item, naming)).join(", ")}]`;
  }
  if (schema instanceof z.ZodRecord) return `Readonly<Record<string, ${typeText(schema.valueType, naming)}>>`;
  if (schema instanceof z.ZodObject) {
    return `{\n${membersText(schema.shape, naming).join("\n")}\n${openText(schema, naming)}}`;
  }
  throw new Error(`no TypeScript type for the schema kind ${schema._zod.def.type}`);
}

const arrayText = (element: string): string =>
  /^\w+$/.test(element) ? `readonly ${element}[]` : `ReadonlyArray<${element}>`;

const openText = (schema: z.ZodObject, naming: Naming): string =>
  naming.openObjects && isOpen(schema) ? " [field: string]: unknown;" : "";

/** Whether an object keeps fields that its schema does not name. */
export const isOpen = (schema: z.ZodObject): boolean => schema.def.catchall instanceof z.ZodUnknown;
