import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { z } from "zod";
import { err, ok, type Result } from "../../base/result.ts";
import type { CarriedBot } from "../../bots/carriers/carried.ts";
import type { BotApi, BotApiOptions } from "../../bots/carriers/bot-api.ts";
import { printable } from "../../view/printable.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { botNameProblem, type HubAddress, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { stopSignal } from "./stop-signal.ts";

interface CarryFlags extends HubFlags {
  readonly bot: string;
  readonly at: string;
  readonly credentials?: string;
  readonly state?: string;
  readonly mode?: string;
  readonly stopAfter?: string;
  readonly every: string;
}

interface HummingbotFlags extends CarryFlags {
  readonly instance?: string;
  readonly script?: string;
  readonly conf?: string;
  readonly account?: string;
  readonly connector?: string[];
  readonly pause: string;
}

const COMMON_HELP = `
The name and the password of the bot's API come from the environment or from a file with one line, name:password; never
from the command line. The hub counts the bot as alive only while its API answers. What the hub wants is kept up: a bot
that is started again, here or by itself, is paused or halted again within --every.

Exit code: 0 stopped, 2 misuse.`;

/** `deskwatch carry`: commands for bots of other programs, carried to their own APIs. */
export function registerCarry(
  program: Command,
  io: CommandIo = processIo(),
  stop: () => AbortSignal = stopSignal,
): void {
  const carry = program
    .command("carry")
    .description("carry pause, halt, flatten and resume to a bot of another program")
    .addHelpText("after", "\nExample:\n  deskwatch carry freqtrade --bot ft-1 --at http://127.0.0.1:8080");
  withCarryOptions(carry.command("freqtrade"))
    .description("carry them to freqtrade, by its REST API")
    .addHelpText(
      "after",
      `
pause: /stopentry, open trades are managed on. halt: entries are refused, resting orders cancelled, then /stop; freqtrade
then manages no open trade: no exit, no stop-loss but one that rests at the exchange, which is left there and shown as a
resting order. flatten: no entries, /forceexit all. resume: /start, and /reload_config where freqtrade needs that.
Environment: FREQTRADE_USERNAME, FREQTRADE_PASSWORD.
${COMMON_HELP}

Example:
  deskwatch carry freqtrade --bot ft-1 --at http://127.0.0.1:8080 --credentials freqtrade.secret`,
    )
    .action((flags: CarryFlags) =>
      run({ flags, io, stop, names: ["FREQTRADE_USERNAME", "FREQTRADE_PASSWORD"] }, async (api) => {
        const { Freqtrade } = await import("../../bots/carriers/freqtrade.ts");
        return new Freqtrade(api);
      }),
    );
  registerHummingbot(carry, io, stop);
}

function registerHummingbot(carry: Command, io: CommandIo, stop: () => AbortSignal): void {
  withCarryOptions(carry.command("hummingbot"))
    .description("carry them to a Hummingbot instance, by hummingbot-api")
    .option("--instance <name>", "the instance's name there (default: --bot)")
    .option("--script <name>", "what a resume starts (default: what ran last)")
    .option("--conf <name>", "the configuration of that")
    .option("--account <name>", "tell the perpetual positions of this account, and close them by a flatten")
    .option("--connector <name...>", "only positions at these connectors")
    .option(
      "--pause <how>",
      "a pause is refused, for Hummingbot cannot refuse entries alone, or carried as a stop",
      "refuse",
    )
    .addHelpText(
      "after",
      `
halt: stop-bot, which cancels the instance's orders and ends its executors; these may close their positions at the market.
flatten: the same, then market orders close what the account still holds. resume: start-bot. hummingbot-api does not tell
an instance's own orders, so no halt is verified by it: read the venue itself (docs/control.md).
Environment: HUMMINGBOT_API_USERNAME, HUMMINGBOT_API_PASSWORD.
${COMMON_HELP}

Example:
  deskwatch carry hummingbot --bot hb-1 --at http://127.0.0.1:8001 --account master_account`,
    )
    .action((flags: HummingbotFlags) => {
      const { pause, instance = flags.bot, script, conf, account, connector: connectors } = flags;
      if (pause !== "refuse" && pause !== "stop")
        return failCommand(io, `--pause takes refuse or stop, found ${pause}`, 2);
      return run({ flags, io, stop, names: ["HUMMINGBOT_API_USERNAME", "HUMMINGBOT_API_PASSWORD"] }, async (api) => {
        const { Hummingbot } = await import("../../bots/carriers/hummingbot.ts");
        return new Hummingbot(api, { instance, script, conf, account, connectors, pauseAs: pause });
      });
    });
}

const withCarryOptions = (command: Command): Command =>
  withHubOptions(command)
    .requiredOption("--bot <name>", "the bot's name at the hub")
    .requiredOption("--at <url>", "where the bot's own API is")
    .option("--credentials <file>", "name:password of the bot's API (default: from the environment)")
    .option("--state <file>", "keep what the hub wants here, over a restart of this command")
    .option("--mode <mode>", "live or paper, where the bot does not say it (default live)")
    .option("--stop-after <seconds>", "halt the bot when the hub gives no sign of life for so long (default: never)")
    .option("--every <seconds>", "look at the bot so often", "5");

interface Carrying {
  readonly flags: CarryFlags;
  readonly io: CommandIo;
  readonly stop: () => AbortSignal;
  /** The environment variables of its API's name and password. */
  readonly names: readonly [string, string];
}

async function run(carrying: Carrying, make: (api: BotApi) => Promise<CarriedBot>): Promise<void> {
  const { flags, io, stop } = carrying;
  const asked = askedOf(carrying);
  if (!asked.ok) return failCommand(io, asked.error, 2);
  const { hub, api, everyMs, stopAfterS, mode } = asked.value;
  const [{ BotApi }, { carry }] = await Promise.all([
    import("../../bots/carriers/bot-api.ts"),
    import("../../bots/carriers/carry.ts"),
  ]);
  const carried = await make(new BotApi(api));
  const say = (line: string): void => {
    io.stderr.write(`${printable(line)}\n`);
  };
  await carry({ carried, bot: flags.bot, ...hub, mode, stateFile: flags.state, stopAfterS, everyMs, say }, stop());
}

interface Asked {
  readonly hub: HubAddress;
  readonly api: BotApiOptions;
  readonly everyMs: number;
  readonly stopAfterS: number | undefined;
  readonly mode: "live" | "paper";
}

const TIMEOUT_MS = 10_000;
const everySeconds = z.coerce.number().min(0.1).max(60);
const stopSeconds = z.coerce.number().min(1).max(86_400).optional();

function askedOf({ flags, io, names }: Carrying): Result<Asked, string> {
  const hub = hubAddress(flags, io.environment);
  if (!hub.ok) return hub;
  const every = everySeconds.safeParse(flags.every);
  if (!every.success) return err("--every takes seconds from 0.1 to 60");
  const stopAfter = stopSeconds.safeParse(flags.stopAfter);
  if (!stopAfter.success) return err("--stop-after takes seconds from 1 to 86400");
  const { mode = "live" } = flags;
  if (mode !== "live" && mode !== "paper") return err(`--mode takes live or paper, found ${mode}`);
  const problem = botNameProblem(flags.bot) ?? addressProblem(flags.at);
  if (problem !== undefined) return err(problem);
  const secret = secretOf(flags.credentials, io.environment, names);
  if (!secret.ok) return secret;
  const api = { url: flags.at, timeoutMs: TIMEOUT_MS, ...secret.value };
  return ok({ hub: hub.value, api, everyMs: every.data * 1000, stopAfterS: stopAfter.data, mode });
}

function addressProblem(at: string): string | undefined {
  if (!URL.canParse(at) || !/^https?:$/.test(new URL(at).protocol))
    return "--at takes the address of the bot's API, such as http://127.0.0.1:8080";
  const { username, password } = new URL(at);
  return username === "" && password === "" ? undefined : "--at holds a name or a password: use --credentials";
}

type Secret = Pick<BotApiOptions, "username" | "password">;

/** From the file when one is named, else from the environment. No error says what is in either. */
function secretOf(
  file: string | undefined,
  environment: NodeJS.ProcessEnv,
  [nameVariable, passwordVariable]: readonly [string, string],
): Result<Secret, string> {
  if (file === undefined) {
    const [username, password] = [environment[nameVariable], environment[passwordVariable]];
    if (username !== undefined && password !== undefined) return ok({ username, password });
    return err(`set ${nameVariable} and ${passwordVariable}, or name a file with --credentials`);
  }
  try {
    const [line = ""] = readFileSync(file, "utf8").split(/\r?\n/);
    const colon = line.indexOf(":");
    if (colon <= 0) return err(`${file} does not begin with a line name:password`);
    return ok({ username: line.slice(0, colon), password: line.slice(colon + 1) });
  } catch (error) {
    return err(`cannot read ${file}: ${error instanceof Error && "code" in error ? String(error.code) : "no file"}`);
  }
}
