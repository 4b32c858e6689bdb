import type { FastifyInstance } from "fastify";
import type { Query } from "../../hub/query.ts";
import { registerDeskReads } from "./desk-reads.ts";
import { registerDocument2Reads } from "./document2-reads.ts";
import { registerEventReads } from "./event-reads.ts";
import { registerFillReads } from "./fill-reads.ts";
import { type MetricsText, type Ready, registerProbes } from "./probes.ts";

export interface ReadsOptions {
  readonly query: Query;
  readonly ready: Ready;
  readonly metrics: MetricsText;
}

/** Every route that only reads: those of document 2, the native ones, and the probes. */
export function registerReads(app: FastifyInstance, { query, ready, metrics }: ReadsOptions): void {
  registerDocument2Reads(app, query);
  registerNativeReads(app, query);
  registerProbes(app, { ready, metrics });
}

/** The reads under `/api/v1/`, of the desk or of a replay. */
export function registerNativeReads(app: FastifyInstance, query: Query): void {
  registerEventReads(app, query);
  registerFillReads(app, query);
  registerDeskReads(app, query);
}
