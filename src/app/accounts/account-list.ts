import { z } from "zod";
import { botName, venue as venueName } from "../../protocol/fields.ts";
import { accountKinds } from "../../venues/account-registry.ts";
import type { AccountKind } from "../../venues/core/account.ts";

/** An account to be read, from the YAML file. */
export interface AccountEntry {
  readonly kind: AccountKind;
  /** How the bots call the venue. */
  readonly name: string;
  readonly bots: readonly [string, ...string[]];
  readonly account: string | undefined;
  readonly mode: "live" | "paper" | "simulate" | "demo";
  readonly everyS: number;
  readonly dust: number;
  /** What the account was paid and charged is read too. */
  readonly income: boolean;
  readonly symbols: ReadonlyMap<string, string>;
  /** Environment variables that hold its credentials, by their names in the kind. */
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
}

const kindNames = accountKinds.map(({ name }) => name).join(", ");
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

/** The keys of every entry; all others are settings of its kind. */
const entrySchema = z
  .looseObject({
    venue: z.string(),
    name: venueName.optional(),
    bots: z.tuple([botName], botName).refine((bots) => new Set(bots).size === bots.length, { error: "each bot once" }),
    account: z.string().min(1).max(128).optional(),
    mode: z.enum(["live", "paper", "simulate", "demo"]).default("live"),
    every_s: z.number().min(5).max(3_600).default(30),
    dust: z.number().nonnegative().default(1),
    income: z.boolean().default(false),
    symbols: z.record(z.string().min(1), z.string().min(1)).default({}),
    credentials: z
      .record(z.string(), z.string().regex(VARIABLE, { error: "the name of an environment variable" }))
      .default({}),
  })
  .transform((entry, context): AccountEntry => {
    const { venue, name = venue, bots, account, mode, every_s, dust, income, symbols, credentials, ...more } = entry;
    const kind = accountKinds.find((known) => known.name === venue);
    if (kind === undefined) {
      context.issues.push({
        code: "custom",
        input: venue,
        path: ["venue"],
        message: `expected one of ${kindNames}, found ${venue}`,
      });
      return z.NEVER;
    }
    const problem = (path: PropertyKey[], input: unknown, message: string): void =>
      void context.issues.push({ code: "custom", input, path, message });
    const settings: Record<string, string> = {};
    for (const [key, value] of Object.entries(more)) {
      if (!Object.hasOwn(kind.settings, key))
        problem(
          [key],
          value,
          `expected a setting of ${venue} (${Object.keys(kind.settings).join(", ")}), found another name`,
        );
      settings[key] = String(value);
    }
    const wanted = Object.keys(kind.credentials);
    for (const key of Object.keys(credentials))
      if (!wanted.includes(key))
        problem(["credentials", key], key, `expected one of ${wanted.join(", ")}, found another name`);
    return {
      kind,
      name,
      bots,
      account,
      mode,
      everyS: every_s,
      dust,
      income,
      symbols: new Map(Object.entries(symbols)),
      variables: credentials,
      settings,
    };
  });

/** `venue_accounts` of the YAML file. A bot has one account at each venue. */
export const accountListSchema = z
  .array(entrySchema)
  .max(100)
  .superRefine((entries, context) => {
    const seen = new Set<string>();
    entries.forEach((entry, index) => {
      if (entry === z.NEVER) return;
      for (const bot of entry.bots) {
        const key = `${entry.mode}\t${entry.name}\t${bot}`;
        if (seen.has(key))
          context.addIssue({
            code: "custom",
            path: [index, "bots"],
            message: `expected one account of ${bot} at ${entry.name}, found a second`,
          });
        seen.add(key);
      }
    });
  });
