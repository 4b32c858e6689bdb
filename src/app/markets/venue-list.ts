import { z } from "zod";
import type { VenueKind } from "../../venues/core/venue.ts";
import { venueKinds } from "../../venues/registry.ts";

/** A venue to watch, from the YAML file. */
export interface VenueEntry {
  readonly kind: VenueKind;
  /** How it is called in events. */
  readonly name: string;
  readonly markets: readonly string[];
  /** Settings of the kind, by name. */
  readonly settings: Readonly<Record<string, string>>;
}

const MARKETS_MAX = 10_000;
const OWN_KEYS: ReadonlySet<string> = new Set(["venue", "name", "markets"]);
const kindNames = venueKinds.map(({ name }) => name).join(", ");

const market = z.union([z.string().min(1), z.number()]).transform(String);

/** The keys of every entry; all others are settings of its kind. */
const entrySchema = z
  .looseObject({
    venue: z.string(),
    name: z.string().min(1).max(64).optional(),
    markets: z.array(market).max(MARKETS_MAX).default([]),
  })
  .transform((entry, context): VenueEntry => {
    const { venue, name = venue, markets, ...more } = entry;
    const kind = venueKinds.find((known) => known.name === venue);
    if (kind === undefined) {
      context.issues.push({
        code: "custom",
        input: venue,
        path: ["venue"],
        message: `expected one of ${kindNames}, found ${venue}`,
      });
      return z.NEVER;
    }
    const settings: Record<string, string> = {};
    for (const [key, value] of Object.entries(more)) {
      const problem = settingProblem(kind, key, value);
      if (problem !== undefined) context.issues.push({ code: "custom", input: value, path: [key], message: problem });
      settings[key] = String(value);
    }
    return { kind, name, markets: [...new Set(markets)], settings };
  });

function settingProblem({ name, settings }: VenueKind, key: string, value: unknown): string | undefined {
  if (OWN_KEYS.has(key) || Object.hasOwn(settings, key))
    return ["string", "number", "boolean"].includes(typeof value)
      ? undefined
      : "expected a text, a number, true or false, found none of them";
  return `expected a setting of ${name} (${Object.keys(settings).join(", ")}), found another name`;
}

/** `venues` of the YAML file: which markets are watched where. Two entries of one venue need names of their own. */
export const venueListSchema = z
  .array(entrySchema)
  .max(100)
  .superRefine((entries, context) => {
    const names = entries.map(({ name }) => name);
    const twice = names.findIndex((name, index) => names.indexOf(name) < index);
    if (twice >= 0)
      context.addIssue({
        code: "custom",
        path: [twice, "name"],
        message: `expected another name than that of an entry before it, found ${names[twice]}`,
      });
  });
