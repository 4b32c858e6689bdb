import { between, happens, wholeBetween } from "./chance.ts";
import type { BotAccount } from "./bot-account.ts";
import { cents, rounded } from "./instrument.ts";

const HEARTBEAT_S = 5;
const HOUR_MS = 3_600_000;

export interface LifeOptions {
  /** What its risk samples say besides equity, drawdown and the loss of the day. */
  readonly risk: () => Record<string, unknown>;
  /** Typical ms from the venue to the bot. */
  readonly feedMs: number;
  /** What an hourly calibration says. */
  readonly calibration?: () => Record<string, unknown>[];
}

/** What every bot tells of itself while it runs: heartbeats, ticks, state, risk, positions, balances, feed latency. */
export function live(account: BotAccount, { risk, feedMs, calibration }: LifeOptions): void {
  const { desk, random, plan } = account;
  const every = (ms: number, run: () => void): void => {
    desk.after(wholeBetween(random, 1, 1_500), () => desk.every(ms, random, run));
  };
  every(HEARTBEAT_S * 1000, () =>
    account.tell("heartbeat", { progress: account.progress, interval_s: desk.paced(HEARTBEAT_S * 1000) / 1000 }),
  );
  every(10_000, () => tick(account));
  every(15_000, () => {
    for (const { venue } of plan.venues) account.latency(venue, feedMs);
  });
  every(30_000, () => account.tell("bot.state", { ...account.stateFields(), risk_stats: riskStats(account) }));
  every(20_000, () => account.tell("risk", { ...riskFields(account), ...risk() }));
  every(10_000, () => account.tellPositions());
  every(120_000, () => account.tellBalances());
  if (calibration !== undefined)
    hourly(account, () => calibration().forEach((said) => account.tell("calibration", said)));
}

/** At the beginning of each hour. */
export function hourly(account: BotAccount, run: (hour: number) => void): void {
  const { desk } = account;
  const hour = Math.floor(desk.nowMs / HOUR_MS) + 1;
  desk.after(hour * HOUR_MS - desk.nowMs, () => {
    run(hour);
    hourly(account, run);
  });
}

function tick(account: BotAccount): void {
  const { random } = account;
  const slow = happens(random, 0.02) ? between(random, 3, 8) : 1;
  const indicator = between(random, 0.001, 0.004) * slow;
  const connector = between(random, 0.002, 0.012) * slow;
  account.tell("tick", {
    duration_s: rounded(indicator + connector + between(random, 0.0005, 0.002), 6),
    indicator_s: rounded(indicator, 6),
    connector_io_s: rounded(connector, 6),
  });
}

const riskStats = (account: BotAccount): Record<string, unknown> => {
  const { equity } = account.condition();
  const { counters } = account;
  const approved = counters["approved"] ?? 0;
  const decided = approved + (counters["refused"] ?? 0);
  return {
    ...(decided === 0 ? {} : { approval_rate: rounded(approved / decided, 4) }),
    daily_pnl: cents(equity - account.dayStart),
    consecutive_losses: counters["consecutive_losses"] ?? 0,
  };
};

function riskFields(account: BotAccount): Record<string, unknown> {
  const { equity, drawdown, dailyLoss } = account.condition();
  return {
    equity_quote: rounded(equity, 4),
    drawdown_pct: rounded(drawdown, 6),
    daily_loss_pct: rounded(dailyLoss, 6),
    realized_pnl_today_quote: rounded(account.ledger.realized() - account.dayRealized, 4),
  };
}
