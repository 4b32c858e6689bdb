import type { BotView } from "../protocol/api.ts";
import type { Tone } from "./shown.ts";

type TradingMode = BotView["mode"];

/** The badge of a mode. Live is quiet; what is not real money is loud. */
export interface ModeBadge {
  readonly mode: TradingMode;
  readonly label: string;
  readonly tone: Tone;
  readonly bots: number;
}

const badges: Record<TradingMode, { readonly label: string; readonly tone: Tone }> = {
  live: { label: "LIVE", tone: "neutral" },
  paper: { label: "PAPER", tone: "paper" },
  simulate: { label: "SIMULATE", tone: "paper" },
  demo: { label: "DEMO", tone: "demo" },
};

export const modeBadge = (mode: TradingMode, bots = 1): ModeBadge => ({ mode, ...badges[mode], bots });

const order: readonly TradingMode[] = ["live", "paper", "simulate", "demo"];

/** One badge for each mode that any bot trades in, live first: different modes are never shown as one. */
export function modeBadges(bots: readonly Pick<BotView, "mode">[]): ModeBadge[] {
  return order.flatMap((mode) => {
    const count = bots.filter((bot) => bot.mode === mode).length;
    return count === 0 ? [] : [modeBadge(mode, count)];
  });
}
