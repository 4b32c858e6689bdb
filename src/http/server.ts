import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Clock } from "../base/time.ts";
import type { Audit } from "../hub/audit.ts";
import type { Hub } from "../hub/hub.ts";
import { noting } from "./access/noting.ts";
import { type Access, type AccessOptions, registerAccess } from "./access/register-access.ts";
import { registerLink } from "./link.ts";
import { newApp } from "./new-app.ts";
import { describeRoutes, registerDocs } from "./openapi.ts";
import { registerPage } from "./page.ts";
import { registerProblems } from "./problem.ts";
import { registerAuditReads } from "./routes/audit-reads.ts";
import { registerBotCommands } from "./routes/bot-commands.ts";
import { registerControls } from "./routes/controls.ts";
import { type DemoControl, registerDemo } from "./routes/demo.ts";
import { registerDocuments } from "./routes/documents.ts";
import { registerHaltRules } from "./routes/halt-rules.ts";
import type { DemoState } from "./routes/hub-reads.ts";
import { registerImportReports } from "./routes/import-reports.ts";
import { registerIngest } from "./routes/ingest.ts";
import type { MetricsText } from "./routes/probes.ts";
import { registerNativeReads, registerReads } from "./routes/reads.ts";
import { registerReplays, replayStream } from "./routes/replays.ts";
import { registerStream } from "./stream.ts";
import { Upgrades } from "./upgrades.ts";

export interface ServerOptions {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly version: string;
  readonly access: Omit<AccessOptions, "clock" | "audit">;
  /** Where acts of people and keys are kept. */
  readonly audit?: Pick<Audit, "note" | "page">;
  readonly metrics: MetricsText;
  readonly logger: FastifyBaseLogger;
  /** The built page; absent while the sources run without a build. */
  readonly webDir: string;
  /** How the demo desk stands, where this is one. */
  readonly demo?: DemoState;
  /** The way to start a demo desk, or to wipe this one; without, there are no such routes. */
  readonly demoControl?: DemoControl;
}

export interface Server {
  readonly app: FastifyInstance;
  readonly access: Access;
}

/** Who opens the page may sign in soon; a hub that nobody looks at does without 50 MB. */
function prepareSignIn(access: Access, logger: FastifyBaseLogger): void {
  void access.warm().catch((error: unknown) => logger.warn({ err: error }, "preparing sign-in failed"));
}

/** Everything that the hub answers over HTTP; not yet listening. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { hub, version } = options;
  const app = newApp(options.logger);
  registerProblems(app);
  await describeRoutes(app, { version });
  const access = await registerAccess(app, {
    ...options.access,
    clock: options.clock,
    ...(options.audit === undefined ? {} : { audit: options.audit }),
  });
  await registerDocs(app);
  registerIngest(app, hub);
  registerDocuments(app, hub, options.clock);
  const note = noting(app.log, options.audit);
  registerImportReports(app, { hub, clock: options.clock, note });
  registerControls(app, { control: hub.control, query: hub.query });
  registerHaltRules(app, { rules: hub.rules, query: hub.query, note });
  registerBotCommands(app, hub.control, hub.query);
  const { metrics, demo = () => undefined } = options;
  registerReads(app, { query: hub.query, ready: hub.ready, metrics, demo });
  registerReplays(app, { replays: hub.replays, query: hub.query, register: registerNativeReads });
  const upgrades = new Upgrades(app, access);
  registerLink(app, { hub, access, upgrades });
  registerStream(app, {
    upgrades,
    publisher: hub.publisher,
    access,
    version,
    asOfSeq: () => hub.query.asOf().as_of_seq,
    replayOf: replayStream(hub.replays),
  });
  if (options.demoControl !== undefined) registerDemo(app, options.demoControl, note);
  if (options.audit !== undefined) registerAuditReads(app, options.audit, hub.query.asOf);
  await registerPage(app, options.webDir, () => prepareSignIn(access, options.logger));
  return { app, access };
}
