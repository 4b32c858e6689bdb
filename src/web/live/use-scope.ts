import type { BotView } from "../../protocol/api.ts";
import { useCell, useDesk } from "./use-desk.ts";
import { useDeskMode } from "./use-performance.ts";

/** Of what something is asked: the desk in its own mode, or one bot in that bot's. */
export interface Scope {
  readonly bot: string | undefined;
  readonly mode: BotView["mode"];
  /** The bots to choose from. */
  readonly bots: readonly string[];
}

/** The scope that an address names. */
export function useScope(bot: string | undefined): Scope {
  const bots = (useCell(useDesk().bots) ?? []).map(({ data }) => data);
  const own = useDeskMode();
  const mode = bots.find((each) => each.bot === bot)?.mode ?? own;
  return { bot, mode, bots: [...new Set(bots.map((each) => each.bot))].toSorted() };
}
