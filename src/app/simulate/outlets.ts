import { compressionOf } from "./compression.ts";
import { writeOut } from "../export/out-file.ts";
import { HubAway, HubRefused, HubSender, type SenderOptions } from "../../imports/hub-sender.ts";

/** What a hub said of all events. */
export interface HubCounts {
  accepted: number;
  sampled: number;
  duplicates: number;
  merged: number;
  contradictions: number;
  refused: number;
  first_refusal?: string;
}

const CHUNK_CHARS = 131_072;

/** Lines into a new file, compressed as its name ends. Rejects when the file is there already or cannot be written. */
export async function linesToFile(path: string, lines: Iterable<string>): Promise<{ readonly bytes: number }> {
  return writeOut({ path, texts: chunks(lines), compression: compressionOf(path), kind: "ndjson" });
}

function* chunks(lines: Iterable<string>): Generator<string, void> {
  let text = "";
  for (const line of lines) {
    text += `${line}\n`;
    if (text.length < CHUNK_CHARS) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/**
 * Lines to a hub as fast as it takes them, in order: what comes later must not be known before what it follows from.
 * `error` says why it stopped before the end.
 */
export async function linesToHub(
  hub: Omit<SenderOptions<undefined>, "onDelivered">,
  lines: Iterable<string>,
): Promise<HubCounts & { readonly error?: string }> {
  const counts: HubCounts = { accepted: 0, sampled: 0, duplicates: 0, merged: 0, contradictions: 0, refused: 0 };
  const sender = new HubSender<undefined>({
    ...hub,
    onDelivered: ({ counts: said, refused }) => {
      for (const name of ["accepted", "sampled", "duplicates", "merged", "contradictions"] as const)
        counts[name] += said[name];
      counts.refused += refused.length;
      const [first] = refused;
      if (first !== undefined) counts.first_refusal ??= `${first.path}: ${first.message}`;
    },
  });
  try {
    for (const body of lines) await sender.add({ ref: undefined, body });
    await sender.end();
  } catch (error) {
    if (!(error instanceof HubAway || error instanceof HubRefused)) throw error;
    return { ...counts, error: error.message };
  }
  return counts;
}
