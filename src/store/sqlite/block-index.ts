import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EventFilter } from "../../hub/ports.ts";
import { isAnyOf, type Parameters, typesOf } from "../filters.ts";

/** Rows of the log to a block. */
export const BLOCK_ROWS = 1024;

/** The block that a row of the log is in. */
const blockOf = (seq: number): number => Math.floor(seq / BLOCK_ROWS);

/**
 * Notes for every block of the log which bots and types occur in it and which times it spans, so that a read skips the
 * blocks without a match. It costs a few rows a block; an index on each of these would cost an entry a row.
 */
export class BlockIndex {
  readonly #insertValue: StatementSync;
  readonly #widenSpan: StatementSync;
  readonly #bots = new Set<string>();
  readonly #types = new Set<string>();
  #block = -1;
  #tsMin = Number.POSITIVE_INFINITY;
  #tsMax = Number.NEGATIVE_INFINITY;

  constructor(database: DatabaseSync) {
    this.#insertValue = database.prepare("INSERT OR IGNORE INTO block_values (field, value, block) VALUES (?, ?, ?)");
    this.#widenSpan = database.prepare(
      `INSERT INTO block_spans (block, ts_min, ts_max) VALUES (?, ?, ?)
       ON CONFLICT (block) DO UPDATE SET ts_min = min(ts_min, excluded.ts_min), ts_max = max(ts_max, excluded.ts_max)`,
    );
  }

  /** Takes a stored row in, within its transaction. */
  note(seq: number, row: { readonly ts: number; readonly bot: string; readonly type: string }): void {
    const block = blockOf(seq);
    if (block !== this.#block) {
      this.flush();
      this.forget();
      this.#block = block;
    }
    if (row.ts < this.#tsMin) this.#tsMin = row.ts;
    if (row.ts > this.#tsMax) this.#tsMax = row.ts;
    if (!this.#bots.has(row.bot)) {
      this.#bots.add(row.bot);
      this.#insertValue.run("bot", row.bot, block);
    }
    if (!this.#types.has(row.type)) {
      this.#types.add(row.type);
      this.#insertValue.run("type", row.type, block);
    }
  }

  /** Writes the span of the block at hand; to be called before the commit. */
  flush(): void {
    if (this.#tsMin <= this.#tsMax) this.#widenSpan.run(this.#block, this.#tsMin, this.#tsMax);
  }

  /** After a rollback: what was noted may be gone. Noting it again does no harm. */
  forget(): void {
    this.#block = -1;
    this.#bots.clear();
    this.#types.clear();
    this.#tsMin = Number.POSITIVE_INFINITY;
    this.#tsMax = Number.NEGATIVE_INFINITY;
  }
}

const BLOCK_COLUMNS = `block, block * ${BLOCK_ROWS} AS first, block * ${BLOCK_ROWS} + ${BLOCK_ROWS - 1} AS last`;

/** How many blocks have something of a bot, up to a number of them. */
export const COUNT_BLOCKS_OF_BOT =
  "SELECT count(*) AS blocks FROM (SELECT 1 FROM block_values WHERE field = 'bot' AND value = ? LIMIT ?)";

/** The fills of the bot with the given placeholder, block by block. */
export const fillsInBlocksOf = (bot: string): string =>
  `SELECT fills.* FROM (SELECT ${BLOCK_COLUMNS} FROM block_values WHERE field = 'bot' AND value = ${bot}) AS b
   CROSS JOIN fills ON seq BETWEEN first AND last WHERE bot = ${bot}`;

/** The blocks in which a filter may find something, as a subquery; undefined when it looks everywhere. */
export function blocksFor(filter: EventFilter, parameters: Parameters): string | undefined {
  const { bot, from, to, afterSeq, beforeSeq } = filter;
  const types = typesOf(filter);
  const values = [
    ...(bot === undefined ? [] : [["bot", [bot]] as const]),
    ...(types === undefined ? [] : [["type", types] as const]),
  ];
  if (values.length === 0 && from === undefined && to === undefined) return undefined;
  const [lead, ...others] = values;
  const conditions = others.map(([field, value]) => {
    const match = `field = '${field}' AND ${isAnyOf("value", value, parameters)}`;
    return `EXISTS (SELECT 1 FROM block_values AS other WHERE ${match} AND other.block = b.block)`;
  });
  if (from !== undefined || to !== undefined) {
    const until = parameters.bind(to ?? Number.MAX_SAFE_INTEGER);
    const span = `ts_max >= ${parameters.bind(from ?? Number.MIN_SAFE_INTEGER)} AND ts_min < ${until}`;
    conditions.push(`EXISTS (SELECT 1 FROM block_spans AS span WHERE span.block = b.block AND ${span})`);
  }
  if (lead !== undefined) conditions.push(`field = '${lead[0]}' AND ${isAnyOf("value", lead[1], parameters)}`);
  if (afterSeq !== undefined) conditions.push(`block >= ${parameters.bind(blockOf(afterSeq))}`);
  if (beforeSeq !== undefined) conditions.push(`block <= ${parameters.bind(blockOf(beforeSeq))}`);
  const table = lead === undefined ? "block_spans" : "block_values";
  // A block that has several of the values counts once.
  const once = lead !== undefined && lead[1].length > 1 ? "DISTINCT " : "";
  return `(SELECT ${once}${BLOCK_COLUMNS} FROM ${table} AS b WHERE ${conditions.join(" AND ")}) AS b`;
}
