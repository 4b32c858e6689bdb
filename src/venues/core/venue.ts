import type { Result } from "../../base/result.ts";
import type { VenueContext } from "./ports.ts";
import type { Secret } from "./secret.ts";

/** A connector to one venue: from `start` on it keeps its books right and tells its sink what it learns. */
export interface VenueConnector {
  readonly start: () => void;
  /** Closes its connections; nothing is told afterwards. */
  readonly stop: () => void;
  /** How many markets it watches now, where names stand for several; as many as were named when absent. */
  readonly watched?: () => number;
}

/** What a connector is made of. */
export interface VenueSetup {
  /** How the venue is called in events; its own name unless the configuration gives another (a second account, a test). */
  readonly venue: string;
  /** The instruments to watch, as the venue names them; some venues have names for several, such as `series:KXFED`. */
  readonly markets: readonly string[];
  /** What stands in the configuration besides, already checked by `settings`. */
  readonly settings: Readonly<Record<string, string>>;
  /** The credentials that could be found, by the names in `credentials`. */
  readonly secrets: Readonly<Record<string, Secret | undefined>>;
  readonly context: VenueContext;
}

/** A setting of a venue, such as the address of its API: always a text. */
export interface VenueSetting {
  readonly help: string;
  readonly fallback: string;
}

/** One kind of venue. `src/venues/registry.ts` lists them all. */
export interface VenueKind {
  /** As the configuration names it. */
  readonly name: string;
  readonly settings: Readonly<Record<string, VenueSetting>>;
  /** Environment variables that hold its credentials; `NAME_FILE` may name a file instead. */
  readonly credentials: Readonly<Record<string, { readonly variable: string; readonly isNeeded: boolean }>>;
  /** The connector, or what is wrong with the setup. */
  readonly connect: (setup: VenueSetup) => Result<VenueConnector, string>;
}
