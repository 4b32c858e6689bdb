import type { Command } from "commander";
import { err, ok, type Result } from "../../base/result.ts";
import { botNameProblem, type HubAddress, type HubFlags, hubAddress, withHubOptions } from "../commands/hub-options.ts";
import { durationMsOf } from "./quantities.ts";

/** How books are told to a hub. */
export interface TellFlags extends HubFlags {
  readonly bot: string;
  readonly every: string;
  readonly levels: string;
}

/** The same, read. */
export interface Telling extends HubAddress {
  readonly bot: string;
  readonly everyMs: number;
  readonly levels: number;
}

const EVERY_MIN_MS = 10;
const LEVELS_MAX = 1_000;

/** Adds the flags of `TellFlags`. */
export const withTellOptions = (command: Command): Command =>
  withHubOptions(command)
    .option("--bot <name>", "as which bot", "markets")
    .option("--every <time>", "tell a book at most this often", "100ms")
    .option("--levels <n>", "levels of each side", "25");

/** What the flags ask for, or what is wrong with them. */
export function tellingOf(flags: TellFlags, environment: NodeJS.ProcessEnv): Result<Telling, string> {
  const hub = hubAddress(flags, environment);
  if (!hub.ok) return hub;
  const problem = botNameProblem(flags.bot);
  if (problem !== undefined) return err(problem);
  const [everyMs, levels] = [durationMsOf(flags.every), Number(flags.levels)];
  if (everyMs === undefined || everyMs < EVERY_MIN_MS)
    return err("--every is a time such as 100ms or 1s, at least 10ms");
  if (!Number.isSafeInteger(levels) || levels < 1 || levels > LEVELS_MAX) {
    return err(`--levels is a whole number from 1 to ${LEVELS_MAX}`);
  }
  return ok({ ...hub.value, bot: flags.bot, everyMs, levels });
}
