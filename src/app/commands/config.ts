import type { Command } from "commander";
import { printable } from "../../view/printable.ts";
import { type Config, loadConfig } from "../config.ts";
import { type CommandIo, processIo } from "./command-io.ts";

interface ConfigFlags {
  readonly config?: string;
  readonly json?: boolean;
}

/** `deskwatch config`: checks the configuration file as `start` would read it, and changes nothing. */
export function registerConfig(program: Command, io: CommandIo = processIo()): void {
  program
    .command("config")
    .description("check the configuration file, as start would read it")
    .option("--config <file>", "YAML file with rules (default ./deskwatch.yaml when it is there)")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  deskwatch config --config deskwatch.yaml")
    .action((flags: ConfigFlags) => run(flags, io));
}

function run({ json = false, ...flags }: ConfigFlags, io: CommandIo): void {
  const config = loadConfig(flags, io.environment);
  const problems = config.ok ? [] : config.error.split("\n");
  if (!config.ok) io.exitCode(1);
  if (json)
    io.stdout.write(`${JSON.stringify({ ok: config.ok, problems, ...(config.ok ? setBy(config.value) : {}) })}\n`);
  else if (config.ok) io.stdout.write(inWords(config.value));
  else io.stderr.write(problems.map((problem) => `deskwatch: ${printable(problem)}\n`).join(""));
}

const setBy = ({ file, declared }: Config) => ({
  file: file ?? null,
  instruments: declared.instruments.length,
  rates: declared.rates.length,
});

function inWords({ file, declared }: Config): string {
  if (file === undefined) return "There is no configuration file: everything is as it is by default.\n";
  return `${file} is in order: ${declared.instruments.length} instruments and ${declared.rates.length} rates declared.\n`;
}
