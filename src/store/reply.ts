import type { Standing } from "../protocol/recorded.ts";
import { storedEvent } from "../protocol/stored-event.ts";
import type { AppendOutcome } from "../hub/ports.ts";

/**
 * What the writer answers for a committed group, small when all went plainly: rows are new facts with the next `seq`
 * each, from `first` on, but for the odd ones.
 */
export interface GroupReply {
  readonly first: number;
  readonly odd: readonly OddRow[];
}

/** A row that is not a plain new fact, by its index in the group. `body` is given when it is not the one handed in. */
export interface OddRow {
  readonly index: number;
  readonly standing: Standing | "duplicate";
  readonly seq: number;
  readonly ofSeq?: number;
  readonly body?: string;
}

/** The outcome of every row of a group, in order. */
export function outcomesOf(reply: GroupReply, count: number): AppendOutcome[] {
  const outcomes: AppendOutcome[] = [];
  let next = reply.first;
  let oddAt = 0;
  for (let index = 0; index < count; index++) {
    const odd = reply.odd[oddAt];
    if (odd === undefined || odd.index !== index) {
      outcomes.push({ seq: next++, standing: "fact" });
      continue;
    }
    oddAt++;
    if (odd.standing !== "duplicate") next = odd.seq + 1;
    outcomes.push(outcomeOf(odd));
  }
  return outcomes;
}

const outcomeOf = ({ seq, standing, ofSeq, body }: OddRow): AppendOutcome => ({
  seq,
  standing,
  ...(ofSeq === undefined ? {} : { ofSeq }),
  ...(body === undefined ? {} : { event: storedEvent(body) }),
});
