import { putBounded } from "../base/bounded-map.ts";
import type { Micros } from "../base/time.ts";
import type { DeskEvent, EventOf } from "../protocol/event-types.ts";
import type { Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { isReadByHub } from "./read-by-hub.ts";
import { matchOrders, type OrderMatch } from "./reconcile/match-orders.ts";
import { type AccountPlace, type Held, ledgerSide, orderSide, reportedSide } from "./reconcile/own-side.ts";
import { toldOf } from "./told.ts";

/** When a list was read at a venue: it is whole, and not older than `at`. */
interface ListRead {
  readonly at: Micros;
  readonly seq: number;
}

export type OrderRead = EventOf<"orders.snapshot">["orders"][number];
export type PositionRead = EventOf<"position.snapshot">["positions"][number];

/** Resting orders against the bot's own as they were when the list came: undefined where it tells of none at all. */
interface OrdersRead extends ListRead {
  readonly matches: readonly OrderMatch[] | undefined;
}

/** What is held, and what the bot's ledgers held, and it said to hold, when that came. */
interface PositionsRead extends ListRead {
  readonly rows: readonly PositionRead[];
  readonly ours: readonly Held[];
  readonly reported: readonly Held[] | undefined;
}

/** What the hub last read of the account that a bot trades on at one venue; kept beside what the bot says itself. */
export interface VenueRead {
  readonly mode: Mode;
  readonly venue: string;
  /** As the configuration names it; undefined where it is the bot's own. */
  readonly account: string | undefined;
  /** Bots that trade on the account, this one among them: what is held there is of all of them together. */
  readonly sharedBy: readonly string[];
  /** Money in the quote currency below which a difference is nothing. */
  readonly dust: number;
  readonly orders: OrdersRead | undefined;
  readonly positions: PositionsRead | undefined;
  readonly balance: { readonly at: Micros; readonly seq: number; readonly event: EventOf<"balance"> } | undefined;
}

type ReadEvent = EventOf<"orders.snapshot"> | EventOf<"position.snapshot"> | EventOf<"balance">;

/** Venues of one bot, all modes together. */
const VENUES_MAX = 100;

export const venueReadKey = (mode: Mode, venue: string): string => `${mode}\t${venue}`;

/** Takes a list read at a venue in, beside what the bot says; true for lists, which say nothing of the bot itself. */
export function takeVenueRead(state: BotState, event: DeskEvent, recorded: Recorded): boolean {
  if (event.type !== "orders.snapshot" && event.type !== "position.snapshot" && event.type !== "balance") return false;
  const { venue } = event;
  if (!isReadByHub(event) || venue === undefined) return false;
  const mode = event.mode ?? "live";
  const key = venueReadKey(mode, venue);
  const frame = frameOf(event, venue, state.venueReads.get(key));
  putBounded(state.venueReads, key, { ...frame, ...readIn(state, frame, event, recorded) }, VENUES_MAX);
  return event.type !== "balance";
}

function frameOf(event: ReadEvent, venue: string, before: VenueRead | undefined): VenueRead {
  const { mode = "live", account } = event;
  const shared = event.type === "balance" ? undefined : event.shared_by;
  const dust = event.type === "balance" ? undefined : event.dust;
  return {
    mode,
    venue,
    account,
    sharedBy: shared ?? before?.sharedBy ?? [event.bot],
    dust: dust ?? before?.dust ?? 0,
    orders: before?.orders,
    positions: before?.positions,
    balance: before?.balance,
  };
}

function readIn(
  state: BotState,
  place: AccountPlace,
  event: ReadEvent,
  { ts: at, seq }: Recorded,
): Partial<Pick<VenueRead, "orders" | "positions" | "balance">> {
  switch (event.type) {
    case "orders.snapshot":
      return { orders: { at, seq, matches: matchesOf(state, place, event.orders) } };
    case "position.snapshot":
      return {
        positions: {
          ...{ at, seq, rows: event.positions },
          ours: ledgerSide(state, place),
          reported: reportedSide(state, place),
        },
      };
    case "balance":
      return { balance: { at, seq, event } };
  }
}

function matchesOf(state: BotState, place: AccountPlace, theirs: readonly OrderRead[]): OrderMatch[] | undefined {
  const tellsOrders = toldOf(state, place.mode).orders > 0;
  return tellsOrders ? matchOrders(orderSide(state, place), theirs) : undefined;
}
