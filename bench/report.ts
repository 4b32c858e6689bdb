import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { cpus } from "node:os";

/** One line of a bench: what was aimed at, what was measured, and whether it is enough. */
export interface Measure {
  readonly name: string;
  readonly actual: number;
  readonly unit: string;
  /** `max`: at most this; `min`: at least this; neither: shown for comparison only. */
  readonly target?: { readonly max: number } | { readonly min: number };
  readonly note?: string;
}

const passes = ({ actual, target }: Measure): boolean => {
  if (target === undefined) return true;
  return "max" in target ? actual <= target.max : actual >= target.min;
};

const number = (value: number): string =>
  Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Math.round(value * 1000) / 1000);

function targetText({ target, unit }: Measure): string {
  if (target === undefined) return "";
  return "max" in target ? `≤ ${number(target.max)} ${unit}` : `≥ ${number(target.min)} ${unit}`;
}

/** Prints the measures of a bench as a table, and keeps them in `bench/history.ndjson` when asked to. */
export function report(bench: string, measures: readonly Measure[], keep: boolean): boolean {
  console.log(`\n${bench}`);
  for (const measure of measures) {
    const verdict = measure.target === undefined ? "" : passes(measure) ? "pass" : "FAIL";
    const columns = [
      measure.name.padEnd(44),
      `${number(measure.actual)} ${measure.unit}`.padStart(20),
      targetText(measure).padStart(22),
    ];
    console.log(`  ${columns.join("  ")}  ${verdict.padEnd(4)}  ${measure.note ?? ""}`.trimEnd());
  }
  if (keep) {
    const [cpu] = cpus();
    const machine = { cpu: cpu?.model ?? "unknown", cores: cpus().length, node: process.version };
    const line = { at: new Date().toISOString(), commit: commit(), machine, bench, measures };
    appendFileSync(new URL("history.ndjson", import.meta.url), `${JSON.stringify(line)}\n`);
  }
  return measures.every(passes);
}

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
