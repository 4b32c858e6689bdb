/**
 * Long runs of faults: `npm run campaign` runs all, `npm run campaign NAME` one, `npm run campaign -- --list` tells which
 * there are; `--seed N` repeats one that failed. Exit code 0 when nothing was found, 1 when something was, 2 misuse.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Campaign } from "./campaign.ts";
import { kills } from "./kills.ts";
import { malformed } from "./malformed.ts";
import { slowClients } from "./slow-clients.ts";

const CAMPAIGNS: readonly Campaign[] = [...kills, malformed, slowClients];

process.exitCode = await main();

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { list: { type: "boolean" }, seed: { type: "string" } },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
  const chosen = CAMPAIGNS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (values.list === true) return list();
  if (!Number.isSafeInteger(seed) || positionals.some((name) => chosen.every((campaign) => campaign.name !== name))) {
    process.stderr.write("usage: npm run campaign [NAME…] [-- --list | --seed N]\n");
    list();
    return 2;
  }
  let failed = 0;
  for (const campaign of chosen) if (!(await ran(campaign, seed))) failed++;
  return failed === 0 ? 0 : 1;
}

function list(): number {
  for (const { name, about } of CAMPAIGNS) process.stdout.write(`${name.padEnd(16)}${about}\n`);
  return 0;
}

async function ran({ name, about, run }: Campaign, seed: number): Promise<boolean> {
  process.stdout.write(`${name} (seed ${seed}): ${about}\n`);
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-campaign-"));
  const startedAt = performance.now();
  const say = (line: string): void => void process.stdout.write(`  ${line}\n`);
  try {
    const result = await run({ seed, directory, say });
    say(`passed in ${Math.round((performance.now() - startedAt) / 1_000)} s: ${result}`);
    return true;
  } catch (error) {
    say(`FAILED with seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return false;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
