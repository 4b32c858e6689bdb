import { Draft, plainCopy } from "./draft.ts";
import { serialise } from "./serialise.ts";

/** What every event of a reporter says of itself, unless the event says otherwise. */
export interface Defaults {
  readonly bot: string;
  readonly mode?: string | undefined;
  readonly strategy?: string | undefined;
  readonly account?: string | undefined;
}

export interface LineOptions {
  readonly defaults: Defaults;
  /** Wall clock in ms, and how it is written. */
  readonly now: () => number;
  readonly isoOf: (ms: number) => string;
  readonly nextId: () => string;
}

/** Far below what the hub takes in one request. */
const CHARS_MAX = 1_000_000;
/** The latest time that a `Date` holds. */
const TIME_MAX_MS = 8.64e15;
/** What a line has besides the fields, more or less. */
const CHARS_AROUND = 120;

/**
 * Drafts an event: its fields as they are now, then what is missing of type, bot, mode, strategy, account, id and ts.
 * `type` undefined means that the fields say it. Throws when no event can be made of it.
 */
export function createDrafter({ defaults, now, isoOf, nextId }: LineOptions) {
  const entries = Object.entries(defaults).flatMap(([name, value]): [string, string][] =>
    typeof value === "string" ? [[name, `,${JSON.stringify(name)}:${JSON.stringify(value)}`]] : [],
  );
  const all = entries.map(([, text]) => text).join("");
  const typeTexts = new Map<string, string>();

  const typeText = (type: string | undefined): string => {
    if (type === undefined) return "";
    const known = typeTexts.get(type);
    if (known !== undefined) return known;
    const text = `,"type":${JSON.stringify(type)}`;
    typeTexts.set(type, text);
    return text;
  };

  const defaultsText = (fields: object): string =>
    entries.some(([name]) => isGiven(fields, name))
      ? entries.map(([name, text]) => (isGiven(fields, name) ? "" : text)).join("")
      : all;

  const lineOf = (type: string | undefined, fields: object, at: number): string => {
    const body = serialise(fields);
    if (body === undefined) throw new TypeError(`an event that cannot be read${type === undefined ? "" : `: ${type}`}`);
    if (body.length > CHARS_MAX) throw new RangeError(`an event of ${body.length} characters is too large`);
    const id = isGiven(fields, "id") ? "" : `,"id":"${nextId()}"`;
    const ts = isGiven(fields, "ts") ? "" : `,"ts":"${isoOf(at)}"`;
    const rest = `${typeText(type)}${defaultsText(fields)}${id}${ts}}`;
    return body.length === 2 ? `{${rest.slice(1)}` : body.slice(0, -1) + rest;
  };

  return (type: string | undefined, fields: object): Draft => {
    const at = now();
    const plain = plainCopy(fields);
    // Of a clock that tells no time it has to be said now.
    if (plain === undefined || !(Math.abs(at) <= TIME_MAX_MS)) return new Draft(lineOf(type, fields, at));
    return new Draft(() => lineOf(type, plain.fields, at), plain.chars + CHARS_AROUND);
  };
}

function isGiven(fields: object, name: string): boolean {
  try {
    const value = (fields as Readonly<Record<string, unknown>>)[name];
    return value !== undefined && value !== null;
  } catch {
    // It throws when it is read: ours follows, and the last one of a name counts.
    return false;
  }
}
