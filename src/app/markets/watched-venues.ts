import { err, ok, type Result } from "../../base/result.ts";
import { loadConfig } from "../config.ts";
import { type MarketFlags, type NamedVenue, namedVenues } from "./named-markets.ts";
import type { VenueEntry } from "./venue-list.ts";

export interface WatchedFlags extends MarketFlags {
  /** The YAML file whose `venues` are meant where no market is named. */
  readonly config?: string;
}

/** The venues that flags name, else those of the YAML file, or why there are none. */
export function watchedVenues(
  flags: WatchedFlags,
  environment: NodeJS.ProcessEnv,
): Result<readonly VenueEntry[], string> {
  if (flags.market === undefined) return venuesOfFile(flags, environment);
  const named = namedVenues(flags);
  return named.ok ? ok(named.value.map((venue) => ({ ...venue, name: venue.kind.name }))) : named;
}

function venuesOfFile(flags: WatchedFlags, environment: NodeJS.ProcessEnv): Result<readonly VenueEntry[], string> {
  if (flags.set !== undefined) return err("--set goes with --market; in the file a setting stands beside its venue");
  const config = loadConfig(flags.config === undefined ? {} : { config: flags.config }, environment);
  if (!config.ok) return config;
  const { venues, file } = config.value;
  if (venues.length > 0) return ok(venues);
  return err(
    `${file === undefined ? "no file says" : `${file} does not say`} what to watch: give --market VENUE:SYMBOL, or \`venues\` in a file (docs/venues.md)`,
  );
}

/** Entries by their kind, as a recording has them: those of one kind are one, and their settings must be the same. */
export function oneOfEachKind(entries: readonly VenueEntry[]): Result<readonly NamedVenue[], string> {
  const kinds = new Map<string, NamedVenue>();
  for (const { kind, markets, settings } of entries) {
    const before = kinds.get(kind.name);
    if (before !== undefined && !isSame(before.settings, settings))
      return err(`a recording has one ${kind.name}, and there are two with other settings: record one with --market`);
    kinds.set(kind.name, { kind, markets: [...new Set([...(before?.markets ?? []), ...markets])], settings });
  }
  return ok([...kinds.values()]);
}

const isSame = (a: NamedVenue["settings"], b: NamedVenue["settings"]): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, value]) => b[name] === value);
