import { Gauge, type Registry } from "prom-client";

/** What is in the market in one place, in USD; null where that is not known. */
interface Exposed {
  readonly gross_usd: number | null;
  readonly net_usd: number | null;
}

/** The exposure of one mode, the largest first. */
export interface ScrapedExposure {
  readonly by_venue: readonly (Exposed & { readonly venue: string })[];
  readonly by_asset: readonly (Exposed & { readonly asset: string })[];
}

/** Venues and assets of a mode with series of their own; the others are one. */
const SHOWN_MAX = 50;
const OTHER = "other";

/** The exposure of the desk by venue and by asset. */
export class ExposureMetrics {
  readonly #venues: Pair;
  readonly #assets: Pair;

  constructor(registry: Registry) {
    this.#venues = new Pair(registry, "venue");
    this.#assets = new Pair(registry, "asset");
  }

  reset(): void {
    this.#venues.reset();
    this.#assets.reset();
  }

  put(mode: string, { by_venue, by_asset }: ScrapedExposure): void {
    this.#venues.put(
      mode,
      by_venue.map(({ venue, ...row }) => [venue, row] as const),
    );
    this.#assets.put(
      mode,
      by_asset.map(({ asset, ...row }) => [asset, row] as const),
    );
  }
}

/** Gross and net by one label. */
class Pair {
  readonly #label: "venue" | "asset";
  readonly #gross: Gauge;
  readonly #net: Gauge;

  constructor(registry: Registry, label: "venue" | "asset") {
    this.#label = label;
    const of = (what: string, words: string): Gauge =>
      new Gauge({
        name: `deskwatch_${label}_exposure_${what}_usd`,
        help: `Money in the market by ${label} at average cost, ${words}; USD, those beyond ${SHOWN_MAX} as ${OTHER}`,
        labelNames: ["mode", label],
        registers: [registry],
      });
    this.#gross = of("gross", "whatever its side");
    this.#net = of("net", "shorts taken off");
  }

  reset(): void {
    this.#gross.reset();
    this.#net.reset();
  }

  put(mode: string, rows: readonly (readonly [string, Exposed])[]): void {
    for (const [name, row] of rows.slice(0, SHOWN_MAX)) this.#set({ mode, [this.#label]: name }, row);
    const others = rows.slice(SHOWN_MAX).map(([, row]) => row);
    if (others.length > 0) this.#set({ mode, [this.#label]: OTHER }, sumOf(others));
  }

  #set(labels: Record<string, string>, { gross_usd: gross, net_usd: net }: Exposed): void {
    if (gross !== null) this.#gross.set(labels, gross);
    if (net !== null) this.#net.set(labels, net);
  }
}

/** What one of them does not know, the sum does not either. */
const sumOf = (rows: readonly Exposed[]): Exposed =>
  rows.reduce((sum, row) => ({
    gross_usd: added(sum.gross_usd, row.gross_usd),
    net_usd: added(sum.net_usd, row.net_usd),
  }));

const added = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);
