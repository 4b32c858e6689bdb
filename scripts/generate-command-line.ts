/**
 * Writes `docs/reference/command-line.md` from the program's own help. Run it as
 * `node scripts/generate-command-line.ts`; a test refuses a page that is out of date.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { createProgram } from "../src/app/program.ts";
import { ROOT } from "./run.ts";

/** The page, below the root of the repository. */
export const COMMAND_LINE_PAGE = "docs/reference/command-line.md";

const HELP_COLUMNS = 100;

/** A command with its whole name, such as `keys create`. */
export interface NamedCommand {
  readonly name: string;
  readonly command: Command;
}

/** Every command that does something, in the order of the program's help. */
export const commandsOf = (parent: Command, prefix = ""): NamedCommand[] =>
  parent.commands.flatMap((command) => {
    const name = `${prefix}${command.name()}`;
    return command.commands.length === 0 ? [{ name, command }] : commandsOf(command, `${name} `);
  });

/** What `--help` prints. */
export function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => HELP_COLUMNS,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trimEnd();
}

/** The whole page. */
export async function commandLineText(): Promise<string> {
  const commands = commandsOf(await createProgram());
  const rows = commands.map(({ name, command }) => {
    const anchor = `deskwatch-${name.replaceAll(" ", "-")}`;
    return `| [\`deskwatch ${name}\`](#${anchor}) | ${command.description().replaceAll("|", "\\|")} |`;
  });
  const sections = commands.map(
    ({ name, command }) => `## deskwatch ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\``,
  );
  return `${[INTRODUCTION, ["| command | does |", "|---|---|", ...rows].join("\n"), ...sections].join("\n\n")}\n`;
}

const INTRODUCTION = `# Command line

<!-- Written by scripts/generate-command-line.ts from the program's own help. Do not edit. -->

In the repository, \`npx deskwatch …\`; the same where the package is installed. Every command has \`--help\`. Exit codes
are 0 done, 1 failed, 2 misuse. What a program may read is printed with \`--json\`. A file \`.env\` in the working directory
is read; each flag wins over its environment variable.`;

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(join(ROOT, COMMAND_LINE_PAGE), await commandLineText());
