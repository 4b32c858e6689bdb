import type { Micros } from "../../base/time.ts";
import type { RowsOptions } from "./text-rows.ts";
import { Scraper } from "../scrape/scraper.ts";
import { Delivery } from "./delivery.ts";
import type { FindOptions } from "./find-files.ts";
import { FollowCounts, type FollowReport } from "./follow-counts.ts";
import { Follower } from "./follower.ts";
import { nowMicros, SignsOfLife } from "./signs-of-life.ts";

/** What is followed: files below a directory, one file, or a metrics page. */
export type FollowSource =
  | { readonly kind: "files"; readonly root: string; readonly isFile: boolean; readonly statePath: string }
  | { readonly kind: "page"; readonly url: string };

export interface FollowOptions extends FindOptions {
  readonly sources: readonly FollowSource[];
  readonly hub: { readonly url: string; readonly key: string | undefined };
  readonly rows: RowsOptions;
  readonly fromEnd: boolean;
  readonly once: boolean;
  /** Between two scrapes. */
  readonly everyMs: number;
  /** How often a followed bot writes, when it is known. */
  readonly intervalS: number | undefined;
  readonly runId: string;
  readonly fetch: typeof fetch;
  readonly random: () => number;
  readonly nowMs: () => number;
  readonly stop: AbortSignal;
  /** So many rows were taken, which the hub has. */
  readonly onTook: (rows: number) => void;
  readonly onEvent: (event: FollowEvent) => void;
  /** Each minute in which something was taken, and at the end. */
  readonly onReport: (report: FollowReport) => Promise<void>;
}

/** Something noteworthy. */
export type FollowEvent =
  | { readonly event: "note"; readonly path: string; readonly note: string }
  | { readonly event: "hub_away"; readonly why: string }
  | { readonly event: "hub_back" };

const REPORT_MS = 60_000;

/**
 * Follows all sources until stopped, or with `once` until all is taken. False when a page could not be scraped, or
 * a file not be read as its format. Rejects with `HubRefused`, and with `once` with `HubAway`.
 */
export async function followSources(options: FollowOptions): Promise<boolean> {
  const now = nowMicros(options.nowMs);
  const stopping = new AbortController();
  const stop = AbortSignal.any([options.stop, stopping.signal]);
  const counts = new FollowCounts(now, options.onTook);
  const report = async () => {
    if (!counts.isEmpty) await options.onReport(counts.take());
  };
  const timer = setInterval(() => void report(), REPORT_MS);
  try {
    const runs = options.sources.map((source) => runSource(source, { ...options, stop }, counts, now));
    // When the hub says no to one, it does to all.
    for (const run of runs) run.catch(() => stopping.abort());
    const results = await Promise.allSettled(runs);
    for (const result of results) if (result.status === "rejected") throw result.reason;
    return results.every((result) => result.status === "fulfilled" && result.value);
  } finally {
    clearInterval(timer);
    await report();
  }
}

async function runSource(
  source: FollowSource,
  options: FollowOptions,
  counts: FollowCounts,
  now: () => Micros,
): Promise<boolean> {
  const { hub, onEvent, intervalS, rows } = options;
  const onNote = (path: string, note: string) => onEvent({ event: "note", path, note });
  const delivery = new Delivery({
    ...hub,
    fetch: options.fetch,
    random: options.random,
    stop: options.stop,
    givesUp: options.once,
    onDelivered: (delivered) => counts.delivered(delivered),
    onAway: (why) => onEvent({ event: "hub_away", why }),
    onBack: () => onEvent({ event: "hub_back" }),
  });
  if (source.kind === "page") {
    const { bot, mode } = rows.options;
    return new Scraper({ ...options, url: source.url, bot, mode, delivery, counts, onNote }).run();
  }
  const life = new SignsOfLife(now, intervalS);
  return new Follower({ ...options, ...source, hub: hub.url, delivery, counts, life, onNote }).run();
}
