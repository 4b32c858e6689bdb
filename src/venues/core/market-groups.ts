import { err, ok, type Result } from "../../base/result.ts";
import type { VenueContext } from "./ports.ts";

/** A name that stands for several markets, such as `series:KXFED`. */
export interface MarketGroup {
  /** As it was asked for. */
  readonly name: string;
  /** What stands before the colon. */
  readonly kind: string;
  readonly id: string;
}

/** Names of markets as they were asked for, those of groups apart. */
export interface NamedMarkets {
  readonly plain: readonly string[];
  readonly groups: readonly MarketGroup[];
}

/** Parts names of markets from those of groups; what is wrong with a group that the venue does not have. */
export function namedMarkets(names: readonly string[], kinds: readonly string[]): Result<NamedMarkets, string> {
  const groups: MarketGroup[] = [];
  const plain: string[] = [];
  for (const name of new Set(names)) {
    const [, kind, id = ""] = /^([a-z]+):(.*)$/.exec(name) ?? [];
    if (kind === undefined) plain.push(name);
    else if (kinds.includes(kind) && id !== "") groups.push({ name, kind, id });
    else {
      const known = kinds.map((each) => `${each}:NAME`).join(" and ");
      return err(`${name} names no market${known === "" ? "" : `; several markets at once are ${known}`}`);
    }
  }
  return ok({ plain, groups });
}

export interface MarketGroupsOptions {
  readonly context: Pick<VenueContext, "timers" | "feed">;
  readonly names: NamedMarkets;
  /** Markets of one venue at most. */
  readonly maxMarkets: number;
  /** What is open is read again this often. */
  readonly everyMs: number;
  /** The markets that are open in a group now, all of them; undefined without an answer, which is told already. */
  readonly list: (group: MarketGroup) => Promise<readonly string[] | undefined>;
  /** All markets that are to be watched from now on. */
  readonly changed: (markets: readonly string[]) => void;
}

const CHANNEL = "markets";
/** Without an answer it is asked again so soon. */
const RETRY_MS = 10_000;
const DISTANT_REFUSALS = 10;

/**
 * Follows which markets are open in groups: new ones are watched, those that are no longer open are not. A group that
 * cannot be read stays as it was; one that has too many markets is refused as a whole, for half of a group looks like all
 * of it.
 */
export class MarketGroups {
  readonly #options: MarketGroupsOptions;
  readonly #open = new Map<string, readonly string[]>();
  /** How often in a row a group was refused: it is told the first time, and now and then. */
  readonly #refused = new Map<string, number>();
  readonly #empty = new Set<string>();
  #watched: ReadonlySet<string>;
  #cancel = (): void => undefined;
  #isStopped = false;

  constructor(options: MarketGroupsOptions) {
    this.#options = options;
    this.#watched = new Set(options.names.plain);
  }

  /** How many markets are watched now. */
  get size(): number {
    return this.#watched.size;
  }

  start(): void {
    if (this.#options.names.groups.length > 0) void this.#round();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel();
  }

  async #round(): Promise<void> {
    const { names, list, context, everyMs } = this.#options;
    let isWhole = true;
    for (const group of names.groups) {
      const told = await list(group);
      if (this.#isStopped) return;
      if (told === undefined) isWhole = false;
      else this.#take(group.name, told);
    }
    this.#apply();
    this.#cancel = context.timers.after(() => void this.#round(), isWhole ? everyMs : Math.min(everyMs, RETRY_MS));
  }

  #take(name: string, markets: readonly string[]): void {
    const { maxMarkets, names } = this.#options;
    const others = new Set(names.plain);
    for (const [group, open] of this.#open) if (group !== name) for (const market of open) others.add(market);
    const count = new Set([...others, ...markets]).size;
    if (count > maxMarkets) return this.#refuse(name, { markets: markets.length, others: others.size });
    this.#refused.delete(name);
    this.#open.set(name, markets);
    if (markets.length > 0) this.#empty.delete(name);
    else if (!this.#empty.has(name)) {
      this.#empty.add(name);
      this.#options.context.feed.error(CHANNEL, `${name} has no open market now`);
    }
  }

  #refuse(name: string, found: { readonly markets: number; readonly others: number }): void {
    this.#open.delete(name);
    const times = this.#refused.get(name) ?? 0;
    this.#refused.set(name, times + 1);
    if (times % DISTANT_REFUSALS !== 0) return;
    const { context, maxMarkets } = this.#options;
    const has = `${name} has ${found.markets} open markets`;
    const beside = found.others === 0 ? "" : ` beside ${found.others} others`;
    context.feed.error(
      CHANNEL,
      `${has}${beside}, and max_markets is ${maxMarkets}: none of them is watched; name a smaller group, or raise it`,
    );
  }

  #apply(): void {
    const wanted = new Set([...this.#options.names.plain, ...[...this.#open.values()].flat()]);
    const isSame = wanted.size === this.#watched.size && [...wanted].every((market) => this.#watched.has(market));
    if (isSame) return;
    this.#watched = wanted;
    this.#options.changed([...wanted]);
  }
}

/** The settings of a venue that has groups, as `VenueKind.settings` has them. */
export const GROUP_SETTINGS = {
  max_markets: { help: "markets that groups may bring at most, with those that are named", fallback: "500" },
  refresh_ms: { help: "which markets of a group are open is read again this often", fallback: "60000" },
} as const;

/** Reads them; what is wrong with one of them. */
export function groupSettings(
  settings: Readonly<Record<string, string>>,
): Result<Pick<MarketGroupsOptions, "maxMarkets" | "everyMs">, string> {
  const maxMarkets = Number(settings["max_markets"] ?? GROUP_SETTINGS.max_markets.fallback);
  const everyMs = Number(settings["refresh_ms"] ?? GROUP_SETTINGS.refresh_ms.fallback);
  if (!Number.isSafeInteger(maxMarkets) || maxMarkets < 1 || maxMarkets > 10_000)
    return err("max_markets is a whole number from 1 to 10000");
  if (!(everyMs >= 1_000 && everyMs <= 86_400_000)) return err("refresh_ms is a number from 1000 to 86400000");
  return ok({ maxMarkets, everyMs });
}
