import { emptyState, foldedSeq, reduce } from "../../src/engine/fold.ts";
import { fingerprint } from "../../src/engine/snapshot.ts";
import type { Store } from "../../src/hub/ports.ts";
import { recover } from "../../src/hub/recovery.ts";
import { type DeskEvent, eventTypes } from "../../src/protocol/event-types.ts";
import type { Recorded } from "../../src/protocol/recorded.ts";
import type { SentBatch } from "./traffic.ts";

export interface Audit {
  readonly facts: number;
  /** What the invariants forbid; empty when all is well. Cut after 20. */
  readonly problems: readonly string[];
  /** Whether the start from here uses a snapshot, and how many facts it folds after it. */
  readonly fromSnapshot: boolean;
  readonly tail: number;
}

const PROBLEMS_SHOWN = 20;

/**
 * Compares a log with what was sent to it (I1, I2): every acknowledged event is there exactly once as it was sent, `seq`
 * strictly increases, each request is there whole or not at all, the fills agree with the log, and a start from snapshot
 * and tail gives the same state, byte for byte, as a fold of everything from empty.
 */
export async function auditLog(store: Store, batches: readonly SentBatch[]): Promise<Audit> {
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const sent = new Map(batches.flatMap((batch) => [...batch.expected]));
  const refolded = emptyState();
  let lastSeq = 0;
  let fills = 0;
  await store.replay(0, (events) => {
    for (const recorded of events) {
      if (recorded.seq <= lastSeq) problems.push(`seq ${recorded.seq} comes after ${lastSeq}`);
      lastSeq = recorded.seq;
      reduce(refolded, recorded);
      if ("hubOnly" in eventTypes[recorded.event.type]) continue;
      if (recorded.event.type === "fill") fills++;
      problems.push(...compare(recorded, sent, seen));
    }
  });
  for (const batch of batches) problems.push(...wholeOrNot(batch, seen));
  const projected = await countFills(store);
  if (projected !== fills) problems.push(`${projected} fills are shown, ${fills} are in the log`);
  const { state, fromSnapshot, refolded: tail } = await recover(store);
  if (foldedSeq(state) !== lastSeq) problems.push(`a start ends at ${foldedSeq(state)}, the log at ${lastSeq}`);
  if (fingerprint(state) !== fingerprint(refolded))
    problems.push("snapshot and tail give another state than all facts");
  return { facts: refolded.desk.facts, problems: problems.slice(0, PROBLEMS_SHOWN), fromSnapshot, tail };
}

function* compare({ seq, event, standing }: Recorded, sent: ReadonlyMap<string, string>, seen: Map<string, number>) {
  const expected = sent.get(event.id ?? "");
  if (expected === undefined) yield `${seq}: ${JSON.stringify(event)} was never sent`;
  else if (expected !== statedText(event)) yield `${seq}: ${JSON.stringify(event)} was sent as ${expected}`;
  if (standing !== "fact") yield `${seq}: ${event.id} is taken for a ${standing}`;
  const before = seen.get(event.id ?? "");
  if (before !== undefined) yield `${event.id} is there twice, as ${before} and ${seq}`;
  seen.set(event.id ?? "", seq);
}

/** A void comes back with the fill that it takes back; what was stated is the rest. */
function statedText(event: DeskEvent): string {
  return JSON.stringify(event, (name, value: unknown) => (name === "voids" ? undefined : value));
}

function* wholeOrNot({ expected, acknowledged }: SentBatch, seen: ReadonlyMap<string, number>) {
  const ids = [...expected.keys()];
  const there = ids.filter((id) => seen.has(id)).length;
  if (acknowledged && there < ids.length)
    yield `${ids.length - there} of ${ids.length} acknowledged are gone: ${ids[0]}…`;
  if (!acknowledged && there !== 0 && there !== ids.length)
    yield `${there} of ${ids.length} of one request: ${ids[0]}…`;
}

async function countFills(store: Store): Promise<number> {
  let count = 0;
  let afterSeq = 0;
  for (;;) {
    const page = await store.fills({ order: "oldest", limit: 1_000, afterSeq });
    count += page.events.length;
    if (page.complete || page.lastSeq === undefined) return count;
    afterSeq = page.lastSeq;
  }
}
