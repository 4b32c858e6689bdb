/** What a row of a file became. A row gives any number of these; none is silent. */
export type ImportItem =
  | { readonly line: number; readonly type: string; readonly body: string }
  | { readonly line: number; readonly refused: string; readonly detail?: string }
  /** A part of an accepted row that has no place in an event. */
  | { readonly line: number; readonly leftOut: string };

export type ImportMode = "live" | "paper" | "simulate" | "demo";

/** What the caller says of events whose file does not say it. */
export interface ImportOptions {
  readonly bot: string | undefined;
  readonly mode: ImportMode | undefined;
}

export interface ImportInput {
  readonly chunks: AsyncIterable<string>;
  readonly options: ImportOptions;
  /** To be called for every row read, whatever becomes of it. */
  readonly rowRead: () => void;
}

/** One kind of file that can be imported. Adding one: a file in `formats/`, and a line in `registry.ts`. */
export interface ImportFormat {
  readonly name: string;
  /** What it is, for `--help`. */
  readonly about: string;
  /** Whether a file that begins so is of this format. */
  readonly detect: (head: string) => boolean;
  /**
   * The events of a file, in its order, streaming. Ids and natural keys come from the content alone, so that a file
   * imported twice, or its rows found in another file, take effect once. Throws `WrongFormat` when the file is another's.
   */
  readonly open: (input: ImportInput) => AsyncIterable<ImportItem>;
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
