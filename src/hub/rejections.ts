import { Ring } from "../base/ring.ts";
import { type Micros, isoFromMicros } from "../base/time.ts";
import type { RejectedRow } from "../protocol/api.ts";
import { briefJson } from "../protocol/brief-json.ts";
import type { Rejection } from "../protocol/errors.ts";
import type { RejectionRow } from "./ports.ts";

const SAMPLE_MAX = 2_048;
const UNSAVED_MAX = 5_000;
const COUNTED_BOTS_MAX = 10_000;

/** What was refused: the newest in memory for the screens, counts by bot, and a bounded queue towards the store. */
export class Rejections {
  readonly #newest = new Ring<RejectedRow>(1_000);
  readonly #byBot = new Map<string, number>();
  #unsaved: RejectionRow[] = [];
  #total = 0;

  get total(): number {
    return this.#total;
  }

  get byBot(): ReadonlyMap<string, number> {
    return this.#byBot;
  }

  add(rejection: Rejection, input: unknown, at: Micros): RejectedRow {
    const sample = sampleOf(input);
    const row: RejectionRow = { at, bot: botOf(input), ...rejection, sample };
    this.#total++;
    if (this.#unsaved.length < UNSAVED_MAX) this.#unsaved.push(row);
    const shown = rejectedRow(row);
    this.#newest.add(shown);
    if (row.bot !== undefined && (this.#byBot.has(row.bot) || this.#byBot.size < COUNTED_BOTS_MAX))
      this.#byBot.set(row.bot, (this.#byBot.get(row.bot) ?? 0) + 1);
    return shown;
  }

  /** Counts carried over from before a restart. */
  restore(counts: readonly { readonly bot: string | undefined; readonly count: number }[]): void {
    for (const { bot, count } of counts) {
      this.#total += count;
      if (bot !== undefined) this.#byBot.set(bot, (this.#byBot.get(bot) ?? 0) + count);
    }
  }

  takeUnsaved(): RejectionRow[] {
    const rows = this.#unsaved;
    this.#unsaved = [];
    return rows;
  }

  /** Rows that could not be saved go back in front, as far as there is room. */
  putBack(rows: readonly RejectionRow[]): void {
    this.#unsaved = [...rows, ...this.#unsaved].slice(-UNSAVED_MAX);
  }
}

export const rejectedRow = (row: RejectionRow): RejectedRow => ({
  at: isoFromMicros(row.at),
  bot: row.bot ?? null,
  code: row.code,
  path: row.path,
  message: row.message,
  sample: row.sample,
});

const SECRET = /("[^"]*(?:secret|passw|token|api_?key|private)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"?/gi;

/** One of our own keys, wherever it stands; the end of the sample may have cut it. */
const OWN_KEY = /dw_[0-9A-Za-z_-]{16,}/g;

/** The refused input as it is shown to people: cut, and without what looks like a secret. */
const sampleOf = (input: unknown): string =>
  (typeof input === "string" ? input : briefJson(input, SAMPLE_MAX))
    .slice(0, SAMPLE_MAX)
    .replace(SECRET, '$1"…"')
    .replace(OWN_KEY, "dw_…");

function botOf(input: unknown): string | undefined {
  if (typeof input !== "object" || input === null) return undefined;
  const { bot } = input as { bot?: unknown };
  return typeof bot === "string" && /^[A-Za-z0-9._:-]{1,64}$/.test(bot) ? bot : undefined;
}
