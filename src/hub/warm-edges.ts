import { type Micros, micros } from "../base/time.ts";
import { effectiveTs } from "../protocol/recorded.ts";
import { parseEvent } from "../protocol/parse-event.ts";
import type { EdgeHistory } from "./edge-history.ts";
import type { SamplesFrom } from "./past-reads.ts";
import type { SampleRow, Store } from "./ports.ts";
import type { Timers } from "./timers.ts";

/** So long before a start, in so many pages of samples at most. */
const BEFORE_MICROS = 3_600_000_000;
const PAGES_MAX = 1_000;

export interface WarmEdgesParts {
  readonly store: Pick<Store, "samples">;
  readonly timers: Pick<Timers, "breathe">;
  /** When the hub began to listen. */
  readonly since: Micros;
  readonly goesOn: () => boolean;
}

/** Reads the kept edges of the hour before a start, beside all other work. */
export async function warmEdges(history: EdgeHistory, parts: WarmEdgesParts): Promise<void> {
  const { store, timers, since, goesOn } = parts;
  history.heard(since);
  const begin = micros(since - BEFORE_MICROS);
  let from: SamplesFrom | undefined = { receivedAt: begin };
  for (let page = 0; page < PAGES_MAX && from !== undefined && goesOn(); page++) {
    const { rows, next } = await store.samples(from);
    for (const row of rows) if (row.receivedAt < since) take(history, row);
    from = next === undefined || (rows.at(-1)?.receivedAt ?? 0) >= since ? undefined : { cursor: next };
    await timers.breathe();
  }
  if (from === undefined) history.heard(begin);
}

function take(history: EdgeHistory, { type, body, ts, receivedAt }: SampleRow): void {
  if (type !== "edge") return;
  const parsed = parseEvent(JSON.parse(body));
  if (parsed.ok && parsed.value.type === "edge") history.take(parsed.value, effectiveTs(ts, receivedAt));
}
