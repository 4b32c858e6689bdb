import type { EventsAnswer, TradingMode } from "../api-types.ts";
import type { Get, QueryValues } from "./get.ts";

/** An event as the hub has it: the bot's own fields, and what the hub added. */
export interface StoredEvent {
  type: string;
  bot: string;
  id: string;
  /** Place in the log, strictly increasing. */
  seq: number;
  /** The bot's time; ISO-8601 in UTC, as all times. */
  ts: string;
  received_at: string;
  effective_ts: string;
  mode?: TradingMode | undefined;
  /** `merge`: adds to an earlier statement of the same fact; `contradiction`: says otherwise, without effect. */
  standing?: "fact" | "merge" | "contradiction" | undefined;
  /** `seq` of the first statement. */
  of_seq?: number | undefined;
  flags?: readonly string[] | undefined;
  [field: string]: unknown;
}

/** Filters of a read of the log; all that are given must hold. */
export interface EventFilter {
  readonly bot?: string;
  readonly type?: string;
  readonly symbol?: string;
  readonly venue?: string;
  /** The store's own mode when absent. */
  readonly mode?: TradingMode | "all";
  /** The bot's time, inclusive: ISO-8601 or an epoch. */
  readonly from?: string | number;
  /** The bot's time, exclusive. */
  readonly to?: string | number;
  /** Only events after this place in the log. */
  readonly afterSeq?: number;
}

const PAGE_MAX = 1000;

/** Every stored event that matches, oldest first; the next page is read when the one before is used up. */
export async function* eventPages(get: Get, filter: EventFilter = {}): AsyncGenerator<StoredEvent, void, undefined> {
  const { afterSeq, ...rest } = filter;
  let cursor: string | undefined = afterSeq === undefined ? undefined : String(afterSeq);
  do {
    const query: QueryValues = { ...rest, limit: PAGE_MAX, cursor };
    const page: EventsAnswer = await get<EventsAnswer>("/api/v1/events", query);
    for (const event of page.events) if (isStored(event)) yield event;
    cursor = page.next_cursor;
  } while (cursor !== undefined);
}

/** Whether it is an event of the log. */
export const isStored = (event: unknown): event is StoredEvent =>
  typeof event === "object" &&
  event !== null &&
  "seq" in event &&
  typeof event.seq === "number" &&
  "type" in event &&
  typeof event.type === "string";
