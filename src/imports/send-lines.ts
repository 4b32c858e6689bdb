import { eventLine, withFields } from "./event-line.ts";
import { HubAway, HubRefused, HubSender, type SenderOptions } from "./hub-sender.ts";
import { LINE_CHARS_MAX, linesOf } from "./lines.ts";

export interface SendLinesOptions {
  readonly chunks: AsyncIterable<string>;
  /** The bot of lines that name none. */
  readonly bot: string | undefined;
  /** Begins the ids of lines without one, so that a batch sent again counts once. Different for every run. */
  readonly runId: string;
  readonly hub: Omit<SenderOptions<number>, "onDelivered">;
  readonly onRefused: (refused: RefusedLine) => void;
}

/** A line that was refused, by us or by the hub. */
export interface RefusedLine {
  readonly line: number;
  readonly code: string;
  readonly path: string;
  readonly message: string;
}

/** The body of `deskwatch send --json`. */
export interface SendReport {
  readonly lines: number;
  readonly accepted: number;
  readonly sampled: number;
  readonly duplicates: number;
  readonly merged: number;
  readonly contradictions: number;
  readonly refused: number;
  readonly last_seq: number;
  /** Why sending stopped before the end, when it did. */
  readonly error?: string;
}

const OUTCOMES = ["accepted", "sampled", "duplicates", "merged", "contradictions"] as const;

/**
 * Sends NDJSON lines to a hub as they come: what is there is sent before more is waited for. When the hub is away or
 * says no to all, the report's `error` tells it; this does not reject for that.
 */
export async function sendLines(options: SendLinesOptions): Promise<SendReport> {
  const counts = {
    lines: 0,
    accepted: 0,
    sampled: 0,
    duplicates: 0,
    merged: 0,
    contradictions: 0,
    refused: 0,
    last_seq: 0,
  };
  const refuse = (refused: RefusedLine): void => {
    counts.refused++;
    options.onRefused(refused);
  };
  const sender = new HubSender<number>({
    ...options.hub,
    onDelivered: (delivered) => {
      for (const name of OUTCOMES) counts[name] += delivered.counts[name];
      counts.last_seq = Math.max(counts.last_seq, delivered.counts.last_seq);
      for (const { ref, ...why } of delivered.refused) refuse({ line: ref, ...why });
    },
  });
  try {
    for await (const { line, text } of linesOf(flushedBetween(options.chunks, sender))) {
      counts.lines++;
      const body = bodyOf(text, line, options);
      if (typeof body === "string") await sender.add({ ref: line, body });
      else refuse(body);
    }
    await sender.end();
  } catch (error) {
    if (!(error instanceof HubAway || error instanceof HubRefused)) throw error;
    return { ...counts, error: error.message };
  }
  return counts;
}

async function* flushedBetween(chunks: AsyncIterable<string>, sender: HubSender<number>): AsyncGenerator<string, void> {
  for await (const chunk of chunks) {
    yield chunk;
    await sender.flush();
  }
}

/** The event to send for a line, or why there is none. */
function bodyOf(text: string | undefined, line: number, { bot, runId }: SendLinesOptions): string | RefusedLine {
  if (text === undefined)
    return { line, code: "too_large", path: "", message: `longer than ${LINE_CHARS_MAX} characters` };
  const parsed = eventLine(text);
  if (!parsed.ok)
    return { line, code: "invalid_event", path: "", message: `${parsed.error.reason}: ${parsed.error.detail}` };
  return withFields(text, {
    ...(parsed.value["bot"] === undefined && bot !== undefined ? { bot } : {}),
    ...(parsed.value["id"] === undefined ? { id: `${runId}:${line}` } : {}),
  });
}
