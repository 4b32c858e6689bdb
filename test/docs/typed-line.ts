import type { Command } from "commander";

/** What is wrong with the arguments of a command as the program itself would read them; undefined when nothing is. */
export function argumentProblem(program: Command, args: readonly string[]): string | undefined {
  const { command, rest } = commandNamed(program, args);
  if (command.commands.length > 0) return rest[0] === "--help" ? undefined : `no command ${rest[0] ?? ""}`;
  if (rest.includes("--help")) return undefined;
  command.exitOverride((error) => {
    throw error;
  });
  command.configureOutput({ writeErr: () => undefined, outputError: () => undefined });
  try {
    const { operands, unknown } = command.parseOptions([...rest]);
    if (unknown.length > 0) return `unknown option ${unknown[0]}`;
    return operandProblem(command, operands) ?? missingOption(command);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function commandNamed(program: Command, args: readonly string[]): { command: Command; rest: readonly string[] } {
  const [name, ...rest] = args;
  const found = program.commands.find((command) => command.name() === name);
  return found === undefined ? { command: program, rest: args } : commandNamed(found, rest);
}

function operandProblem(command: Command, operands: readonly string[]): string | undefined {
  const expected = command.registeredArguments;
  const needed = expected.filter((argument) => argument.required).length;
  if (operands.length < needed) return `missing argument ${expected[operands.length]?.name() ?? ""}`;
  const takesAny = expected.some((argument) => argument.variadic);
  return takesAny || operands.length <= expected.length ? undefined : `one argument too many: ${operands.at(-1)}`;
}

const missingOption = (command: Command): string | undefined =>
  command.options
    .filter((option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined)
    .map((option) => `missing option ${option.long}`)[0];

/**
 * The arguments of each call of `deskwatch` in a line of shell: by its name, through npx, `node …/main.ts`, or through
 * `npm start --`, which is `deskwatch start`.
 */
export function deskwatchCalls(line: string): string[][] {
  return statements(line).flatMap((words) => {
    const npm = words.indexOf("npm");
    if (npm >= 0 && words[npm + 1] === "start")
      return [["start", ...words.slice(npm + 2).filter((word) => word !== "--")]];
    const at = words.findIndex((word) => /(?:^|\/)(?:deskwatch|app\/main\.(?:ts|js))$/.test(word));
    return at < 0 ? [] : [words.slice(at + 1)];
  });
}

const WORD = /'[^']*'|"(?:[^"\\]|\\.)*"|\\[\s\S]|[^\s'"\\]/y;
const ENDS = /^(?:\|\|?|&&?|;|\n)/;

/** The words of each statement of a line, without quotes, redirections and comments. */
function statements(line: string): string[][] {
  const found: string[][] = [[]];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) found.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; ) {
    const end = ENDS.exec(line.slice(at));
    WORD.lastIndex = at;
    const part = end === null ? WORD.exec(line)?.[0] : undefined;
    if (end !== null) {
      endWord();
      found.push([]);
    } else if (part === undefined || part === "\\\n") endWord();
    else if (word === undefined && part === "#") return withoutRedirections(found);
    else word = (word ?? "") + unquoted(part);
    at += end?.[0].length ?? part?.length ?? 1;
  }
  endWord();
  return withoutRedirections(found);
}

const unquoted = (part: string): string =>
  part.length > 1 && /^['"]/.test(part) ? part.slice(1, -1) : part.replace(/^\\/, "");

function withoutRedirections(found: readonly string[][]): string[][] {
  return found.map((words) =>
    words.filter((word, index) => !/^\d?[<>]/.test(word) && !/^\d?(?:<|>>?)$/.test(words[index - 1] ?? "")),
  );
}
