import { err, ok, type Result } from "../../base/result.ts";
import { type Micros, micros } from "../../base/time.ts";

/** The version of the lines that are written. */
export const RECORDING_VERSION = 1;

/** A connection that frames name by its `connection`, unique within a recording. */
export interface RecordedConnection {
  readonly connection: string;
  readonly venue: string;
  /** Path of the address, without host and without anything that may be a secret. */
  readonly target: string;
}

interface At {
  /** When it happened, by the clock of the machine that recorded. */
  readonly at: Micros;
}

/** One line of a recording: what a connector learnt from its venue, in the order in which it learnt it. */
export type VenueRecord =
  | (At & {
      readonly kind: "segment";
      readonly version: number;
      /** Unlike that of any other run of the recorder: connectors began anew with each. */
      readonly run: string;
      readonly open: readonly RecordedConnection[];
    })
  | (At & RecordedConnection & { readonly kind: "opened" })
  | (At & { readonly kind: "frame"; readonly connection: string; readonly text: string })
  | (At & { readonly kind: "ping"; readonly connection: string })
  | (At & {
      readonly kind: "ended";
      readonly connection: string;
      readonly status?: number;
      readonly code?: number;
      readonly reason: string;
    })
  /** The answer to a question; `request` is its path, with the parameters that are no secret (`requestOf`). */
  | (At & {
      readonly kind: "answer";
      readonly venue: string;
      readonly request: string;
      readonly status: number;
      readonly text: string;
    })
  | (At & { readonly kind: "failed"; readonly venue: string; readonly request: string; readonly reason: string })
  /** So many records are missing here: the disk was too slow for them. */
  | (At & { readonly kind: "lost"; readonly count: number });

/** One line of NDJSON, without its end. */
export const recordLine = (record: VenueRecord): string => JSON.stringify(record);

/** Reads a line of a recording, or says what is wrong with it. */
export function parseRecord(line: string): Result<VenueRecord, string> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return err("not JSON");
  }
  if (typeof value !== "object" || value === null) return err("not an object");
  const fields = value as Record<string, unknown>;
  const at = fields["at"];
  if (!Number.isSafeInteger(at)) return err("no time in `at`");
  const record = readers[String(fields["kind"])]?.(fields);
  return record === undefined
    ? err(`not a record of a kind known here: ${String(fields["kind"])}`)
    : ok({ ...record, at: micros(Number(at)) });
}

type Fields = Readonly<Record<string, unknown>>;
type Unkeyed<T> = T extends VenueRecord ? Omit<T, "at"> : never;
type Body = Unkeyed<VenueRecord>;

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber = (value: unknown): value is number => typeof value === "number";

const readers: Readonly<Record<string, (fields: Fields) => Body | undefined>> = {
  frame: ({ connection, text }) =>
    isText(connection) && isText(text) ? { kind: "frame", connection, text } : undefined,
  ping: ({ connection }) => (isText(connection) ? { kind: "ping", connection } : undefined),
  opened: (fields) => {
    const opened = connectionOf(fields);
    return opened === undefined ? undefined : { kind: "opened", ...opened };
  },
  ended: ({ connection, reason, status, code }) =>
    isText(connection) && isText(reason)
      ? {
          kind: "ended",
          connection,
          reason,
          ...(isNumber(status) ? { status } : {}),
          ...(isNumber(code) ? { code } : {}),
        }
      : undefined,
  answer: ({ venue, request, status, text }) =>
    isText(venue) && isText(request) && isNumber(status) && isText(text)
      ? { kind: "answer", venue, request, status, text }
      : undefined,
  failed: ({ venue, request, reason }) =>
    isText(venue) && isText(request) && isText(reason) ? { kind: "failed", venue, request, reason } : undefined,
  lost: ({ count }) => (isNumber(count) ? { kind: "lost", count } : undefined),
  segment: ({ version, run, open }) => {
    if (version !== RECORDING_VERSION || !isText(run) || !Array.isArray(open)) return undefined;
    const connections = open.flatMap((item: unknown) =>
      typeof item === "object" && item !== null ? (connectionOf(item as Fields) ?? []) : [],
    );
    return { kind: "segment", version, run, open: connections };
  },
};

function connectionOf({ connection, venue, target }: Fields): RecordedConnection | undefined {
  return isText(connection) && isText(venue) && isText(target) ? { connection, venue, target } : undefined;
}
