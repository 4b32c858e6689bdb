import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Micros, micros } from "../../src/base/time.ts";
import { type Hub, type HubOptions, startHub } from "../../src/hub/hub.ts";
import type { Store } from "../../src/hub/ports.ts";
import { openSqliteStore } from "../../src/store/sqlite/open-sqlite-store.ts";
import { HandTime } from "./hand-time.ts";

/** A hub on a real store whose clock and timers the test moves. */
export class HandDrivenHub {
  readonly dataDir = mkdtempSync(join(tmpdir(), "deskwatch-hub-"));
  readonly time = new HandTime();
  readonly problems: string[] = [];
  now: Micros;
  store: Store | undefined;
  hub: Hub | undefined;

  readonly #more: Partial<HubOptions>;

  /** `startAt`: what its clock says first; `more`: what else the hub is told. */
  constructor(startAt: number, more: Partial<HubOptions> = {}) {
    this.now = micros(startAt);
    this.#more = more;
  }

  /** `more`: what this start is told besides. */
  async start(more: Partial<HubOptions> = {}): Promise<void> {
    const store = await openSqliteStore({ dataDir: this.dataDir });
    this.store = store;
    this.hub = await startHub({
      store,
      clock: { now: () => this.now },
      timers: {
        every: (ms, run) => {
          let cancel = (): void => undefined;
          const again = (): void => {
            cancel = this.time.schedule(() => void Promise.resolve(run()).then(again), ms);
          };
          again();
          return () => cancel();
        },
        after: this.time.schedule,
        breathe: () => new Promise((resolve) => setImmediate(resolve)),
      },
      version: "test",
      onProblem: (what, error) => this.problems.push(`${what}: ${String(error)}`),
      ...this.#more,
      ...more,
    });
  }

  async stop(): Promise<void> {
    await this.hub?.stop();
    await this.store?.close();
    this.hub = undefined;
    this.store = undefined;
  }

  remove(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
