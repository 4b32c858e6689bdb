import type { ImportItem } from "../format.ts";
import type { FileRecord } from "./follow-state.ts";

/** What a look at a file gave: to be delivered, and then committed. */
export interface Work {
  readonly path: string;
  readonly format: string | undefined;
  readonly rows: number;
  readonly items: readonly ImportItem[];
  /** There is more to read at once. */
  readonly more: boolean;
  /** The hub has acknowledged the items: the position moves on. */
  readonly commit: () => void;
}

/** One file that is followed. Its `read` is called again only after the work of the last one was committed. */
export interface Followed {
  /** Where it is now; a rename changes it. */
  path: string;
  /** What it gives since the last look; undefined when nothing is new, at the cost of one `stat`. Rejects as the file system does. */
  readonly read: (nowMs: number) => Promise<Work | undefined>;
  /** When it was last written, in milliseconds of the epoch. */
  readonly modifiedAtMs: number;
  /** Its end: what was held back for more. Nothing is read afterwards. */
  readonly finish: () => Promise<Work | undefined>;
  /** What is there now has been taken, or told as what cannot be. */
  readonly isSettled: boolean;
  /** When it was last seen to change, by the clock that `read` was given. */
  readonly changedAtMs: number;
  /** What to keep of it over a restart; undefined when nothing yet. */
  readonly record: () => FileRecord | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Why a file is no longer followed: to be told, and not tried again until it changes its nature. With a cause where it
 * could not be read as what it is; without one it is none of those that are.
 */
export class NotFollowed extends Error {
  override readonly name = "NotFollowed";
}

export const UNKNOWN_FORMAT =
  "no format knows its content; name one with --format, or leave the file out with --exclude";

export const BINARY = "a binary file";
