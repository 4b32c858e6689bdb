import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import { answerError } from "./problem.ts";

/** A client must send its request within this time, and headers within the second: what dribbles is cut off. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 15_000;
const KEEP_ALIVE_MS = 72_000;
const CONNECTIONS_MAX = 2_000;

/** A server without routes, bounded in what a connection may take of it. */
export function newApp(logger: FastifyBaseLogger): FastifyInstance {
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
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
  return app;
}
