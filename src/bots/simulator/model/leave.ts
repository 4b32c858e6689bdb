/** What a bot was told it may do: `paused` and `reducing` allow exits only, `halted` no order at all. */
export type BotOrdersState = "running" | "paused" | "reducing" | "halted";

export interface BotOrders {
  readonly state: BotOrdersState;
  /** Venues that are held, by name. */
  readonly venues: Readonly<Record<string, BotOrdersState>>;
  readonly reason?: string | undefined;
}

export const NO_ORDERS: BotOrders = { state: "running", venues: {} };

const allows = (state: BotOrdersState, exit: boolean): boolean => state === "running" || (exit && state !== "halted");

/** Whether an order may go to a venue: it needs leave of the bot's state and of the venue's. */
export const mayTrade = ({ state, venues }: BotOrders, venue: string, exit: boolean): boolean =>
  allows(state, exit) && allows(venues[venue] ?? "running", exit);

/** Whether what is held at a venue is to be closed. */
export const mustClose = (orders: BotOrders, venue: string): boolean =>
  (orders.state === "reducing" || orders.venues[venue] === "reducing") && mayTrade(orders, venue, true);

export const isSameOrders = (one: BotOrders, other: BotOrders): boolean =>
  one.state === other.state && textOf(one.venues) === textOf(other.venues);

const textOf = (venues: BotOrders["venues"]): string =>
  Object.entries(venues)
    .map(([venue, state]) => `${venue}\t${state}`)
    .sort()
    .join("\n");
