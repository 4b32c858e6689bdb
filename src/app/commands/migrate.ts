import type { Command } from "commander";
import { StoreUnavailable } from "../../hub/ports.ts";
import { type Migration, StoreRefused } from "../../store/migration.ts";
import { migratePostgres, pendingPostgresMigrations } from "../../store/postgres/migrate-postgres.ts";
import { migrateSqlite, pendingSqliteMigrations } from "../../store/sqlite/migrate-sqlite.ts";
import { systemClock } from "../clock.ts";
import { type Config, loadConfig } from "../config.ts";
import { type CommandIo, failCommand, processIo } from "./command-io.ts";

interface MigrateFlags {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly config?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `deskwatch migrate`: takes the store to the newest schema, as `start` does by itself; or shows the SQL that would. */
export function registerMigrate(program: Command, io: CommandIo = processIo()): void {
  program
    .command("migrate")
    .description("take the store to the newest schema (start does so by itself)")
    .option("--dry-run", "print the SQL and change nothing")
    .option("--data-dir <directory>", "of the store (default: DESKWATCH_DATA_DIR, else ./data)")
    .option("--database-url <url>", "of a store in PostgreSQL (default: DATABASE_URL)")
    .option("--config <file>", "YAML file with rules (default ./deskwatch.yaml when it is there)")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  deskwatch migrate --dry-run")
    .action((flags: MigrateFlags) => run(flags, io));
}

async function run({ dryRun = false, json = false, ...start }: MigrateFlags, io: CommandIo): Promise<void> {
  const config = loadConfig(start, io.environment);
  if (!config.ok) return failCommand(io, config.error, 2);
  try {
    const steps = dryRun ? await pending(config.value) : await migrated(config.value);
    io.stdout.write(json ? asJson(steps, dryRun) : dryRun ? asSql(steps) : asText(steps));
  } catch (error) {
    if (!(error instanceof StoreRefused || error instanceof StoreUnavailable)) throw error;
    failCommand(io, error.message, 1);
  }
}

const pending = async ({ databaseUrl, dataDir }: Config): Promise<readonly Migration[]> =>
  databaseUrl === undefined ? pendingSqliteMigrations(dataDir) : pendingPostgresMigrations(databaseUrl);

const migrated = async ({ databaseUrl, dataDir }: Config): Promise<readonly Migration[]> =>
  databaseUrl === undefined ? migrateSqlite(dataDir, systemClock) : migratePostgres(databaseUrl, systemClock);

const asSql = (steps: readonly Migration[]): string =>
  steps.length === 0
    ? "-- The schema is up to date.\n"
    : steps.map(({ version, name, sql }) => `-- ${version}: ${name}\nBEGIN;\n${sql.trim()}\nCOMMIT;\n`).join("\n");

const asText = (steps: readonly Migration[]): string =>
  steps.length === 0
    ? "The schema is up to date.\n"
    : steps.map(({ version, name }) => `Applied ${version}: ${name}\n`).join("");

const asJson = (steps: readonly Migration[], dryRun: boolean): string =>
  `${JSON.stringify({
    dry_run: dryRun,
    migrations: steps.map(({ version, name, sql }) => ({ version, name, ...(dryRun ? { sql } : {}) })),
  })}\n`;
