/**
 * Writes the client's types from the hub's schemas: `src/event-types.ts` (what a bot may say), `src/event-methods.ts`
 * (one reporter method for each type) and `src/api-types.ts` (the bodies of reads).
 * Run by `npm run generate -w packages/client`; a test refuses files that are out of date.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import * as api from "../../../src/protocol/api.ts";
import { envelope } from "../../../src/protocol/define.ts";
import { eventTypes } from "../../../src/protocol/event-types.ts";
import { pairFill } from "../../../src/protocol/events/order.ts";
import { isOpen, membersText, type Naming } from "./type-text.ts";

const BIOME = fileURLToPath(new URL("../../../node_modules/.bin/biome", import.meta.url));
const NOTICE = "// Written by scripts/generate-types.ts from the hub's schemas. Do not edit.\n";

/** Every generated file by its path, formatted. */
export function generatedFiles(): Map<string, string> {
  const sources = [
    ["event-types.ts", eventTypesText()],
    ["event-methods.ts", eventMethodsText()],
    ["api-types.ts", apiTypesText()],
  ] as const;
  return new Map(
    sources.map(([name, text]) => {
      const path = fileURLToPath(new URL(`../src/${name}`, import.meta.url));
      return [path, formatted(path, `${NOTICE}${text}`)];
    }),
  );
}

const formatted = (path: string, text: string): string =>
  execFileSync(BIOME, ["format", "--stdin-file-path", path], { input: text, encoding: "utf8" });

interface Sayable {
  readonly type: string;
  readonly method: string;
  readonly fields: string;
  readonly schema: z.ZodObject;
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
const camelCase = (type: string): string => type.replace(/[._]([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The types that a bot may say; those of the hub alone are left out. */
const sayable: Sayable[] = Object.entries(eventTypes).flatMap(([type, entry]) => {
  const schema: unknown = entry.schema;
  if ("hubOnly" in entry || !(schema instanceof z.ZodObject)) return [];
  const method = camelCase(type);
  return [{ type, method, fields: `${capitalised(method)}Fields`, schema }];
});

const events: Naming = { nameOf: () => undefined, openObjects: true };

/** The client drops these first when it is full: the newest value is what counts. */
const DROPPED_FIRST = Object.entries(eventTypes).flatMap(([type, entry]) =>
  entry.class === "sample" || type === "mark" || type === "edge" ? [type] : [],
);

/** Said in the type, so that a fill which lacks one of them by mistake is not taken for a pair trade. */
const PAIR_FILL_LACKS = ["venue", "symbol", "side", "price"];

function eventTypesText(): string {
  const told = new Map<string, string>();
  const interfaces = sayable.map(({ type, fields, schema }) => {
    const members = ownMembers(schema).join("\n");
    const twin = told.get(members);
    if (twin !== undefined) return `/** The fields of \`${type}\`. */\nexport type ${fields} = ${twin};\n`;
    told.set(members, fields);
    return fieldsText(fields, type, schema);
  });
  return `
/** An exact decimal: text such as "0.1", or a number. A bigint is sent as text. */
export type Decimal = string | number | bigint;
/** A moment: ISO-8601, a Date, or an epoch in s, ms, µs or ns (told apart by magnitude). */
export type Time = string | number | Date;
/** The id of a thing at a venue or in a bot. */
export type Reference = string | number;

/** What any event may carry besides its own fields; the reporter fills in what is left out. */
export interface Envelope {
${membersText(optionalShape(envelope), events).join("\n")}
}
${interfaces.join("\n")}
/** A \`fill\` that is a pair trade in cents and USD: it has neither price nor side. */
export interface PairFillFields extends Envelope {
${[...ownMembers(pairFill), ...PAIR_FILL_LACKS.map((field) => `  ${field}?: undefined;`)].join("\n")}
}

/** The fields of every event type that a bot may say. */
export interface EventFields {
${sayable.map(({ type, fields }) => `  ${JSON.stringify(type)}: ${type === "fill" ? `${fields} | PairFillFields` : fields};`).join("\n")}
}

export type EventType = keyof EventFields;

/** Types whose events are dropped first when the queue is full: only their newest value counts. */
export const sampleTypes: ReadonlySet<string> = new Set(${JSON.stringify(DROPPED_FIRST)});
`;
}

const optionalShape = (shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> =>
  Object.fromEntries(
    Object.entries(shape).map(([name, schema]) => [name, schema instanceof z.ZodOptional ? schema : schema.optional()]),
  );

function fieldsText(name: string, type: string, schema: z.ZodObject): string {
  return `/** The fields of \`${type}\`. */
export interface ${name} extends Envelope {
${ownMembers(schema).join("\n")}
}
`;
}

function ownMembers(schema: z.ZodObject): string[] {
  const own = Object.entries(schema.shape).filter(
    ([field, value]) => field !== "type" && !(field in envelope) && !isAbsent(value),
  );
  return membersText(Object.fromEntries(own), events);
}

/** A field that must not be there (the price of a pair fill). */
const isAbsent = (schema: z.core.$ZodType): boolean =>
  schema instanceof z.ZodOptional && schema.unwrap() instanceof z.ZodUndefined;

/** Said with plain arguments instead of an object. */
const BY_HAND = new Set(["error", "threshold_breach"]);

function eventMethodsText(): string {
  const methods = sayable.filter(({ type }) => !BY_HAND.has(type));
  const names = methods.map(({ fields }) => fields);
  return `import type { ${[...names, "PairFillFields"].sort().join(", ")} } from "./event-types.ts";

/** One method for each event type. All return at once, throw nothing and give back nothing. */
export interface EventMethods {
${methods.map((entry) => `  /** Reports \`${entry.type}\`. */\n  ${entry.method}(${parameterText(entry)}): void;`).join("\n")}
}

/** The methods, each handing its event to \`report\`. */
export const eventMethods = (report: (type: string, fields: unknown) => void): EventMethods => ({
${methods.map(({ type, method, schema }) => `  ${method}: (event${hasRequired(schema) ? "" : " = {}"}) => report(${JSON.stringify(type)}, event),`).join("\n")}
});
`;
}

function parameterText({ type, fields, schema }: Sayable): string {
  const type_ = type === "fill" ? `${fields} | PairFillFields` : fields;
  return `event${hasRequired(schema) ? "" : "?"}: ${type_}`;
}

const hasRequired = (schema: z.ZodObject): boolean =>
  Object.entries(schema.shape).some(
    ([field, value]) => field !== "type" && !(field in envelope) && !(value instanceof z.ZodOptional),
  );

function apiTypesText(): string {
  // Sorted, because not every loader lists a module's exports in the same order.
  const exported = Object.entries(api).sort(([a], [b]) => (a < b ? -1 : 1));
  // A text that several bodies share, such as a time, has no name of its own in the types.
  const schemas = exported.flatMap(([name, schema]) =>
    schema instanceof z.ZodType && !(schema instanceof z.ZodString) ? [[name, schema] as const] : [],
  );
  const names = new Map<z.core.$ZodType, string>(schemas.map(([name, schema]) => [schema, capitalised(name)]));
  const naming: Naming = { nameOf: (schema) => names.get(schema), openObjects: true };
  return schemas.map(([name, schema]) => apiTypeText(name, schema, naming)).join("\n");
}

function apiTypeText(name: string, schema: z.ZodType, naming: Naming): string {
  if (!(schema instanceof z.ZodObject)) {
    const options = schema instanceof z.ZodEnum ? schema.options.map((value) => JSON.stringify(value)).join(" | ") : "";
    if (options === "") throw new Error(`no type for the exported schema ${name}`);
    return `export type ${capitalised(name)} = ${options};\n`;
  }
  const open = isOpen(schema) ? "  [field: string]: unknown;\n" : "";
  return `export interface ${capitalised(name)} {\n${membersText(schema.shape, naming).join("\n")}\n${open}}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of generatedFiles()) writeFileSync(path, text);
}
