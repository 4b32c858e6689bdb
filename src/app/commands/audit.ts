import { type Command, InvalidArgumentError, Option } from "commander";
import { auditAnswer, auditKind, type AuditView } from "../../protocol/api-people.ts";
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

interface AuditFlags extends LocalFlags {
  readonly kind?: string;
  readonly who?: string;
  readonly outcome?: string;
  readonly from?: string;
  readonly to?: string;
}

const ROWS_MAX = 1_000;

/** `deskwatch audit`: what people and keys did, of the hub that runs on the data directory. */
export function registerAudit(program: Command, context: LocalContext = processContext): void {
  withLocalOptions(program.command("audit"))
    .argument("[n]", `how many, at most ${ROWS_MAX}`, countOf, 20)
    .description("print what people and keys did, newest first")
    .addOption(new Option("--kind <kind>", "of this kind only").choices([...auditKind.options]))
    .option("--who <name>", "of this person or key only")
    .addOption(new Option("--outcome <outcome>", "of these only").choices(["done", "refused"]))
    .option("--from <time>", "from here on")
    .option("--to <time>", "before this")
    .addHelpText("after", "\nExample:\n  deskwatch audit 50 --kind command")
    .action((n: number, flags: AuditFlags) => orComplain(context, () => show(context, n, flags)));
}

function countOf(text: string): number {
  if (!/^\d{1,4}$/.test(text) || Number(text) < 1 || Number(text) > ROWS_MAX)
    throw new InvalidArgumentError(`Expected a number from 1 to ${ROWS_MAX}.`);
  return Number(text);
}

async function show(context: LocalContext, n: number, flags: AuditFlags): Promise<void> {
  const { kind, who, outcome, from, to } = flags;
  const query = new URLSearchParams({ limit: String(n) });
  for (const [name, value] of Object.entries({ kind, who, outcome, from, to }))
    if (value !== undefined) query.set(name, value);
  const answer = await new LocalHub(context, flags).ask({ method: "GET", path: `/api/v1/audit?${query}` });
  const { audit } = auditAnswer.parse(answer);
  if (flags.json === true) return context.print(JSON.stringify(answer));
  if (audit.length === 0) return context.print("Nothing like that was done.");
  for (const line of paddedTable(HEADS, audit.map(cells))) context.print(line);
}

const HEADS = ["AT", "WHO", "VIA", "FROM", "ACTION", "TO", "DETAIL", "REASON"];

const cells = (act: AuditView): string[] => [
  act.at.slice(0, 19).replace("T", " "),
  printable(act.who_kind === "key" ? `${act.who} (key)` : act.who),
  printable(act.via),
  printable(act.address ?? ""),
  act.outcome === "refused" ? `${printable(act.action)} !` : printable(act.action),
  printable(act.target ?? ""),
  printable(act.detail ?? ""),
  printable(act.reason ?? ""),
];
