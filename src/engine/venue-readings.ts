import { putBounded } from "../base/bounded-map.ts";
import type { Micros } from "../base/time.ts";
import type { DeskEvent, EventOf } from "../protocol/event-types.ts";
import type { Recorded } from "../protocol/recorded.ts";
import type { BotState, Mode } from "./bot-state.ts";
import { isReadByHub } from "./read-by-hub.ts";

/** A list that the hub read at a venue: whole, and not older than `at`. */
export interface ListRead<Row> {
  readonly at: Micros;
  readonly receivedAt: Micros;
  readonly seq: number;
  readonly rows: readonly Row[];
}

export type OrderRead = EventOf<"orders.snapshot">["orders"][number];
export type PositionRead = EventOf<"position.snapshot">["positions"][number];

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
  readonly orders: ListRead<OrderRead> | undefined;
  readonly positions: ListRead<PositionRead> | undefined;
  readonly balance: { readonly at: Micros; readonly seq: number; readonly event: EventOf<"balance"> } | undefined;
}

type ReadEvent = EventOf<"orders.snapshot"> | EventOf<"position.snapshot"> | EventOf<"balance">;

/** Venues of one bot, all modes together. */
const VENUES_MAX = 100;

const venueReadKey = (mode: Mode, venue: string): string => `${mode}\t${venue}`;

/** Takes a list read at a venue in, beside what the bot says; true for lists, which say nothing of the bot itself. */
export function takeVenueRead(state: BotState, event: DeskEvent, recorded: Recorded): boolean {
  if (event.type !== "orders.snapshot" && event.type !== "position.snapshot" && event.type !== "balance") return false;
  const { venue } = event;
  if (!isReadByHub(event) || venue === undefined) return false;
  const mode = event.mode ?? "live";
  const key = venueReadKey(mode, venue);
  const before = state.venueReads.get(key);
  putBounded(state.venueReads, key, { ...frameOf(event, venue, before), ...readIn(event, recorded) }, VENUES_MAX);
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
  event: ReadEvent,
  { ts: at, receivedAt, seq }: Recorded,
): Partial<Pick<VenueRead, "orders" | "positions" | "balance">> {
  switch (event.type) {
    case "orders.snapshot":
      return { orders: { at, receivedAt, seq, rows: event.orders } };
    case "position.snapshot":
      return { positions: { at, receivedAt, seq, rows: event.positions } };
    case "balance":
      return { balance: { at, seq, event } };
  }
}
