import { randomUUID } from "node:crypto";
import type { PackedRows } from "../../hub/packed-rows.ts";
import type { GroupReply } from "../reply.ts";
import { type Remote, WorkerDied } from "./remote.ts";
import type { WriterCalls } from "./writer-worker.ts";

const OUTCOME_TRIES = 5;

/** Commits a group; when the writer dies meanwhile, looks whether it got that far before saying yes or no. */
export function commitThrough(writer: Remote<WriterCalls>): (rows: PackedRows) => Promise<GroupReply> {
  const session = randomUUID();
  let groups = 0;
  return async (rows) => {
    const token = `${session}:${++groups}`;
    try {
      return await writer.call("append", rows, token);
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
      const reply = await outcomeOf(writer, token);
      if (reply === undefined) throw error;
      return reply;
    }
  };
}

/** A writer that dies again while it is asked changes nothing: the next one can tell as well. */
async function outcomeOf(writer: Remote<WriterCalls>, token: string): Promise<GroupReply | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await writer.call("outcomeOf", token);
    } catch (error) {
      if (!(error instanceof WorkerDied) || tries === OUTCOME_TRIES) throw error;
    }
  }
}
