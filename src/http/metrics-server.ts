import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import type { Access } from "./access/register-access.ts";
import { newApp } from "./new-app.ts";
import { registerProblems, sendProblem } from "./problem.ts";
import type { MetricsText } from "./routes/probes.ts";

export interface MetricsServerOptions {
  readonly metrics: MetricsText;
  /** Of the hub itself: Host, Origin and keys are checked as there. */
  readonly access: Pick<Access, "authorizeUpgrade">;
  readonly logger: FastifyBaseLogger;
}

/** The page for Prometheus at the root of a port of its own, and at `/metrics`; nothing else. Not yet listening. */
export function createMetricsServer({ metrics, access, logger }: MetricsServerOptions): FastifyInstance {
  const app = newApp(logger);
  registerProblems(app);
  app.addHook("onRequest", async (request, reply) => {
    const decision = await access.authorizeUpgrade(request.raw, "metrics");
    if (decision.ok) return undefined;
    const { code, ...options } = decision.refusal;
    return sendProblem(reply, code, options);
  });
  for (const url of ["/", "/metrics"])
    app.get(url, (_, reply) => {
      reply.header("cache-control", "no-store").type(metrics.contentType);
      return metrics.text();
    });
  return app;
}
