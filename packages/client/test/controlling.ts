import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import { type FakeControl, startFakeControl } from "../../../test/support/fake-hub/fake-control.ts";
import { type Control, type ControlOptions, createControl, createReporter, type Reporter } from "../src/index.ts";

/** Waits that a test can sit out. */
const RETRY = { minMs: 5, maxMs: 40, slowMs: 10 };

/** A fake hub for each test of a file, and bots under its control that are closed after it. */
export interface Controlling {
  readonly hub: FakeControl;
  /** A directory of the test's own. */
  readonly directory: string;
  readonly controlFor: (options?: Partial<ControlOptions>) => Control;
  /** The events of a type that the hub has. */
  readonly told: (type: string) => ReadonlyArray<Record<string, unknown>>;
}

export function controlling(): Controlling {
  let hub: FakeControl | undefined;
  let directory = "";
  const open: { readonly control: Control; readonly reporter: Reporter }[] = [];
  const current = (): FakeControl => {
    if (hub === undefined) throw new Error("the fake hub is there within a test only");
    return hub;
  };

  beforeEach(async () => {
    hub = await startFakeControl();
    directory = mkdtempSync(join(tmpdir(), "deskwatch-control-"));
  });

  afterEach(async () => {
    for (const { control } of open) control.close();
    await Promise.all(open.splice(0).map(({ reporter }) => reporter.close({ timeoutMs: 0 })));
    await hub?.down();
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  });

  return {
    get hub() {
      return current();
    },
    get directory() {
      return directory;
    },
    controlFor: (options = {}) => {
      const { url } = current();
      const reporter = createReporter({ url, bot: "b-1", flushMs: 5, heartbeatS: 0, retry: RETRY });
      const control = createControl({ url, bot: "b-1", reporter, retry: RETRY, ...options });
      open.push({ control, reporter });
      return control;
    },
    told: (type) => current().events.filter((event) => event.type === type),
  };
}

export const restingOrder = (id: string, venue = "binance") =>
  ({ order_id: id, venue, symbol: "BTCUSDT", side: "buy", price: "64000", size: "0.1" }) as const;
