import type { DatabaseSync } from "node:sqlite";
import { type Micros, parseTime } from "../base/time.ts";

/** What a row of a file became. A row gives any number of these; none is silent. */
export type ImportItem =
  | {
      readonly line: number;
      readonly type: string;
      readonly body: string;
      /** Who says it and when, for the report only; absent when the file says neither. */
      readonly bot?: string | undefined;
      readonly at?: Micros | undefined;
      /** What `body` says, with every digit, where the format has parsed it already; taken over by whoever asks, once. */
      readonly value?: () => unknown;
    }
  | { readonly line: number; readonly refused: string; readonly detail?: string }
  /** A part of an accepted row that has no place in an event. */
  | { readonly line: number; readonly leftOut: string };

export type ImportMode = "live" | "paper" | "simulate" | "demo";

/** What the caller says of events whose file does not say it. */
export interface ImportOptions {
  readonly bot: string | undefined;
  readonly mode: ImportMode | undefined;
  /** `--columns`: for our name of a field, the file's name of its column, or `'a value'` for every row. */
  readonly columns?: ReadonlyMap<string, string> | undefined;
}

export interface ImportInput {
  readonly chunks: AsyncIterable<string>;
  /** When the file was last changed: the time of what a file says that has no time of its own. Undefined when not known. */
  readonly modifiedAt?: Micros | undefined;
  readonly options: ImportOptions;
  /** To be called for every row read, whatever becomes of it. */
  readonly rowRead: () => void;
}

/** One kind of text file that can be imported. Adding one: a file in `formats/`, and a line in `registry.ts`. */
export interface ImportFormat {
  readonly name: string;
  /** What it is, for `--help`. */
  readonly about: string;
  /** Names by which a file is taken for this format when no format knows its beginning. */
  readonly fileNames?: readonly string[];
  /** Whether a file that begins so is of this format; `columns` is what the caller says of its columns. */
  readonly detect: (head: string, columns?: ImportOptions["columns"]) => boolean;
  /**
   * The events of a file, in its order, streaming. Ids and natural keys come from the content alone, so that a file
   * imported twice, or its rows found in another file, take effect once. Throws `WrongFormat` when the file is another's.
   */
  readonly open: (input: ImportInput) => AsyncIterable<ImportItem>;
  /**
   * As `open`, many items at a time, to be gone through once each: handing over each by a promise costs about as much as
   * reading it.
   */
  readonly openBatches?: (input: ImportInput) => AsyncIterable<Iterable<ImportItem>>;
}

export interface DatabaseInput {
  /** A private copy, opened read-only; closed by the caller. Integers are to be read as `bigint`. */
  readonly database: DatabaseSync;
  readonly options: ImportOptions;
  /** To be called for every row read, whatever becomes of it. */
  readonly rowRead: () => void;
}

/** One kind of SQLite database that can be imported. As `ImportFormat`, but its rows are read with SQL. */
export interface DatabaseFormat {
  readonly name: string;
  readonly about: string;
  /** The tables without which it is another's. */
  readonly tables: readonly string[];
  readonly openDatabase: (input: DatabaseInput) => Iterable<ImportItem>;
}

/** The file as a whole is not of the format it was opened as. */
export class WrongFormat extends Error {
  override readonly name = "WrongFormat";
}

/** Why one row has no event: thrown while a row is mapped, caught by `mapped`. */
export class Unmappable extends Error {
  override readonly name = "Unmappable";
  readonly detail: string | undefined;

  constructor(reason: string, detail?: string) {
    super(reason);
    this.detail = detail;
  }
}

type EventBody = { readonly type: string; readonly bot: string; readonly ts: string } & Readonly<
  Record<string, unknown>
>;

/** An event told by a row. Fields that are undefined are left out. */
export const told = (line: number, event: EventBody): ImportItem => ({
  line,
  type: event.type,
  body: JSON.stringify({ ...event, origin: "import" }),
  bot: event.bot,
  at: parseTime(event.ts),
});

export const refused = (line: number, reason: string, detail?: string): ImportItem =>
  detail === undefined ? { line, refused: reason } : { line, refused: reason, detail: detail.slice(0, 200) };

/** The items of one row, all or none: what it cannot map refuses the row with its reason. */
export function mapped(line: number, map: () => readonly ImportItem[]): readonly ImportItem[] {
  try {
    return map();
  } catch (error) {
    if (!(error instanceof Unmappable)) throw error;
    return [refused(line, error.message, error.detail)];
  }
}
