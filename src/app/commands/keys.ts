import { type Command, InvalidArgumentError, Option } from "commander";
import { type KeyView, keysAnswer, newKeyAnswer } from "../../protocol/api-people.ts";
import { printable } from "../../view/printable.ts";
import {
  type LocalContext,
  type LocalFlags,
  LocalHub,
  orComplain,
  paddedTable,
  processContext,
  withLocalOptions,
} from "./local-hub.ts";

interface CreateFlags extends LocalFlags {
  readonly scope: string[];
  readonly bot?: string;
  readonly expires?: number;
}

const SCOPES = ["ingest", "read", "metrics", "control"];

/**
 * `deskwatch keys create|list|revoke`. They ask the hub that runs on the data directory, and prove themselves with the
 * token that it wrote there: whoever can read the data directory may make keys.
 */
export function registerKeys(program: Command, context: LocalContext = processContext): void {
  const keys = program.command("keys").description("make, list and revoke API keys");

  withLocalOptions(keys.command("create"))
    .argument("<name>", "what the key is for, such as the bot's name")
    .description("make a key; it is shown this once")
    .addOption(new Option("--scope <scope...>", "what the key may do").choices(SCOPES).makeOptionMandatory())
    .option("--bot <bot>", "the only bot that the key may send events for")
    .option("--expires <days>", "end it by itself after so many days (default: it stands until revoked)", daysOf)
    .addHelpText("after", "\nExample:\n  deskwatch keys create alpha --scope ingest --bot alpha")
    .action((name: string, flags: CreateFlags) => orComplain(context, () => create(context, name, flags)));

  withLocalOptions(keys.command("list"))
    .description("list keys, without their secrets")
    .addHelpText("after", "\nExample:\n  deskwatch keys list --json")
    .action((flags: LocalFlags) => orComplain(context, () => list(context, flags)));

  withLocalOptions(keys.command("revoke"))
    .argument("<prefix>", "the 8 characters after dw_")
    .description("end a key for good, at once")
    .addHelpText("after", "\nExample:\n  deskwatch keys revoke 3fK9aQ2x")
    .action((prefix: string, flags: LocalFlags) => orComplain(context, () => revoke(context, prefix, flags)));
}

function daysOf(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("Expected a whole number of days.");
  return Number(text);
}

async function create(context: LocalContext, name: string, flags: CreateFlags): Promise<void> {
  const { scope, bot, expires } = flags;
  const body = {
    name,
    scopes: scope,
    ...(bot === undefined ? {} : { bot }),
    ...(expires === undefined ? {} : { expires_in_days: expires }),
  };
  const answer = await new LocalHub(context, flags).ask({ method: "POST", path: "/api/v1/keys", body });
  const made = newKeyAnswer.parse(answer);
  context.print(flags.json === true ? JSON.stringify(made) : made.key);
  if (flags.json !== true) context.complain("Keep it now: it is not shown again.");
}

async function list(context: LocalContext, flags: LocalFlags): Promise<void> {
  const answer = await new LocalHub(context, flags).ask({ method: "GET", path: "/api/v1/keys" });
  const { keys } = keysAnswer.parse(answer);
  if (flags.json === true) context.print(JSON.stringify({ keys }));
  else if (keys.length === 0) context.print("No keys yet: deskwatch keys create NAME --scope ingest");
  else for (const line of paddedTable(HEADS, keys.map(cells))) context.print(line);
}

async function revoke(context: LocalContext, given: string, flags: LocalFlags): Promise<void> {
  const prefix = given.replace(/^dw_/, "").slice(0, 8);
  const path = `/api/v1/keys/${encodeURIComponent(prefix)}`;
  await new LocalHub(context, flags).ask({ method: "DELETE", path });
  context.print(flags.json === true ? JSON.stringify({ prefix, revoked: true }) : `Revoked ${prefix}.`);
}

const HEADS = ["PREFIX", "NAME", "SCOPES", "BOT", "MADE", "LAST USED", "ENDS", "REVOKED"];

const cells = (key: KeyView): string[] => [
  key.prefix,
  printable(key.name),
  key.scopes.join(","),
  key.bot ?? "any",
  key.created_at,
  key.last_used_at ?? "never",
  key.expires_at ?? "never",
  key.revoked_at ?? "",
];
