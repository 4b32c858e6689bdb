import type { CommandCourse, CommandView, ControlledBot, ControlsAnswer } from "../../../src/protocol/api-control.ts";

const iso = (ms: number): string => new Date(ms).toISOString();

/** A bot on which nothing holds and that hears commands, with what `changes` says otherwise. */
function sampleControlled(bot: string, changes: Partial<ControlledBot> = {}): ControlledBot {
  return {
    bot,
    mode: "live",
    liveness: "alive",
    status: "running",
    state: "running",
    command_ids: [],
    linked: true,
    last_asked_at: "2026-11-21T14:03:20.000Z",
    open_orders: 4,
    positions: 1,
    ...changes,
  };
}

const at = (issuedMs: number, ms: number | null): string | null => (ms === null ? null : iso(issuedMs + ms));

/** How far a command came with a bot: `ms` since it was issued; null for what did not come. */
export function sampleCourse(
  bot: string,
  issuedMs: number,
  ms: { readonly delivered?: number; readonly acknowledged?: number; readonly verified?: number },
  changes: Partial<CommandCourse> = {},
): CommandCourse {
  const { delivered = null, acknowledged = null, verified = null } = ms;
  return {
    bot,
    delivered_at: at(issuedMs, delivered),
    acknowledged_at: at(issuedMs, acknowledged),
    verified_at: at(issuedMs, verified),
    delivered_ms: delivered,
    acknowledged_ms: acknowledged,
    verified_ms: verified,
    evidence: verified === null ? null : "reported",
    open_orders: verified === null ? null : 0,
    positions: verified === null ? null : 1,
    orders_since: 0,
    late: [],
    error: null,
    over: false,
    ...changes,
  };
}

/** A halt by Ada of what `changes` says. */
export function sampleCommand(id: string, issuedMs: number, changes: Partial<CommandView> = {}): CommandView {
  return {
    command_id: id,
    seq: 89_000,
    action: "halt",
    target: { bot: "mm-btc" },
    reason: "prices make no sense",
    by: "Ada",
    via: "page",
    mode: "live",
    issued_at: iso(issuedMs),
    state: "issued",
    standing: true,
    proof: "verified",
    bots: [],
    ...changes,
  };
}

const FULL = { delivered: 12, acknowledged: 31, verified: 240 };

/** Commands in every state that there is, newest first. */
const sampleCommands = (nowMs: number): CommandView[] => {
  const ago = (s: number): number => nowMs - s * 1000;
  return [flattenUnderWay(ago(4)), lateHalt(ago(90)), provenHalt(ago(600)), resumed(ago(4_000)), replaced(ago(7_600))];
};

const flattenUnderWay = (atMs: number): CommandView =>
  sampleCommand("h-5", atMs, {
    ...{ seq: 89_500, action: "flatten", target: { bot: "perp-eth" }, reason: "funding turned", state: "acknowledged" },
    bots: [
      sampleCourse(
        "perp-eth",
        atMs,
        { delivered: 9, acknowledged: 52 },
        { evidence: "reported", open_orders: 2, positions: 1 },
      ),
    ],
  });

const lateHalt = (atMs: number): CommandView =>
  sampleCommand("h-4", atMs, {
    ...{ seq: 89_400, target: { venue: "polymarket" }, reason: "its feed is 14 s old" },
    ...{ by: "stale feed", via: "rule", state: "late" },
    bots: [
      sampleCourse(
        "arb-1",
        atMs,
        { delivered: 14, acknowledged: 6_120 },
        { late: ["acknowledged", "verified"], orders_since: 3 },
      ),
      sampleCourse("scan-elections", atMs, {}, { late: ["delivered", "acknowledged", "verified"] }),
    ],
  });

const provenHalt = (atMs: number): CommandView =>
  sampleCommand("h-3", atMs, {
    ...{ seq: 89_300, target: { bot: "grid-doge" }, reason: "daily loss limit" },
    ...{ by: "ops-cli", via: "command_line", state: "verified" },
    bots: [sampleCourse("grid-doge", atMs, FULL, { evidence: "venue-verified" })],
  });

const resumed = (atMs: number): CommandView =>
  sampleCommand("h-2", atMs, {
    ...{ seq: 89_200, action: "resume", target: { all: true }, reason: "maintenance is over" },
    ...{ state: "acknowledged", proof: "acknowledged", standing: false },
    bots: ["mm-btc", "arb-1", "perp-eth"].map((bot) => sampleCourse(bot, atMs, { delivered: 8, acknowledged: 22 })),
  });

const replaced = (atMs: number): CommandView =>
  sampleCommand("h-1", atMs, {
    ...{ seq: 89_100, target: { all: true }, reason: "maintenance of the exchange", state: "over", standing: false },
    bots: [
      sampleCourse("mm-btc", atMs, FULL),
      sampleCourse("arb-1", atMs, { delivered: 40 }, { error: "the exchange refused to cancel 2 orders", over: true }),
      sampleCourse("perp-eth", atMs, { delivered: 11, acknowledged: 60 }, { over: true }),
    ],
  });

/** What may do what on the busy desk. */
export function sampleControls(nowMs: number): ControlsAnswer {
  return {
    desk: { state: "running", command_ids: [] },
    bots: [
      sampleControlled("mm-btc", { strategy: "market making", last_asked_at: iso(nowMs - 1_000), open_orders: 14 }),
      sampleControlled("arb-1", { strategy: "prediction arbitrage", positions: 13 }),
      sampleControlled("perp-eth", {
        strategy: "funding carry",
        liveness: "stale",
        state: "reducing",
        command_ids: ["h-5"],
        linked: false,
        last_asked_at: iso(nowMs - 95_000),
        open_orders: 2,
      }),
      sampleControlled("paper-sol", { mode: "paper", linked: false, last_asked_at: null, status: null }),
      sampleControlled("grid-doge", {
        status: "halted",
        state: "halted",
        command_ids: ["h-3"],
        open_orders: 0,
        positions: 1,
      }),
      sampleControlled("scan-elections", { linked: false, last_asked_at: null, open_orders: 0, positions: 0 }),
    ],
    strategies: [
      { strategy: "funding carry", state: "running", command_ids: [], bots: 1 },
      { strategy: "market making", state: "running", command_ids: [], bots: 1 },
      { strategy: "prediction arbitrage", state: "running", command_ids: [], bots: 1 },
    ],
    venues: [
      { venue: "binance", state: "running", command_ids: [], bots: 1, open_orders: 14 },
      { venue: "kalshi", state: "running", command_ids: [], bots: 1, open_orders: 3 },
      { venue: "polymarket", state: "halted", command_ids: ["h-4"], bots: 2, open_orders: 1 },
    ],
    commands: sampleCommands(nowMs),
    as_of: iso(nowMs),
    as_of_seq: 90_000,
  };
}

/** A desk on which there is nothing to control. */
export const noControls = (nowMs: number): ControlsAnswer => ({
  ...sampleControls(nowMs),
  ...{ bots: [], strategies: [], venues: [], commands: [] },
});
