import { existsSync } from "node:fs";
import fastifyStatic from "@fastify/static";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Clock } from "../base/time.ts";
import type { Hub } from "../hub/hub.ts";
import { type Access, type AccessOptions, declareAccess, registerAccess } from "./access/register-access.ts";
import { describeRoutes, registerDocs } from "./openapi.ts";
import { answerError, registerProblems, sendProblem } from "./problem.ts";
import { type DemoControl, registerDemo } from "./routes/demo.ts";
import { registerDocuments } from "./routes/documents.ts";
import type { DemoState } from "./routes/hub-reads.ts";
import { registerImportReports } from "./routes/import-reports.ts";
import { registerIngest } from "./routes/ingest.ts";
import type { MetricsText } from "./routes/probes.ts";
import { registerNativeReads, registerReads } from "./routes/reads.ts";
import { registerReplays, replayStream } from "./routes/replays.ts";
import { registerStream } from "./stream.ts";

export interface ServerOptions {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly version: string;
  readonly access: Omit<AccessOptions, "clock">;
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

/** A client must send its request within this time, and headers within the second: what dribbles is cut off. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 72_000;
const CONNECTIONS_MAX = 2_000;

/** Everything that the hub answers over HTTP; not yet listening. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const { hub, version } = options;
  const app = fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true }),
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 5_000 },
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
    // Schemas document the routes; what is sent was typed at its source.
    schemaController: { compilersFactory: { buildSerializer: () => () => (body: unknown) => JSON.stringify(body) } },
  });
  app.server.maxConnections = CONNECTIONS_MAX;
  registerProblems(app);
  await describeRoutes(app, { version });
  const access = await registerAccess(app, { ...options.access, clock: options.clock });
  await registerDocs(app);
  registerIngest(app, hub);
  registerDocuments(app, hub, options.clock);
  registerImportReports(app, hub, options.clock);
  const { metrics, demo = () => undefined } = options;
  registerReads(app, { query: hub.query, ready: hub.ready, metrics, demo });
  registerReplays(app, { replays: hub.replays, query: hub.query, register: registerNativeReads });
  registerStream(app, {
    publisher: hub.publisher,
    access,
    version,
    asOfSeq: () => hub.query.asOf().as_of_seq,
    replayOf: replayStream(hub.replays),
  });
  if (options.demoControl !== undefined) registerDemo(app, options.demoControl, access);
  await registerPage(app, options.webDir);
  return { app, access };
}

/** Its parts have hashed names and are kept for a year; the page that names them is asked for every time. */
const ALWAYS_FRESH = { maxAge: 0, immutable: false };

/** The page and its parts; every other path that a browser opens is the page too, which knows its own routes. */
async function registerPage(app: FastifyInstance, webDir: string): Promise<void> {
  if (!existsSync(webDir)) return;
  await app.register(async (scope) => {
    declareAccess(scope, "public");
    await scope.register(fastifyStatic, { root: webDir, wildcard: false, maxAge: "1y", immutable: true, index: false });
    scope.get("/", (_request, reply) => reply.sendFile("index.html", ALWAYS_FRESH));
    scope.get("/*", (request, reply) => {
      const wantsPage = request.headers.accept?.includes("text/html") === true;
      if (!wantsPage || request.url.startsWith("/api/"))
        return sendProblem(reply, "not_found", { detail: "There is nothing here." });
      return reply.sendFile("index.html", ALWAYS_FRESH);
    });
  });
}
