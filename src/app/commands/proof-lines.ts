import type { CommandView } from "../../protocol/api-control.ts";
import { type ProofLine, proofLine } from "../../view/command-proof.ts";
import { clipped, printable } from "../../view/printable.ts";
import type { Terminal } from "./terminal.ts";

/** Bots that are shown one by one; of more only the sums, and those that need somebody. */
const LINES_MAX = 20;

/** How far a command came with each bot: `mm-1  requested 0 ms → delivered 12 → acknowledged 31 → verified 240`. */
export function proofLines(command: CommandView, { width, paint }: Terminal): string[] {
  const all = command.bots.map((course) => proofLine(command, course));
  const isMany = all.length > LINES_MAX;
  const shown = isMany ? all.filter(({ done }) => !done).slice(0, LINES_MAX) : all;
  const named = Math.max(0, ...shown.map(({ bot }) => bot.length));
  return [...(isMany ? [sums(command)] : []), ...shown.map((line) => lineText(line, named, { width, paint }))];
}

function lineText(line: ProofLine, named: number, { width, paint }: Terminal): string {
  const steps = line.steps.map(({ name, text }) => `${name} ${text}`).join(" → ");
  const notes = line.notes.map(({ text }) => `; ${printable(text)}`).join("");
  const tone = line.done ? "ok" : (line.steps.find(({ state }) => state === "late")?.tone ?? "neutral");
  const text = `${line.bot.padEnd(named)}  ${steps}${notes}`;
  return paint(Number.isFinite(width) ? clipped(text, width) : text, tone);
}

function sums(command: CommandView): string {
  const count = (at: "delivered_at" | "acknowledged_at" | "verified_at"): number =>
    command.bots.filter((course) => course[at] !== null).length;
  const verified = command.proof === "verified" ? ` → verified ${count("verified_at")}` : "";
  return `${command.bots.length} bots  requested ${command.bots.length} → delivered ${count("delivered_at")} → acknowledged ${count("acknowledged_at")}${verified}`;
}
