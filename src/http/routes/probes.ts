import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ProblemError } from "../problem.ts";
import { addRead, jsonAnswer } from "../read-route.ts";

/** Whether the hub takes events now, or why not. */
export type Ready = () => { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** The hub's metrics as text, and the content type of that text. */
export interface MetricsText {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

/** `/healthz` (the process answers), `/readyz` (it takes events) and `/metrics`. */
export function registerProbes(app: FastifyInstance, options: { ready: Ready; metrics: MetricsText }): void {
  const each = { tag: "hub", access: "public", query: z.object({}) } as const;
  addRead(app, {
    ...each,
    url: "/healthz",
    summary: "Whether the process answers",
    answer: jsonAnswer(z.object({ status: z.literal("ok") })),
    handler: () => ({ status: "ok" }),
  });
  addRead(app, {
    ...each,
    url: "/readyz",
    summary: "Whether the hub takes events; 503 and the reason when it does not",
    answer: jsonAnswer(z.object({ status: z.literal("ready") })),
    handler: () => {
      const state = options.ready();
      if (!state.ok) throw new ProblemError("store_unavailable", { detail: state.reason });
      return { status: "ready" };
    },
  });
  addRead(app, {
    ...each,
    access: "metrics",
    url: "/metrics",
    summary: "Metrics for Prometheus",
    answer: { description: "Prometheus text", content: { "text/plain": { schema: { type: "string" } } } },
    handler: (_, __, reply) => {
      reply.type(options.metrics.contentType);
      return options.metrics.text();
    },
  });
}
