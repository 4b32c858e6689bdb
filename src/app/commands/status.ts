import type { Command } from "commander";
import { botsAnswer, botView, type BotView, type HealthAnswer, healthAnswer } from "../../protocol/api.ts";
import { diagnosisAnswer } from "../../protocol/api-attribution.ts";
import { botCondition, byUrgency } from "../../view/bot-condition.ts";
import { botFacts } from "../../view/bot-facts.ts";
import { botColumns, venueColumns } from "../../view/desk-tables.ts";
import { diagnosisLines } from "../../view/diagnosis-lines.ts";
import { hubTroubles, statusMark } from "../../view/health-lines.ts";
import { printable } from "../../view/printable.ts";
import { plain, unknownValue } from "../../view/shown.ts";
import { textTable } from "../../view/text-table.ts";
import { age, duration } from "../../view/time-format.ts";
import { modeBadge } from "../../view/trading-mode.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";
import { type HubProblem, readHub } from "./hub-answer.ts";
import { botNameProblem, type HubAddress, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { answerOf, asOfText, NOT_A_HUB } from "./read-list.ts";
import { type Terminal, terminalOf } from "./terminal.ts";

interface StatusFlags extends HubFlags {
  readonly bot?: string;
  readonly json?: boolean;
}

/** `deskwatch status`: is everything well? Venues, bots, and the hub itself. */
export function registerStatus(program: Command, io: CommandIo = processIo()): void {
  withHubOptions(program.command("status"), "read")
    .description("print how the venues, the bots and the hub are")
    .option("--bot <name>", "all that is known of one bot, and what seems wrong with it in the last 7 days")
    .option("--json", "print the body of the API as it is: of /api/v1/health, or of /api/v1/bots/NAME")
    .addHelpText(
      "after",
      "\nBots of every mode are listed, those that need somebody first.\n\nExample:\n  deskwatch status --bot maker-1",
    )
    .action((flags: StatusFlags) => run(flags, io));
}

async function run(flags: StatusFlags, io: CommandIo): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  const misuse = hub.ok ? botNameProblem(flags.bot) : hub.error;
  if (!hub.ok || misuse !== undefined) return failCommand(io, misuse ?? "", 2);
  const path = flags.bot === undefined ? "/api/v1/health" : `/api/v1/bots/${flags.bot}`;
  const body = await readHub(hub.value, path);
  if (!body.ok) return failCommand(io, body.error.message, 1);
  if (flags.json === true) {
    io.stdout.write(`${body.value}\n`);
    return;
  }
  const terminal = terminalOf(io);
  const text =
    flags.bot === undefined
      ? await deskText(hub.value, body.value, terminal)
      : await botText(hub.value, body.value, terminal);
  if (typeof text === "string") io.stdout.write(text);
  else failCommand(io, text.message, 1);
}

const notAHub: HubProblem = { status: 0, message: NOT_A_HUB };

async function deskText(hub: HubAddress, healthBody: string, terminal: Terminal): Promise<string | HubProblem> {
  const bots = await readHub(hub, "/api/v1/bots", { mode: "all" });
  if (!bots.ok) return bots.error;
  const health = answerOf(healthAnswer, healthBody);
  const answer = answerOf(botsAnswer, bots.value);
  return health === undefined || answer === undefined ? notAHub : statusText(health, answer.bots, terminal);
}

/** The whole status as it is printed. */
function statusText(health: HealthAnswer, bots: readonly BotView[], { width, paint }: Terminal): string {
  const { sign, word, tone } = statusMark(health.status);
  const { hub, venues } = health;
  const store = hub.store_ok ? `${hub.store} ok` : `${hub.store} away`;
  const head = `${sign} ${word}  hub ${printable(hub.version)}, up ${duration(hub.uptime_s)}, store ${store}`;
  const ordered = bots.toSorted(byUrgency);
  return sections([
    [paint(head, tone), ...hubTroubles(hub).map((trouble) => paint(`⚠ ${printable(trouble)}`, "bad"))],
    venues.length === 0
      ? ["No venues yet: no bot has spoken of one."]
      : textTable({ columns: venueColumns(), rows: venues, width, paint }),
    bots.length === 0
      ? ["No bots yet: the first event of a bot makes it known."]
      : textTable({ columns: botColumns(ordered), rows: ordered, width, paint }),
    [paint(asOfText(health), "muted")],
  ]);
}

async function botText(hub: HubAddress, body: string, { width, paint }: Terminal): Promise<string | HubProblem> {
  const bot = answerOf(botView, body);
  const asOf = answerOf(botsAnswer.pick({ as_of: true, as_of_seq: true }), body);
  if (bot === undefined || asOf === undefined) return notAHub;
  const { sign, word, tone, detail } = botCondition(bot);
  const head = `${bot.bot}  ${modeBadge(bot.mode).label}  ${sign} ${word}`;
  const rows = [
    { term: "Condition", shown: plain(detail) },
    { term: "Seen", shown: plain(`${age(bot.last_seen_age_s)} ago`) },
    ...botFacts(bot, Date.parse(asOf.as_of)),
    {
      term: "Last error",
      shown:
        bot.last_error === undefined
          ? unknownValue("none was reported")
          : plain(`${bot.last_error.code}: ${bot.last_error.message}`),
    },
  ];
  const columns = [
    { title: "WHAT", cell: ({ term }: (typeof rows)[number]) => plain(term) },
    { title: "VALUE", cell: ({ shown }: (typeof rows)[number]) => withReason(shown), min: 20 },
  ];
  return sections([
    [paint(head, tone)],
    textTable({ columns, rows, width, paint }),
    await diagnosisOf(hub, bot, paint),
    [paint(asOfText(asOf), "muted")],
  ]);
}

/** What seems wrong with a bot in the last days; why it is not known where the hub cannot tell now. */
async function diagnosisOf(
  hub: HubAddress,
  { bot, mode }: Pick<BotView, "bot" | "mode">,
  paint: Terminal["paint"],
): Promise<readonly string[]> {
  const body = await readHub(hub, "/api/v1/diagnosis", { bot, mode });
  if (!body.ok) return [paint(`No diagnosis: ${printable(body.error.message)}`, "muted")];
  const answer = answerOf(diagnosisAnswer, body.value);
  if (answer === undefined) return [paint("No diagnosis: the hub does not tell one", "muted")];
  return diagnosisLines(answer).map(({ text, tone }) => paint(printable(text), tone));
}

/** There is room for the reason beside the value. */
const withReason = (shown: ReturnType<typeof plain>): ReturnType<typeof plain> =>
  shown.reason === undefined ? shown : { text: `— ${shown.reason}`, tone: shown.tone };

const sections = (parts: readonly (readonly string[])[]): string =>
  `${parts.map((lines) => lines.join("\n")).join("\n\n")}\n`;
