import { workerData } from "node:worker_threads";
import type { Grain } from "../../engine/rollup/buckets.ts";
import type { RollupProgress } from "../../hub/rollup-port.ts";
import { Roller } from "../rollup/roller.ts";
import { openForReading } from "./database.ts";
import { serve } from "./remote.ts";
import { RollupQuestions, sqliteDialect } from "./rollup-database.ts";
import { yieldToOthers } from "./thread-priority.ts";

const { dataDir } = workerData as { readonly dataDir: string };

yieldToOthers();
const database = openForReading(dataDir);
const questions = new RollupQuestions(database);
const roller = new Roller(sqliteDialect);

const calls = {
  /** The next part: what the writer is to write, as one text, and where rollups stand once it did. */
  step: (grain: Grain): { readonly writes: string | undefined; readonly progress: RollupProgress } => {
    const { writes, progress } = questions.run(roller.step(grain));
    return { writes: writes && JSON.stringify(writes), progress };
  },
  close: () => database.close(),
};

/** What the maker of rollups can be asked. */
export type RollupCalls = typeof calls;

serve(calls);
