import { workerData } from "node:worker_threads";
import type { ByTimeFilter, EventFilter, OpportunityFilter, OrderFilter } from "../../hub/ports.ts";
import type { AuditFilter } from "../../hub/audit-port.ts";
import type { SamplesFrom } from "../../hub/past-reads.ts";
import type { Grain } from "../../engine/rollup/buckets.ts";
import type { RollupFilter, RollupProgress } from "../../hub/rollup-port.ts";
import type { Roller } from "../rollup/roller.ts";
import { openForReading } from "./database.ts";
import { readSamples, readStatements } from "./past-reader.ts";
import { Reader } from "./reader.ts";
import { serve } from "./remote.ts";
import { RollupQuestions, sqliteDialect } from "./rollup-database.ts";
import { yieldToOthers } from "./thread-priority.ts";

const { dataDir } = workerData as { readonly dataDir: string };

yieldToOthers();
const database = openForReading(dataDir);
const reader = new Reader(database);
const questions = new RollupQuestions(database);
/** With all that a fold needs: a reader that is not asked for rollups begins sooner, and is smaller. */
let roller: Roller | undefined;

async function rollerAtHand(): Promise<Roller> {
  const { Roller: Made } = await import("../rollup/roller.ts");
  roller ??= new Made(sqliteDialect);
  return roller;
}

const calls = {
  lastSeq: () => reader.lastSeq(),
  replay: (afterSeq: number) => reader.replay(afterSeq),
  events: (filter: EventFilter) => reader.events(filter),
  fills: (filter: EventFilter) => reader.fills(filter),
  fillsByTime: (filter: ByTimeFilter) => reader.fillsByTime(filter),
  orders: (filter: OrderFilter) => reader.orders(filter),
  opportunities: (filter: OpportunityFilter) => reader.opportunities(filter),
  imports: (limit: number) => reader.imports(limit),
  latestSamples: () => reader.latestSamples(),
  loadSlices: (foldVersion: number) => reader.loadSlices(foldVersion),
  rejections: (limit: number) => reader.rejections(limit),
  keyByPrefix: (prefix: string) => reader.keyByPrefix(prefix),
  keys: () => reader.keys(),
  audit: (filter: AuditFilter) => reader.audit(filter),
  auditLastSeq: () => reader.auditLastSeq(),
  samples: (from: SamplesFrom) => readSamples(database, from),
  statementsOf: (seqs: readonly number[]) => readStatements(database, seqs),
  /** The next part of the rollups: what the writer is to write, as one text, and where they stand once it did. */
  rollUp: async (grain: Grain): Promise<{ readonly writes: string | undefined; readonly progress: RollupProgress }> => {
    const { writes, progress } = questions.run((await rollerAtHand()).step(grain));
    return { writes: writes && JSON.stringify(writes), progress };
  },
  rollups: async (filter: RollupFilter) => {
    const { readRollups } = await import("../rollup/read-rollups.ts");
    return questions.run(readRollups(sqliteDialect, filter));
  },
  close: () => database.close(),
};

/** What a reader of the store can be asked. */
export type ReaderCalls = typeof calls;

serve(calls);
