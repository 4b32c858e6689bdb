import { z } from "zod";
import { parseTime } from "../../base/time.ts";
import { ensure } from "../../base/assert.ts";
import type { ExportFilters } from "./manifest.ts";

export interface EventLinesOptions {
  /** NDJSON of the log, oldest first, in pieces of any size. */
  readonly chunks: AsyncIterable<string>;
  /** Nothing after it. */
  readonly upToSeq: number;
  readonly filters: ExportFilters;
  /** The first statement of a fact, by its `seq`. */
  readonly firstStatement: (seq: number) => Promise<Readonly<Record<string, unknown>>>;
  readonly onSeq: (seq: number) => void;
  /** A later statement was left out since its first one does not match the filters. */
  readonly onLeftOut: () => void;
}

/**
 * The lines of the log up to a `seq`, each a whole event: a merge, which in the log holds only what it adds, gets the
 * fields of its first statement too. A merge or contradiction without its first statement would be taken for a fact of
 * its own, so it is left out where the filters leave that out.
 */
export async function* eventLines(options: EventLinesOptions): AsyncGenerator<string> {
  let held = "";
  for await (const chunk of options.chunks) {
    const end = chunk.lastIndexOf("\n") + 1;
    if (end === 0) {
      held += chunk;
      continue;
    }
    const text = held + chunk.slice(0, end);
    held = chunk.slice(end);
    const lastSeq = lineOf(lastLine(text)).seq;
    options.onSeq(Math.min(lastSeq, options.upToSeq));
    if (lastSeq <= options.upToSeq && !text.includes('"standing":')) yield text;
    else yield* eachLine(text, options);
    if (lastSeq >= options.upToSeq) return;
  }
  if (held !== "") throw new Error("the hub's answer ended in the middle of an event");
}

async function* eachLine(text: string, options: EventLinesOptions): AsyncGenerator<string> {
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const said = lineOf(line);
    if (said.seq > options.upToSeq) return;
    const whole = await wholeLine(line, said, options);
    if (whole === undefined) options.onLeftOut();
    else yield `${whole}\n`;
  }
}

async function wholeLine(
  line: string,
  said: z.infer<typeof logLine>,
  { filters, firstStatement }: EventLinesOptions,
): Promise<string | undefined> {
  const isMerge = said.standing === "merge";
  if (said.of_seq === undefined || !(isMerge || said.standing === "contradiction")) return line;
  const first = await firstStatement(said.of_seq);
  if (!matches(first, filters)) return undefined;
  return isMerge ? withMissing(line, said, first) : line;
}

/** What the hub said of the first statement is not so of the merge; its id is its own. */
const OF_THE_FIRST = new Set(["id", "seq", "received_at", "effective_ts", "standing", "of_seq", "flags", "origin"]);

function withMissing(line: string, said: object, first: Readonly<Record<string, unknown>>): string {
  const missing = Object.entries(first).filter(([name]) => !OF_THE_FIRST.has(name) && !Object.hasOwn(said, name));
  if (missing.length === 0) return line;
  return `${line.slice(0, -1)},${JSON.stringify(Object.fromEntries(missing)).slice(1)}`;
}

function matches(event: Readonly<Record<string, unknown>>, { bot, mode, from, to }: ExportFilters): boolean {
  const at = ensure(parseTime(event["ts"]), "a time in the log");
  return (
    (bot === undefined || event["bot"] === bot) &&
    (mode === "all" || (event["mode"] ?? "live") === mode) &&
    (from === undefined || at >= (parseTime(from) ?? at)) &&
    (to === undefined || at < (parseTime(to) ?? at))
  );
}

const lastLine = (text: string): string => text.slice(text.lastIndexOf("\n", text.length - 2) + 1, -1);

const logLine = z.looseObject({ seq: z.number(), standing: z.string().optional(), of_seq: z.number().optional() });

const lineOf = (text: string): z.infer<typeof logLine> => logLine.parse(JSON.parse(text));
