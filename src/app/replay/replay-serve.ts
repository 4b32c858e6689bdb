import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { redactPaths } from "../../http/access/redact.ts";
import { createReplayServer } from "../../http/replay-server.ts";
import type { KeyStore } from "../../hub/ports.ts";
import type { Replay } from "../../hub/replay/replay.ts";
import type { ReplayManager } from "../../hub/replay/replay-manager.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { VERSION } from "../version.ts";
import { listen, WEB_DIR } from "../wiring.ts";

/** A server of one replay has no keys of its own: whoever is on this machine may look. */
const NO_KEYS: KeyStore = {
  add: () => Promise.reject(new Error("a replay makes no keys")),
  byPrefix: () => Promise.resolve(undefined),
  list: () => Promise.resolve([]),
  revoke: () => Promise.resolve(false),
  touch: () => Promise.resolve(),
};

export interface ServedReplay {
  /** Where a browser finds the replay. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/**
 * Serves the page, which is built in `webDir`, the reads and the stream of a replay on loopback. Rejects with
 * `StartRefused` when the port is taken.
 */
export async function serveReplay(
  replays: ReplayManager,
  replay: Replay,
  config: Config,
  webDir = WEB_DIR,
): Promise<ServedReplay> {
  const directory = await mkdtemp(join(tmpdir(), "deskwatch-replay-access-"));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const { app } = await createReplayServer({
      replays,
      replay,
      clock: systemClock,
      version: VERSION,
      logger: pino(
        { level: config.logLevel, redact: { paths: [...redactPaths], censor: "[hidden]" } },
        pino.destination({ dest: 2, sync: false }),
      ),
      webDir,
      access: {
        keys: NO_KEYS,
        dataDir: directory,
        host: config.host,
        allowedHosts: config.allowedHosts,
        trustLoopback: ["read"],
      },
    });
    const close = async (): Promise<void> => {
      await app.close();
      await remove();
    };
    const url = await listen(app, config).catch(async (error: unknown) => {
      await close();
      throw error;
    });
    return { url: `${url}/?replay=${replay.id}`, close };
  } catch (error) {
    await remove();
    throw error;
  }
}
