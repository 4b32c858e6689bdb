/** What fills, orders and their downloads are narrowed to; all that is given must hold. */
export interface TradeFilter {
  readonly bot?: string | undefined;
  readonly venue?: string | undefined;
  readonly symbol?: string | undefined;
  readonly mode?: string | undefined;
  readonly status?: string | undefined;
}

const fields = ["bot", "venue", "symbol", "mode", "status"] as const satisfies readonly (keyof TradeFilter)[];

/** What a filter may be asked about, and the texts of an address that are none of it left out. */
export function tradeFilter(search: Readonly<Record<string, unknown>>): TradeFilter {
  const given = fields.flatMap((field) => {
    const value = search[field];
    const text = typeof value === "number" ? String(value) : value;
    return typeof text === "string" && text.trim() !== "" ? [[field, text.trim()] as const] : [];
  });
  return Object.fromEntries(given);
}

/** Whether the filter lets everything through. */
export const isEverything = (filter: TradeFilter): boolean => fields.every((field) => filter[field] === undefined);

/** The filter as a query string with what else is asked, without the question mark. */
export function filterQuery(
  filter: TradeFilter,
  more: Readonly<Record<string, string | number | undefined>> = {},
): string {
  return [...fields.map((field) => [field, filter[field]] as const), ...Object.entries(more)]
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join("&");
}

/** Something that a trade filter can be held against. */
interface Filterable {
  readonly bot: string;
  readonly mode: string;
  readonly venue?: string | undefined;
  readonly symbol?: string | undefined;
  readonly status?: string | undefined;
}

/** Whether what came live belongs to what is shown. Without a mode the hub has chosen already. */
export const matchesFilter = (item: Filterable, filter: TradeFilter): boolean =>
  (filter.bot === undefined || item.bot === filter.bot) &&
  (filter.venue === undefined || item.venue === filter.venue) &&
  (filter.symbol === undefined || item.symbol === filter.symbol) &&
  (filter.mode === undefined || filter.mode === "all" || item.mode === filter.mode) &&
  (filter.status === undefined || item.status === filter.status);

/** The filter in words, for whoever downloads; "all" when nothing is left out. */
export function filterWords(filter: TradeFilter): string {
  const parts = fields.flatMap((field) => (filter[field] === undefined ? [] : [`${field} ${filter[field]}`]));
  return parts.length === 0 ? "all" : parts.join(", ");
}
