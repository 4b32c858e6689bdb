import { readFileSync } from "node:fs";
import { err, ok, type Result } from "../../base/result.ts";
import { Secret } from "../../venues/core/secret.ts";
import type { VenueKind, VenueSetup } from "../../venues/core/venue.ts";
import { venueKinds } from "../../venues/registry.ts";

/** A venue, and what is to be watched there. */
export interface NamedVenue {
  readonly kind: VenueKind;
  readonly markets: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

export interface MarketFlags {
  readonly market?: readonly string[];
  readonly set?: readonly string[];
}

/** The venues that can be named, for a help text. */
export const venueNames = (): string => venueKinds.map(({ name }) => name).join(", ");

/** What `--market VENUE:SYMBOL` and `--set VENUE.NAME=VALUE` name, or what is wrong with them. */
export function namedVenues({ market = [], set = [] }: MarketFlags): Result<readonly NamedVenue[], string> {
  const markets = new Map<string, string[]>();
  for (const text of market) {
    const colon = text.indexOf(":");
    const [venue, symbol] = [text.slice(0, Math.max(0, colon)), text.slice(colon + 1)];
    if (venue === "" || symbol === "") return err(`--market is VENUE:SYMBOL such as binance:BTCUSDT, found ${text}`);
    markets.set(venue, [...(markets.get(venue) ?? []), symbol]);
  }
  const settings = settingsOf(set);
  if (!settings.ok) return settings;
  const venues: NamedVenue[] = [];
  for (const [name, symbols] of markets) {
    const kind = venueKinds.find((other) => other.name === name);
    if (kind === undefined) return err(`no venue is called ${name}; there are ${venueNames()}`);
    const given = settings.value.get(name) ?? {};
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(kind.settings, key));
    if (unknown !== undefined) {
      return err(`${name} has no setting ${unknown}; it has ${Object.keys(kind.settings).join(", ")}`);
    }
    venues.push({ kind, markets: [...new Set(symbols)], settings: given });
  }
  return ok(venues);
}

function settingsOf(set: readonly string[]): Result<Map<string, Record<string, string>>, string> {
  const settings = new Map<string, Record<string, string>>();
  for (const text of set) {
    const [, venue, name, value] = /^([a-z]+)\.([a-z_]+)=(.*)$/s.exec(text) ?? [];
    if (venue === undefined || name === undefined || value === undefined) {
      return err(`--set is VENUE.NAME=VALUE such as kalshi.answer_ms=5000, found ${text}`);
    }
    settings.set(venue, { ...settings.get(venue), [name]: value });
  }
  return ok(settings);
}

/** The credentials of a venue: from the variable that it names, else from the file that `VARIABLE_FILE` names. */
export function secretsOf(
  { name, credentials }: Pick<VenueKind, "name" | "credentials">,
  environment: Readonly<Record<string, string | undefined>>,
): Result<VenueSetup["secrets"], string> {
  const secrets: Record<string, Secret | undefined> = {};
  for (const [key, { variable, isNeeded }] of Object.entries(credentials)) {
    const value = secretOf(variable, environment);
    if (!value.ok) return value;
    if (value.value === undefined && isNeeded) {
      return err(
        `${name} needs ${variable} in the environment, or ${variable}_FILE with the path of a file that holds it`,
      );
    }
    secrets[key] = value.value;
  }
  return ok(secrets);
}

function secretOf(
  variable: string,
  environment: Readonly<Record<string, string | undefined>>,
): Result<Secret | undefined, string> {
  const told = environment[variable];
  if (told !== undefined && told !== "") return ok(new Secret(told));
  const file = environment[`${variable}_FILE`];
  if (file === undefined || file === "") return ok(undefined);
  try {
    return ok(new Secret(readFileSync(file, "utf8").trim()));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "no file";
    return err(`${variable}_FILE cannot be read (${code})`);
  }
}
