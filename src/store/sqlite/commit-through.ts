import { randomUUID } from "node:crypto";
import type { GroupReply } from "../reply.ts";
import { type Remote, WorkerDied } from "./remote.ts";
import type { WriterCalls } from "./writer-worker.ts";

/** Commits a group; when the writer dies meanwhile, looks whether it got that far before saying yes or no. */
export function commitThrough(writer: Remote<WriterCalls>): (rows: string) => Promise<GroupReply> {
  const session = randomUUID();
  let groups = 0;
  return async (rows) => {
    const token = `${session}:${++groups}`;
    try {
      return await writer.call("append", rows, token);
    } catch (error) {
      if (!(error instanceof WorkerDied)) throw error;
      const reply = await writer.call("outcomeOf", token);
      if (reply === undefined) throw error;
      return reply;
    }
  };
}
