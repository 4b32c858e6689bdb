import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../../src/base/random.ts";
import { seededRandom } from "../../src/base/random.ts";
import type { Store } from "../../src/hub/ports.ts";
import { type Audit, auditLog } from "../support/audit-log.ts";
import { type DeskProcess, type DeskOptions, startDeskProcess } from "../support/desk-process.ts";
import { Traffic } from "../support/traffic.ts";
import { waitUntil } from "../support/wait-until.ts";

export interface KillOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly desk: DeskOptions;
  /** The same store in this process, while no hub has it. */
  readonly open: () => Promise<Store>;
  /** Every so many rounds the hub runs until its first snapshot by the clock is due; never when absent. */
  readonly longRoundEvery?: number;
  /** Longest pause of a client between two requests. */
  readonly pauseMs?: number;
  readonly onRound?: (round: number, audit: Audit) => void;
}

export interface KillResult {
  readonly audits: readonly Audit[];
  /** After the last start nothing was killed any more and every client finished. */
  readonly final: Audit;
  readonly oddities: readonly string[];
}

/** How a hub is ended: at once, in the middle of writing the snapshot of an orderly stop, or in good order. */
type Ending = "kill" | "kill while stopping" | "stop";

const SNAPSHOT_DUE_MS = 30_000;

/**
 * Ends a hub at random moments under load, again and again, and looks at its log each time. Round by round: kill, kill,
 * orderly stop (so that there is a snapshot), kill while another one is written, kill, …
 */
export async function killRounds(options: KillOptions): Promise<KillResult> {
  const random = seededRandom(options.seed);
  let desk: DeskProcess | undefined;
  const traffic = new Traffic({ seed: options.seed, address: () => desk?.url, ...pace(options) });
  const audits: Audit[] = [];
  try {
    for (let round = 0; round < options.rounds; round++) {
      desk = await startDeskProcess(options.desk);
      const before = traffic.acknowledged;
      await delay(lifeMs(round, random, options.longRoundEvery));
      const ending = endingOf(round);
      // An orderly stop is there to leave a snapshot, for which something must have come in.
      if (ending !== "kill") await waitUntil("events come in", () => traffic.acknowledged > before);
      await end(desk, ending, random);
      desk = undefined;
      const audit = await audited(options, traffic);
      audits.push(audit);
      options.onRound?.(round, audit);
    }
    desk = await startDeskProcess(options.desk);
    await traffic.finish();
  } finally {
    traffic.abandon();
    await desk?.end("SIGKILL");
    desk = undefined;
  }
  return { audits, final: await audited(options, traffic), oddities: traffic.oddities };
}

const pace = ({ pauseMs }: KillOptions) => (pauseMs === undefined ? {} : { pauseMs });

const endingOf = (round: number): Ending => {
  if (round % 4 === 1) return "stop";
  return round % 4 === 2 ? "kill while stopping" : "kill";
};

const lifeMs = (round: number, random: Random, longEvery: number | undefined): number =>
  longEvery !== undefined && round % longEvery === longEvery - 1
    ? SNAPSHOT_DUE_MS - 400 + random.below(800)
    : 100 + random.below(900);

async function end(desk: DeskProcess, ending: Ending, random: Random): Promise<void> {
  if (ending === "kill") return desk.end("SIGKILL");
  const stopped = desk.end("SIGTERM");
  if (ending === "kill while stopping") {
    await delay(random.below(80));
    await desk.end("SIGKILL");
  }
  await stopped;
}

async function audited({ open }: KillOptions, traffic: Traffic): Promise<Audit> {
  const store = await open();
  try {
    return await auditLog(store, [...traffic.batches]);
  } finally {
    await store.close();
  }
}
