import { afterEach, beforeEach } from "vitest";
import { createReporter, type Reporter, type ReporterOptions } from "../src/index.ts";
import { type FakeHub, startFakeHub } from "./fake-hub.ts";

/** Waits that a test can sit out. */
const RETRY = { minMs: 5, maxMs: 40, slowMs: 10 };

/** A fake hub for each test of a file, and reporters that are closed after it. */
export interface Reporting {
  readonly hub: FakeHub;
  readonly reporterFor: (options?: Partial<ReporterOptions>) => Reporter;
  /** The `fill_id` of every fact that the hub has, in order. */
  readonly fillIds: () => unknown[];
}

export function reporting(): Reporting {
  let hub: FakeHub | undefined;
  const open: Reporter[] = [];
  const current = (): FakeHub => {
    if (hub === undefined) throw new Error("the fake hub is there within a test only");
    return hub;
  };

  beforeEach(async () => {
    hub = await startFakeHub();
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map((reporter) => reporter.close({ timeoutMs: 0 })));
    await hub?.down();
  });

  return {
    get hub() {
      return current();
    },
    reporterFor: (options = {}) => {
      const { url } = current();
      const reporter = createReporter({ url, bot: "b-1", flushMs: 5, heartbeatS: 0, retry: RETRY, ...options });
      open.push(reporter);
      return reporter;
    },
    fillIds: () =>
      current()
        .facts()
        .map((event) => event["fill_id"]),
  };
}

export const fill = (id: number) =>
  ({ fill_id: `f-${id}`, venue: "binance", symbol: "BTCUSDT", side: "buy", price: "64000.50", size: 0.01 }) as const;

/** `f-0`, `f-1`, … */
export const expectedIds = (count: number, first = 0): string[] =>
  Array.from({ length: count }, (_, index) => `f-${first + index}`);
