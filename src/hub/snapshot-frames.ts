import type { RejectedRow } from "../protocol/api.ts";
import type { TextFact } from "../protocol/recorded.ts";
import type { FactSnapshot } from "./channel.ts";
import type { FactLog } from "./fact-log.ts";
import type { FillFeed } from "./fill-feed.ts";
import type { Schedule } from "./outlet.ts";
import type { Query } from "./query.ts";

const frameOf = (topic: string, data: string, seq: number): string =>
  `{"op":"snapshot","topic":"${topic}","data":${data},"seq":${seq}}`;

/** The newest fills of every mode, each with its own, newest first by time. */
export async function fillsSnapshot(query: Query, log: FillFeed["log"], rows: number): Promise<FactSnapshot> {
  // The store may be ahead of the fold: rows after this `seq` come as facts.
  const seq = query.asOf().as_of_seq;
  const next = log.indexAfter(seq);
  const page = await query.fillsByTime({ mode: "all", beforeSeq: seq + 1, limit: rows });
  return { frame: frameOf("fills", `[${page.events.join(",")}]`, seq), next };
}

/** Nothing: facts from here on. */
export const eventsSnapshot = (seq: number, log: FactLog<TextFact>): FactSnapshot => ({
  frame: frameOf("events", "[]", seq),
  next: log.indexAfter(seq),
});

/** The newest refusals, newest first: those of the store, and before them those that it does not have yet. */
export async function rejectedSnapshot(query: Query, log: FactLog<RejectedRow>, rows: number): Promise<FactSnapshot> {
  const { rejected, as_of_seq } = await query.rejected(rows);
  const stored = rejected.map((row) => JSON.stringify(row));
  const known = new Set(stored);
  const newer: string[] = [];
  for (let index = log.end - 1; index >= log.first && newer.length < rows; index--) {
    const text = JSON.stringify(log.payload(index));
    if (known.has(text)) break;
    newer.push(text);
  }
  const data = [...newer, ...stored].slice(0, rows).join(",");
  return { frame: frameOf("rejected", `[${data}]`, as_of_seq), next: log.end };
}

const RETRY_MS = 1_000;

interface Retry {
  readonly schedule: Schedule;
  readonly onError: (error: unknown, topic: string) => void;
}

/** One reading at a time, shared by all who ask meanwhile. One that fails is undefined after a second's pause. */
export function retried<T>(topic: string, read: () => Promise<T>, retry: Retry): () => Promise<T | undefined> {
  let underWay: Promise<T | undefined> | undefined;
  const attempt = async (): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      retry.onError(error, topic);
      await new Promise<void>((resolve) => {
        retry.schedule(resolve, RETRY_MS);
      });
      return undefined;
    }
  };
  return () => {
    underWay ??= attempt().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
