import { createHash } from "node:crypto";
import type { Mode } from "../../engine/bot-state.ts";
import { fingerprint } from "../../engine/snapshot.ts";
import { withoutReceipts } from "../../engine/without-receipts.ts";
import type { Replay } from "../../hub/replay/replay.ts";
import type { ImportReport } from "../../imports/import-report.ts";

/** What a replay came to, as `deskwatch replay --json` prints it. */
export interface ReplayOutcome {
  readonly replay: Replay["view"];
  readonly at_seq: number;
  /** SHA-256 of the state of all facts but for when they were received: equal for equal facts, of a log or a file. */
  readonly fingerprint: string;
  readonly took_s: number;
  readonly facts_per_s: number | null;
  readonly counts: {
    readonly facts: number;
    readonly bots: number;
    readonly fills: number;
    readonly positions: number;
  };
  readonly bots: ReturnType<Replay["query"]["bots"]>["bots"];
  readonly positions: ReturnType<Replay["query"]["positions"]>["positions"];
  /** Of each mode that holds something; modes are never added up. */
  readonly exposure: readonly ModeExposure[];
  readonly import?: ImportReport;
}

/** Money in the market in one mode. */
export type ModeExposure = { readonly mode: Mode } & ReturnType<Replay["query"]["exposure"]>;

/** What was played: a replay, or a file that was folded while it was read. */
export type Played = Pick<Replay, "view" | "query" | "state">;

/** The state that the replay is at. `tookMs`: how long it played. */
export function outcomeOf(replay: Played, tookMs: number, report: ImportReport | undefined): ReplayOutcome {
  const { view, query, state } = replay;
  const { bots } = query.bots("all");
  const { positions } = query.positions({ mode: "all" });
  return {
    replay: view,
    at_seq: view.at_seq,
    fingerprint: createHash("sha256")
      .update(fingerprint(withoutReceipts(state)))
      .digest("hex"),
    took_s: Math.round(tookMs) / 1000,
    facts_per_s: tookMs > 0 ? Math.round((view.played * 1000) / tookMs) : null,
    counts: {
      facts: state.desk.facts,
      bots: bots.length,
      fills: bots.reduce((sum, { fills }) => sum + fills, 0),
      positions: positions.length,
    },
    bots,
    positions,
    exposure: exposures(query),
    ...(report === undefined ? {} : { import: report }),
  };
}

const MODES: readonly Mode[] = ["live", "paper", "simulate", "demo"];

const exposures = (query: Replay["query"]): ModeExposure[] =>
  MODES.map((mode) => ({ mode, ...query.exposure(mode) })).filter(({ total }) => total.positions > 0);
