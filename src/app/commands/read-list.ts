import { type Command, Option } from "commander";
import type { z } from "zod";
import { printable } from "../../view/printable.ts";
import { type TextColumn, textTable } from "../../view/text-table.ts";
import { utcClock } from "../../view/time-format.ts";
import { type CommandIo, failCommand } from "./command-io.ts";
import { type QueryFields, readHub } from "./hub-answer.ts";
import { botNameProblem, type HubFlags, hubAddress, withHubOptions } from "./hub-options.ts";
import { terminalOf } from "./terminal.ts";

/** A command that prints one of the hub's lists. */
export interface ListCommand<Answer extends Moment, Row> {
  readonly name: string;
  readonly about: string;
  readonly path: string;
  readonly answer: z.ZodType<Answer>;
  readonly rows: (answer: Answer) => readonly Row[];
  readonly columns: (rows: readonly Row[], nowMs: number) => readonly TextColumn<Row>[];
  /** How many rows when nobody says how many; absent where all are shown. */
  readonly usual?: number;
  /** Whether the read knows `bot`. */
  readonly byBot: boolean;
  /** What to print when there is none. */
  readonly empty: string;
  readonly example: string;
}

/** The moment that every answer speaks of. */
interface Moment {
  readonly as_of: string;
  readonly as_of_seq: number;
}

interface ListFlags extends HubFlags {
  readonly bot?: string;
  readonly mode?: string;
  readonly json?: boolean;
}

const ROWS_MAX = 1_000;
const MODES = ["live", "paper", "simulate", "demo", "all"];

/** `--mode` of a command that reads; without `usual` the hub keeps to its store's own. */
export const modeOption = (usual?: string): Option =>
  new Option("--mode <mode>", `of this mode only, or all (default: ${usual ?? "the store's own"})`).choices(MODES);

/** Adds a command that reads a list of the hub and prints it as a table, or the hub's own body with `--json`. */
export function registerList<Answer extends Moment, Row>(
  program: Command,
  list: ListCommand<Answer, Row>,
  io: CommandIo,
): void {
  const command = withHubOptions(program.command(list.name), "read").description(list.about);
  if (list.usual !== undefined) command.argument("[n]", `how many, at most ${ROWS_MAX}`, String(list.usual));
  command.addOption(modeOption());
  if (list.byBot) command.option("--bot <name>", "of this bot only");
  command
    .option("--json", "print the body of the API as it is")
    .addHelpText("after", `\nExample:\n  ${list.example}`)
    .action(() => run(list, { n: command.processedArgs[0], flags: command.opts() }, io));
}

interface Asked {
  readonly n: string | undefined;
  readonly flags: ListFlags;
}

async function run<Answer extends Moment, Row>(
  list: ListCommand<Answer, Row>,
  { n, flags }: Asked,
  io: CommandIo,
): Promise<void> {
  const hub = hubAddress(flags, io.environment);
  if (!hub.ok) return failCommand(io, hub.error, 2);
  const misuse = botNameProblem(flags.bot) ?? countProblem(n);
  if (misuse !== undefined) return failCommand(io, misuse, 2);
  const query: QueryFields = { limit: n, mode: flags.mode, bot: flags.bot };
  const body = await readHub(hub.value, list.path, query);
  if (!body.ok) return failCommand(io, body.error.status === 404 ? noSuchRead(list.name) : body.error.message, 1);
  const answer = answerOf(list.answer, body.value);
  if (answer === undefined) return failCommand(io, NOT_A_HUB, 1);
  io.stdout.write(flags.json === true ? `${body.value}\n` : listText(list, answer, io));
}

const noSuchRead = (name: string): string => `this hub has no ${name} to read: it is of an older version`;

/** What to say when an answer is not what this version of the program knows. */
export const NOT_A_HUB = "what answers there is no Deskwatch hub, or one of another version";

/** A body as its schema has it; undefined when it is something else. */
export function answerOf<Answer>(schema: z.ZodType<Answer>, text: string): Answer | undefined {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    // A body that is no JSON is that of another server; the caller says so.
    return undefined;
  }
}

const countProblem = (n: string | undefined): string | undefined =>
  n === undefined || (/^[1-9]\d{0,3}$/.test(n) && Number(n) <= ROWS_MAX)
    ? undefined
    : `how many is a number from 1 to ${ROWS_MAX} (found ${printable(n)})`;

function listText<Answer extends Moment, Row>(list: ListCommand<Answer, Row>, answer: Answer, io: CommandIo): string {
  const rows = list.rows(answer);
  if (rows.length === 0) return `${list.empty}\n`;
  const { width, paint } = terminalOf(io);
  const columns = list.columns(rows, Date.parse(answer.as_of));
  return `${[...textTable({ columns, rows, width, paint }), paint(asOfText(answer), "muted")].join("\n")}\n`;
}

/** The last line of what was read. */
export const asOfText = ({ as_of, as_of_seq }: Moment): string =>
  `as of ${utcClock(Date.parse(as_of))} UTC, seq ${as_of_seq}`;
