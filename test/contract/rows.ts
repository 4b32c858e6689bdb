import { type Micros, micros, parseTime } from "../../src/base/time.ts";
import { appendRow } from "../../src/hub/append-row.ts";
import type { AppendRow, EventPage, Store } from "../../src/hub/ports.ts";
import { parseEvent } from "../../src/protocol/parse-event.ts";
import type { Recorded } from "../../src/protocol/recorded.ts";

export type Said = Readonly<Record<string, unknown>>;

/** A moment of the tests, in microseconds. */
export const at = (iso: string): Micros => {
  const time = parseTime(iso);
  if (time === undefined) throw new Error(`not a time: ${iso}`);
  return time;
};

export const RECEIVED_AT = at("2026-03-01T12:00:01Z");

/** A row as ingest hands it to the store, of what a bot says; bot, time and mode have defaults. */
export function row(said: Said, receivedAt: Micros = RECEIVED_AT): AppendRow {
  const parsed = parseEvent({ bot: "alpha", ts: "2026-03-01T12:00:00Z", mode: "live", ...said });
  if (!parsed.ok) throw new Error(`${parsed.error.path}: ${parsed.error.message}`);
  const event = parsed.value;
  return appendRow(event, JSON.stringify(event), { ts: parseTime(event.ts) ?? micros(0), receivedAt });
}

/** A fill of one lot; `said` adds to it or replaces. */
export const fill = (said: Said = {}): AppendRow =>
  row({ type: "fill", fill_id: "f1", venue: "v", symbol: "BTC-USD", side: "buy", price: "100", size: "1", ...said });

/** The whole log from the beginning. */
export async function wholeLog(store: Store): Promise<Recorded[]> {
  const log: Recorded[] = [];
  await store.replay(0, (events) => {
    log.push(...events);
  });
  return log;
}

export const parsed = (page: EventPage): Record<string, unknown>[] =>
  page.events.map((text) => JSON.parse(text) as Record<string, unknown>);

/** The fills of a store as readers see them, oldest first. */
export const fills = async (store: Store): Promise<Record<string, unknown>[]> =>
  parsed(await store.fills({ limit: 9_999, order: "oldest" }));
