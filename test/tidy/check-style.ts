import { type Finding, field, finding, lineOf, type Node, nameOf, type Source, walk } from "./source.ts";

const RUNNERS = new Set(["test", "it", "describe", "suite", "bench"]);
const UNFINISHED = new RegExp(`\\b(?:${["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"].join("|")})\\b`, "g");
const SILENCED = new RegExp(`@ts-${"(?:ignore|nocheck)"}`, "g");

/** Tests that are focused or switched off. `skipIf` stands in `test/support` only, where it gives its reason. */
export function checkFocus(source: Source): Finding[] {
  const found: Finding[] = [];
  for (const [node] of walk(source.program)) {
    if (node.type !== "MemberExpression" || !isRunner(field(node, "object"))) continue;
    const modifier = nameOf(field(node, "property")) ?? "";
    const conditional = modifier === "skipIf" || modifier === "runIf";
    if (conditional && source.path.startsWith("test/support/")) continue;
    if (conditional || ["only", "skip", "todo", "fails"].includes(modifier)) {
      found.push(finding(source, node, `.${modifier}: use requireTool or requireTestData, which fail in CI`));
    }
  }
  return found;
}

/** `any`, `!` and silenced compiler errors. */
export function checkTypes(source: Source): Finding[] {
  const found: Finding[] = [];
  for (const [node] of walk(source.program)) {
    if (node.type === "TSAnyKeyword") found.push(finding(source, node, "any"));
    if (node.type === "TSNonNullExpression") found.push(finding(source, node, "non-null assertion (!)"));
  }
  return [...found, ...matches(source, SILENCED, "a silenced compiler error")];
}

/** Notes of unfinished work. */
export const checkUnfinished = (source: Source): Finding[] => matches(source, UNFINISHED, "unfinished work");

function matches(source: Source, pattern: RegExp, what: string): Finding[] {
  return [...source.text.matchAll(pattern)].map((match) => ({
    path: source.path,
    line: lineOf(source, match.index),
    what: `${what}: ${match[0]}`,
  }));
}

/** `test`, and what a modifier makes of it: `test.concurrent`. */
function isRunner(node: Node | undefined): boolean {
  if (node?.type === "MemberExpression") return isRunner(field(node, "object"));
  return RUNNERS.has(nameOf(node) ?? "");
}
