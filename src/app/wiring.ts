import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Pool } from "pg";
import { type Logger, pino } from "pino";
import { redactPaths } from "../http/access/redact.ts";
import { checkBind, isLoopbackBind } from "../http/access/bind.ts";
import type { DemoControl } from "../http/routes/demo.ts";
import type { MetricsServerOptions } from "../http/metrics-server.ts";
import type { DemoState } from "../http/routes/hub-reads.ts";
import type { createServer } from "../http/server.ts";
import type { Mode } from "../engine/bot-state.ts";
import { foldedSeq } from "../engine/fold.ts";
import { readEachBot, readOwnMetrics } from "../engine/read-scope.ts";
import { writeDailyFiles } from "../exports/daily-files.ts";
import type { KeepSummary } from "../hub/day-close.ts";
import { Audit } from "../hub/audit.ts";
import type { GuardOptions } from "../hub/guards.ts";
import { type Hub, startHub } from "../hub/hub.ts";
import { QUEUE_EVENTS_MAX } from "../hub/ingest.ts";
import type { Store } from "../hub/ports.ts";
import { createHubMetrics, type HubMetricsSource } from "../prometheus/hub-metrics.ts";
import { summaryLine } from "../view/daily-summary.ts";
import { type Environment, openAccounts } from "./accounts/open-accounts.ts";
import { systemClock, systemTimers } from "./clock.ts";
import type { Config } from "./config.ts";
import { DemoProcess } from "./demo/starter.ts";
import { openStore } from "./open-store.ts";
import { VERSION } from "./version.ts";

/** A hub that listens. */
export interface Desk {
  /** Where a browser finds it. */
  readonly url: string;
  /** Where the metrics are at the root; undefined when no port was given to them. */
  readonly metricsUrl: string | undefined;
  /** Needed to make the owner from beyond loopback; undefined once there is one, or when only loopback is served. */
  readonly setupToken: string | undefined;
  readonly hub: Hub;
  readonly close: () => Promise<void>;
}

/** Why the hub did not start, in words for whoever typed the command. */
export class StartRefused extends Error {
  override readonly name = "StartRefused";
}

/** What makes a desk a demo. */
export interface DemoParts {
  readonly defaultMode: Mode;
  readonly demo: DemoState;
  readonly demoControl: DemoControl;
}

/**
 * Opens the store, recovers, and listens. Everything that was opened is closed again when a later step fails. Credentials
 * of venue accounts come from `environment`, or from files that it names.
 */
export async function startDesk(config: Config, demo?: DemoParts, environment: Environment = {}): Promise<Desk> {
  const logger = pino(
    { level: config.logLevel, redact: { paths: [...redactPaths], censor: "[hidden]" } },
    pino.destination({ dest: 2, sync: false }),
  );
  const onProblem = (what: string, error: unknown): void => logger.warn({ err: error }, `${what} failed`);
  const guards = demo === undefined ? guardsOf(config, environment) : {};
  const store = await openStore(config);
  const opened: (() => Promise<void>)[] = [() => store.close()];
  const close = async (): Promise<void> => {
    for (const step of opened.splice(0).reverse()) await step();
  };
  try {
    const starting = startHub({
      onAppend: (durationMs, rows) => metrics.observeAppend({ seconds: durationMs / 1000, rows }),
      store,
      clock: systemClock,
      timers: systemTimers,
      version: VERSION,
      newId: randomUUID,
      sampleRetentionDays: config.sampleRetentionDays,
      declared: config.declared,
      ...(config.exposureLimits === undefined ? {} : { exposureLimits: config.exposureLimits }),
      ...guards,
      ...(demo === undefined ? { keepSummary: summaryKeeper(config, logger) } : { defaultMode: demo.defaultMode }),
      onNotice: (text) => logger.warn(text),
      onProblem,
    });
    const serving = loadServer();
    const hub = await starting;
    opened.push(() => hub.stop());
    const audit = new Audit({
      store,
      clock: systemClock,
      timers: systemTimers,
      retentionDays: config.auditRetentionDays,
      onProblem,
    });
    opened.push(() => audit.stop());
    const metrics = createHubMetrics(metricsSource(hub, store));
    const pool = await accountsPool(config, logger);
    if (pool !== undefined) opened.push(() => pool.end());
    const starter = new DemoProcess(config.dataDir);
    opened.push(() => starter.stop());
    const { createServer } = await serving;
    const { app, access } = await createServer({
      ...(demo ?? { demoControl: { starter } }),
      hub,
      clock: systemClock,
      version: VERSION,
      metrics,
      audit,
      logger,
      webDir: WEB_DIR,
      access: { ...accessOf(config), keys: store.keys, ...(pool === undefined ? {} : { pool }) },
    });
    opened.push(() => app.close());
    const setupToken = access.setupToken();
    const bind = checkBind({ host: config.host, ownerExists: await access.ownerExists(), setupToken });
    if (!bind.ok) throw new StartRefused(bind.error);
    const metricsUrl = await listenForMetrics(config.metricsPort, { metrics, access, logger, opened });
    const url = await listen(app, config);
    return { url, metricsUrl, setupToken: isLoopbackBind(config.host) ? undefined : setupToken, hub, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What serves loads while the threads of the store begin. */
function loadServer(): Promise<typeof import("../http/server.ts")> {
  const loading = import("../http/server.ts");
  // Its failure is met where it is waited for; until then it must not count as unhandled.
  loading.catch(() => undefined);
  return loading;
}

/** Writes the files of a day that ended, and says it in the log. */
const summaryKeeper =
  ({ logsDir }: Config, logger: Logger): KeepSummary =>
  async (summary) => {
    await writeDailyFiles(logsDir, summary);
    const { date, desk, bots } = summary;
    logger.info(summaryLine(date, desk));
    for (const section of bots) logger.info({ bot: section.bot, mode: section.mode }, summaryLine(date, section));
  };

const accessOf = ({ dataDir, host, allowedHosts, trustLoopback, trustProxy, https }: Config) => ({
  ...{ dataDir, host, allowedHosts, trustLoopback, trustProxy, https },
});

/** Accounts that are read at venues, and rules that halt; a demo has none. */
function guardsOf(config: Config, environment: Environment): GuardOptions {
  const accounts = openAccounts(config.venueAccounts, environment);
  if (!accounts.ok) throw new StartRefused(accounts.error);
  return { venueAccounts: accounts.value, haltRules: config.haltRules };
}

interface MetricsListener extends MetricsServerOptions {
  readonly opened: (() => Promise<void>)[];
}

/** Metrics are for the machine itself: beyond it the hub's own port has them, for those with a key. */
async function listenForMetrics(port: number | undefined, options: MetricsListener): Promise<string | undefined> {
  if (port === undefined) return undefined;
  const { createMetricsServer } = await import("../http/metrics-server.ts");
  const app = createMetricsServer(options);
  options.opened.push(() => app.close());
  return await listen(app, { host: "127.0.0.1", port }, "--metrics-port");
}

const metricsSource = (hub: Hub, store: Store): HubMetricsSource => ({
  version: VERSION,
  events: () => {
    const { accepted, duplicates, merged, contradictions, sampled, rejected, refusedFull } = hub.ingest.totals;
    return {
      accepted,
      duplicate: duplicates,
      merged,
      contradiction: contradictions,
      sampled,
      rejected,
      refused_full: refusedFull,
    };
  },
  queue: () => ({ events: hub.ingest.queued, limit: QUEUE_EVENTS_MAX }),
  store: () => ({ kind: store.kind, ok: hub.ready().ok }),
  fold: () => ({ seq: foldedSeq(hub.state), facts: hub.state.desk.facts, bots: hub.state.bots.size }),
  subscribers: hub.publisher.subscribers,
  subscribersGivenUp: hub.publisher.givenUp,
  desk: {
    bots: () => readEachBot(hub.state, systemClock.now()),
    ownMetrics: () => readOwnMetrics(hub.state),
  },
});

/** The page is built to `dist/web`; this file runs from `src/app` or from `dist/app`. */
const here = fileURLToPath(new URL(".", import.meta.url));
export const WEB_DIR = here.includes(`${join("dist", "app")}`)
  ? join(here, "..", "web")
  : join(here, "..", "..", "dist", "web");

/** Errors of the system are of the address that was asked for; others are bugs. */
function refusedToListen(error: unknown, { host, port }: Pick<Config, "host" | "port">, flag: string): unknown {
  if (!(error instanceof Error && "code" in error && "syscall" in error)) return error;
  const { code } = error;
  if (code === "EADDRINUSE")
    return new StartRefused(`Port ${port} on ${host} is taken: stop what runs there, or choose another with ${flag}.`);
  if (code === "EACCES")
    return new StartRefused(`Port ${port} on ${host} may not be used by you: choose one above 1023 with ${flag}.`);
  return new StartRefused(`Nobody can listen on ${host} here (${error.message}): choose another with --host.`);
}

/** People are kept where the events are: in PostgreSQL, or in `auth.db` beside the embedded store. */
async function accountsPool({ databaseUrl }: Config, logger: Logger): Promise<Pool | undefined> {
  if (databaseUrl === undefined) return undefined;
  const { Pool: PostgresPool } = await import("pg");
  const onLost = (error: Error): void => logger.warn({ err: error }, "a connection for accounts was lost");
  // Of one that waits, and of one that is lent: without a listener of its own the process would end.
  return new PostgresPool({ connectionString: databaseUrl, max: 4 })
    .on("error", onLost)
    .on("connect", (client) => client.on("error", onLost));
}

/** Begins to listen; the address for a browser. Rejects with `StartRefused` where nobody can listen there. */
export async function listen(
  app: Awaited<ReturnType<typeof createServer>>["app"],
  config: Pick<Config, "host" | "port">,
  flag = "--port",
): Promise<string> {
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    throw refusedToListen(error, config, flag);
  }
  const address = app.server.address();
  const port = address === null || typeof address === "string" ? config.port : address.port;
  const host = config.host === "0.0.0.0" || config.host === "::" ? "localhost" : config.host;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
