import type { FastifyBaseLogger } from "fastify";
import type { Clock } from "../base/time.ts";
import type { Replay } from "../hub/replay/replay.ts";
import type { ReplayManager } from "../hub/replay/replay-manager.ts";
import { type AccessOptions, registerAccess } from "./access/register-access.ts";
import { newApp } from "./new-app.ts";
import { describeRoutes, registerDocs } from "./openapi.ts";
import { registerPage } from "./page.ts";
import { registerProblems } from "./problem.ts";
import { registerDocument2Reads } from "./routes/document2-reads.ts";
import { registerHubReads } from "./routes/hub-reads.ts";
import { registerNativeReads } from "./routes/reads.ts";
import { registerReplays, replayStream } from "./routes/replays.ts";
import type { Server } from "./server.ts";
import { registerStream } from "./stream.ts";

export interface ReplayServerOptions {
  readonly replays: ReplayManager;
  /** The one that is served where a hub shows its desk. */
  readonly replay: Replay;
  readonly clock: Clock;
  readonly version: string;
  readonly access: Omit<AccessOptions, "clock">;
  readonly logger: FastifyBaseLogger;
  readonly webDir: string;
}

/** The page, the reads and the stream of a replay without a hub; nothing can be sent to it. Not yet listening. */
export async function createReplayServer(options: ReplayServerOptions): Promise<Server> {
  const { replays, replay, version } = options;
  const { query, publisher, id } = replay;
  const app = newApp(options.logger);
  registerProblems(app);
  await describeRoutes(app, { version });
  const access = await registerAccess(app, { ...options.access, clock: options.clock });
  await registerDocs(app);
  registerDocument2Reads(app, query);
  registerNativeReads(app, query);
  registerHubReads(app, query, () => undefined);
  registerReplays(app, { replays, query, register: registerNativeReads });
  const replayOf = replayStream(replays);
  const asOfSeq = (): number => query.asOf().as_of_seq;
  registerStream(app, { ...replayOf(id), publisher, access, version, asOfSeq, replayOf });
  await registerPage(app, options.webDir);
  return { app, access };
}
