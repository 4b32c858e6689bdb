import { setTimeout as delay } from "node:timers/promises";
import { microsFromMs } from "../../base/time.ts";
import type { Delivery } from "../follow/delivery.ts";
import type { FollowCounts } from "../follow/follow-counts.ts";
import { heartbeatText } from "../follow/signs-of-life.ts";
import { type ImportItem, type ImportMode, refused } from "../format.ts";
import type { Outgoing } from "../hub-sender.ts";
import type { EventRef } from "../import-report.ts";
import { botSeries } from "./bot-series.ts";
import { type Exposition, parseExposition } from "./exposition.ts";
import { isStale, SeriesEvents } from "./series-events.ts";

export interface ScraperOptions {
  /** http or https, without name and password. */
  readonly url: string;
  /** The bot of series that name none. */
  readonly bot: string | undefined;
  readonly mode: ImportMode | undefined;
  readonly everyMs: number;
  /** Scrape once and end. */
  readonly once: boolean;
  readonly runId: string;
  readonly delivery: Delivery;
  readonly counts: FollowCounts;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
  readonly stop: AbortSignal;
  readonly onNote: (path: string, note: string) => void;
}

const BODY_BYTES_MAX = 8_388_608;
const ANSWER_MS_MAX = 10_000;
const WAIT_MS_MAX = 60_000;
const FACTS_HELD_MAX = 1_000;
const ACCEPT = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.9";

/**
 * Reads a metrics page again and again and tells the hub what it says. A page that answers is the bot's sign of life; one
 * that does not is told and asked again after a longer wait. Samples that the hub could not take are dropped, because
 * later ones say more; facts are held for it.
 */
export class Scraper {
  readonly #options: ScraperOptions;
  readonly #events: SeriesEvents;
  #facts: Outgoing<EventRef>[] = [];
  #failures = 0;
  readonly #told = new Set<string>();

  constructor(options: ScraperOptions) {
    this.#options = options;
    this.#events = new SeriesEvents(options.mode, options.runId);
  }

  /** Resolves when stopped, or with `once` after a scrape, with whether the last one succeeded. Rejects with `HubRefused`. */
  async run(): Promise<boolean> {
    const { stop, once, everyMs, nowMs } = this.#options;
    while (!stop.aborted) {
      const startedMs = nowMs();
      const isTaken = await this.#scrape();
      if (once) return isTaken;
      const waitMs = Math.min(everyMs * 2 ** Math.min(this.#failures, 10), Math.max(everyMs, WAIT_MS_MAX));
      await delay(Math.max(0, startedMs + waitMs - nowMs()), undefined, { signal: stop }).catch(() => undefined);
    }
    return this.#failures === 0;
  }

  async #scrape(): Promise<boolean> {
    const { url, onNote, stop } = this.#options;
    const page = await this.#page();
    if (stop.aborted) return false;
    if (typeof page === "string") {
      if (this.#failures === 0) onNote(url, `cannot be scraped, tried again: ${page}`);
      this.#failures++;
      return false;
    }
    if (this.#failures > 0) onNote(url, "can be scraped again");
    this.#failures = 0;
    await this.#send(page);
    return true;
  }

  async #send(page: Exposition): Promise<void> {
    const { url, bot, mode, nowMs, everyMs, delivery, counts, stop } = this.#options;
    const { bots, leftOut } = botSeries(page.samples, bot);
    if (bots.size === 0) this.#noteOnce("has no series hbot_* of a bot");
    for (const why of leftOut) this.#noteOnce(`left out: ${why}`);
    const now = nowMs();
    const intervalS = Math.max(1, Math.round(everyMs / 1_000));
    const bodies = [...bots].flatMap(([name, series]) => [
      ...this.#events.of(name, series, now),
      ...(isStale(series) ? [] : [heartbeatText({ bot: name, mode, ts: microsFromMs(now), intervalS })]),
    ]);
    const file = fileOf(url);
    const events = bodies.map((body): Outgoing<EventRef> => {
      return { ref: { file, line: 0, type: typeOf(body) }, body };
    });
    const items: ImportItem[] = events.map(({ ref, body }) => ({ line: 0, type: ref.type, body }));
    const { firstRefusal } = page;
    if (firstRefusal !== undefined) {
      items.push(refused(firstRefusal.line, firstRefusal.reason, `${page.refused} lines of this page`));
      this.#noteOnce(`has lines that are no metrics: line ${firstRefusal.line}: ${firstRefusal.reason}`);
    }
    counts.took({ path: file, format: "prometheus", rows: page.samples.length, items });
    const waiting = [...this.#facts, ...events];
    const isTaken = await delivery.tryDeliver(waiting).catch((error: unknown) => {
      if (stop.aborted) return false;
      throw error;
    });
    this.#facts = isTaken ? [] : waiting.filter(({ ref }) => ref.type === "feed").slice(-FACTS_HELD_MAX);
  }

  /** The page, or why there is none. */
  async #page(): Promise<Exposition | string> {
    const { url, everyMs, stop } = this.#options;
    try {
      const response = await this.#options.fetch(url, {
        headers: { accept: ACCEPT },
        redirect: "manual",
        signal: AbortSignal.any([stop, AbortSignal.timeout(Math.min(ANSWER_MS_MAX, Math.max(everyMs, 1_000)))]),
      });
      if (response.status !== 200) {
        await response.body?.cancel();
        const isElsewhere = response.status >= 300 && response.status < 400;
        return isElsewhere
          ? "it redirects, which is not followed: give the address itself"
          : `status ${response.status}`;
      }
      const text = await boundedText(response);
      if (text === undefined) return `larger than ${BODY_BYTES_MAX} bytes`;
      const type = response.headers.get("content-type") ?? "";
      return parseExposition(text, type.includes("openmetrics"));
    } catch (error) {
      return causeOf(error);
    }
  }

  #noteOnce(note: string): void {
    if (this.#told.has(note) || this.#told.size >= 100) return;
    this.#told.add(note);
    this.#options.onNote(this.#options.url, note);
  }
}

/** The body as text; undefined when it is too large, without reading all of it. */
async function boundedText(response: Response): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause !== undefined) return causeOf(error.cause);
  return error.message === "" ? error.name : error.message;
}

/** The address without what may be secret in it. */
const fileOf = (url: string): string => `${new URL(url).host}${new URL(url).pathname}`;

const typeOf = (body: string): string => /^\{"type":"([a-z._]+)"/.exec(body)?.[1] ?? "unknown";
