import { type Command, Option } from "commander";
import { z } from "zod";
import { type LocalAccess, readLocalAccess } from "../../http/access/local-token.ts";
import { type KeyView, keysAnswer, newKeyAnswer } from "../../protocol/api-people.ts";
import { printable } from "../../view/printable.ts";

/** What the commands need of the process around them. */
export interface KeysContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly print: (line: string) => void;
  readonly complain: (line: string) => void;
  readonly setExitCode: (code: number) => void;
}

interface CommonFlags {
  readonly dataDir?: string;
  readonly json?: boolean;
}

interface CreateFlags extends CommonFlags {
  readonly scope: string[];
  readonly bot?: string;
}

const SCOPES = ["ingest", "read", "metrics", "control"];
const TIMEOUT_MS = 10_000;

const processContext: KeysContext = {
  environment: process.env,
  print: (line) => console.log(line),
  complain: (line) => console.error(line),
  setExitCode: (code) => {
    process.exitCode = code;
  },
};

/**
 * `deskwatch keys create|list|revoke`. They ask the hub that runs on the data directory, and prove themselves with the
 * token that it wrote there: whoever can read the data directory may make keys.
 */
export function registerKeys(program: Command, context: KeysContext = processContext): void {
  const keys = program.command("keys").description("make, list and revoke API keys");

  withCommonOptions(keys.command("create"))
    .argument("<name>", "what the key is for, such as the bot's name")
    .description("make a key; it is shown this once")
    .addOption(new Option("--scope <scope...>", "what the key may do").choices(SCOPES).makeOptionMandatory())
    .option("--bot <bot>", "the only bot that the key may send events for")
    .addHelpText("after", "\nExample:\n  deskwatch keys create alpha --scope ingest --bot alpha")
    .action((name: string, flags: CreateFlags) => guarded(context, () => create(context, name, flags)));

  withCommonOptions(keys.command("list"))
    .description("list keys, without their secrets")
    .addHelpText("after", "\nExample:\n  deskwatch keys list --json")
    .action((flags: CommonFlags) => guarded(context, () => list(context, flags)));

  withCommonOptions(keys.command("revoke"))
    .argument("<prefix>", "the 8 characters after dw_")
    .description("end a key for good, at once")
    .addHelpText("after", "\nExample:\n  deskwatch keys revoke 3fK9aQ2x")
    .action((prefix: string, flags: CommonFlags) => guarded(context, () => revoke(context, prefix, flags)));
}

function withCommonOptions(command: Command): Command {
  return command
    .option("--data-dir <directory>", "of the running hub (default: DESKWATCH_DATA_DIR, else ./data)")
    .option("--json", "print JSON");
}

async function create(context: KeysContext, name: string, { scope, bot, ...flags }: CreateFlags): Promise<void> {
  const body = { name, scopes: scope, ...(bot === undefined ? {} : { bot }) };
  const answer = await ask(context, flags, { method: "POST", path: "/api/v1/keys", body });
  const made = newKeyAnswer.parse(answer);
  context.print(flags.json === true ? JSON.stringify(made) : made.key);
  if (flags.json !== true) context.complain("Keep it now: it is not shown again.");
}

async function list(context: KeysContext, flags: CommonFlags): Promise<void> {
  const { keys } = keysAnswer.parse(await ask(context, flags, { method: "GET", path: "/api/v1/keys" }));
  if (flags.json === true) context.print(JSON.stringify({ keys }));
  else if (keys.length === 0) context.print("No keys yet: deskwatch keys create NAME --scope ingest");
  else for (const line of tableOf(keys)) context.print(line);
}

async function revoke(context: KeysContext, given: string, flags: CommonFlags): Promise<void> {
  const prefix = given.replace(/^dw_/, "").slice(0, 8);
  await ask(context, flags, { method: "DELETE", path: `/api/v1/keys/${encodeURIComponent(prefix)}` });
  context.print(flags.json === true ? JSON.stringify({ prefix, revoked: true }) : `Revoked ${prefix}.`);
}

function tableOf(keys: readonly KeyView[]): string[] {
  const rows = keys.map((key) => [
    key.prefix,
    printable(key.name),
    key.scopes.join(","),
    key.bot ?? "any",
    key.created_at,
    key.last_used_at ?? "never",
    key.revoked_at ?? "",
  ]);
  const table = [["PREFIX", "NAME", "SCOPES", "BOT", "MADE", "LAST USED", "REVOKED"], ...rows];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Why a command could not do what it was asked to, in words for whoever typed it. */
class KeysFailed extends Error {}

async function guarded(context: KeysContext, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof KeysFailed)) throw error;
    context.complain(`deskwatch: ${error.message}`);
    context.setExitCode(1);
  }
}

interface Question {
  readonly method: "GET" | "POST" | "DELETE";
  readonly path: string;
  readonly body?: object;
}

async function ask(context: KeysContext, flags: CommonFlags, question: Question): Promise<unknown> {
  const dataDir = flags.dataDir ?? context.environment["DESKWATCH_DATA_DIR"] ?? "data";
  const access = readAccess(dataDir);
  const response = await reach(access, question, dataDir);
  const text = await response.text();
  if (!response.ok) throw new KeysFailed(whyRefused(text, response.status));
  return text === "" ? undefined : JSON.parse(text);
}

function readAccess(dataDir: string): LocalAccess {
  let access: LocalAccess | undefined;
  try {
    access = readLocalAccess(dataDir);
  } catch (error) {
    throw new KeysFailed(`cannot read the data directory ${dataDir}: ${error instanceof Error ? error.message : "?"}`);
  }
  if (access === undefined) throw new KeysFailed(noHub(dataDir));
  return access;
}

async function reach(
  { url, token }: LocalAccess,
  { method, path, body }: Question,
  dataDir: string,
): Promise<Response> {
  const headers = {
    authorization: `Bearer ${token}`,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  try {
    return await fetch(new URL(path, url), {
      method,
      headers,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new KeysFailed(noHub(dataDir), { cause: error });
  }
}

const noHub = (dataDir: string): string =>
  `no hub runs on the data directory ${dataDir}: start it with \`deskwatch start\`, or name another with --data-dir.`;

const problem = z.object({ detail: z.string() });

function whyRefused(text: string, status: number): string {
  try {
    const parsed = problem.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data.detail;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  return `the hub answered ${status}`;
}
