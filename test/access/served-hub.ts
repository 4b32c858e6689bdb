import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { systemClock, systemTimers } from "../../src/app/clock.ts";
import { ok } from "../../src/base/result.ts";
import type { AccessOptions } from "../../src/http/access/register-access.ts";
import type { DemoControl } from "../../src/http/routes/demo.ts";
import { createServer } from "../../src/http/server.ts";
import { Audit } from "../../src/hub/audit.ts";
import { startHub } from "../../src/hub/hub.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { type HttpAnswer, type HttpCall, newDataDir, send } from "../support/guarded-hub.ts";

/** A demo desk that is neither started nor wiped. */
export const noStarter: DemoControl = {
  starter: {
    view: () => ({ state: "stopped" }),
    start: async () => ok({ state: "live", url: "http://127.0.0.1:1" }),
  },
};
export const noWiper: DemoControl = { wiper: { problem: () => undefined, wipe: () => undefined } };

export interface ServedHub {
  readonly app: FastifyInstance;
  readonly url: string;
  readonly dataDir: string;
  /** Everything that it logged. */
  readonly log: readonly string[];
  readonly send: (call: HttpCall) => Promise<HttpAnswer>;
  /** Ends it before the test does. */
  readonly close: () => Promise<void>;
}

/**
 * Everything that a hub serves, on a free port of loopback, with the page in `webDir` if any; closed when the test ends.
 * On the data directory of one that was closed it goes on where that one was.
 */
export async function serveHub(
  demoControl: DemoControl,
  access: Partial<Omit<AccessOptions, "clock" | "audit">> = {},
  webDir?: string,
  dataDir = newDataDir(),
): Promise<ServedHub> {
  const log: string[] = [];
  const store = await openSqliteStore({ dataDir });
  const onProblem = (what: string, error: unknown): void => void log.push(`${what} ${String(error)}`);
  const parts = { store, clock: systemClock, timers: systemTimers, onProblem };
  const hub = await startHub({ ...parts, version: "0.1.0" });
  const audit = new Audit({ ...parts, retentionDays: 400 });
  const { app } = await createServer({
    hub,
    audit,
    demoControl,
    clock: systemClock,
    version: "0.1.0",
    metrics: { contentType: "text/plain", text: async () => "" },
    logger: pino({ level: "debug" }, { write: (line: string) => void log.push(line) }),
    webDir: webDir ?? join(dataDir, "no-page"),
    access: { keys: store.keys, dataDir, host: "127.0.0.1", ...access },
  });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await app.close();
    await audit.stop();
    await hub.stop();
    await store.close();
  };
  const closeOnce = (): Promise<void> => {
    closing ??= close();
    return closing;
  };
  onTestFinished(closeOnce);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { app, url, dataDir, log, send: (call) => send(url, call), close: closeOnce };
}
