import type { FastifyInstance } from "fastify";
import type { Query } from "../../hub/query.ts";
import { registerAnalysisReads } from "./analysis-reads.ts";
import { registerControlReads } from "./controls.ts";
import { registerDeskReads } from "./desk-reads.ts";
import { registerDocument2Reads } from "./document2-reads.ts";
import { registerEdgeReads } from "./edge-reads.ts";
import { registerEventReads } from "./event-reads.ts";
import { registerExecutionReads } from "./execution-reads.ts";
import { registerFillReads } from "./fill-reads.ts";
import { type DemoState, registerHubReads, registerRejectedReads } from "./hub-reads.ts";
import { registerMetricReads } from "./metric-reads.ts";
import { registerMarkReads } from "./mark-reads.ts";
import { registerMoneyReads } from "./money-reads.ts";
import { type MetricsText, type Ready, registerProbes } from "./probes.ts";
import { registerReconciliationReads } from "./reconciliation-reads.ts";
import { registerRuleReads } from "./rule-reads.ts";
import { registerSessionReads } from "./session-reads.ts";
import { registerSummaryReads } from "./summary-reads.ts";
import { registerTradingReads } from "./trading-reads.ts";

export interface ReadsOptions {
  readonly query: Query;
  readonly ready: Ready;
  readonly metrics: MetricsText;
  readonly demo: DemoState;
}

/** Every route that only reads: those of document 2, the native ones, and the probes. */
export function registerReads(app: FastifyInstance, { query, ready, metrics, demo }: ReadsOptions): void {
  registerDocument2Reads(app, query);
  registerNativeReads(app, query);
  registerHubReads(app, query, demo);
  registerProbes(app, { ready, metrics });
}

/** The reads under `/api/v1/`, of the desk or of a replay. */
export function registerNativeReads(app: FastifyInstance, query: Query): void {
  registerEventReads(app, query);
  registerFillReads(app, query);
  registerDeskReads(app, query);
  registerEdgeReads(app, query);
  registerControlReads(app, query);
  registerMarkReads(app, query);
  registerMoneyReads(app, query);
  registerExecutionReads(app, query);
  registerAnalysisReads(app, query);
  registerTradingReads(app, query);
  registerReconciliationReads(app, query);
  registerRuleReads(app, query);
  registerSessionReads(app, query);
  registerMetricReads(app, query);
  registerSummaryReads(app, query);
  registerRejectedReads(app, query);
}
