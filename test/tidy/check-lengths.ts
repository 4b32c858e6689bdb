import { type Finding, field, lineOf, type Node, nameOf, type Source, walk } from "./source.ts";

const FUNCTION_LINES_MAX = 70;
const FILE_LINES_MAX = 400;
const GENERATED = /^\/\/ (?:Generated|Written) by /;

/** The lengths over the limit that were there before it, by `path` or `path function`. They may only shrink. */
export type KnownLong = Readonly<Record<string, number>>;

/** What is longer than allowed, and what is known as longer than it is: the list of exceptions may only shrink. */
export function checkLengths(sources: readonly Source[], known: KnownLong): Finding[] {
  const actual: Record<string, number> = Object.assign({}, ...sources.map(measureLong));
  const grown = Object.entries(actual)
    .filter(([name, lines]) => lines > (known[name] ?? 0))
    .map(([name, lines]) => at(name, `${lines} lines (${known[name] ?? "at most the limit"} allowed)`));
  const stale = Object.entries(known)
    .filter(([name, lines]) => lines > (actual[name] ?? 0))
    .map(([name]) => at(name, `has shrunk to ${actual[name] ?? "the limit"}: say so in known-long.json`));
  return [...grown, ...stale];
}

/** Generated files have no limit; a test file only as a whole. */
function measureLong(source: Source): Record<string, number> {
  if (GENERATED.test(source.text)) return {};
  const long: Record<string, number> = {};
  const fileLines = source.text.split("\n").length - 1;
  if (fileLines > FILE_LINES_MAX) long[source.path] = fileLines;
  if (/\.test\.tsx?$/.test(source.path)) return long;
  for (const [node, parent] of walk(source.program)) {
    if (!/Function(?:Declaration|Expression)$/.test(node.type)) continue;
    const lines = lineOf(source, node.end) - lineOf(source, node.start) + 1;
    if (lines > FUNCTION_LINES_MAX) long[`${source.path} ${functionName(node, parent)}`] = lines;
  }
  return long;
}

const at = (name: string, what: string): Finding => ({ path: name, line: 1, what });

function functionName(node: Node, parent: Node | undefined): string {
  return nameOf(field(node, "id")) ?? nameOf(field(parent, "id")) ?? nameOf(field(parent, "key")) ?? "anonymous";
}
