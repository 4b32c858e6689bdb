import { isPure } from "./layers.ts";
import { type Finding, field, finding, list, type Node, nameOf, type Source, walk } from "./source.ts";

const GLOBALS = new Set(
  "console fetch process performance crypto globalThis navigator window document localStorage require Buffer \
setTimeout setInterval setImmediate clearTimeout clearInterval queueMicrotask requestAnimationFrame".split(" "),
);
const AMBIENT_MEMBERS = new Set(["Date.now", "Math.random"]);
const LOCAL_TIME = /^(?:get|set)(?:FullYear|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds|TimezoneOffset)$/;
const LOCAL_TEXT = new Set(["toDateString", "toTimeString"]);

/** Time, randomness, locale or I/O that a file of a pure layer takes from around it; nothing for other files. */
export function checkAmbient(source: Source): Finding[] {
  const [root, folder = ""] = source.path.split("/");
  if (root !== "src") return [];
  return isPure(source.path) ? ambientIn(source) : folder === "app" ? [] : environmentIn(source);
}

function ambientIn(source: Source): Finding[] {
  const declared = declaredNames(source.program);
  const found: Finding[] = [];
  for (const [node, parent] of walk(source.program)) {
    const what = ambientCall(node) ?? ambientMember(node) ?? ambientGlobal({ node, parent, declared });
    if (what !== undefined) found.push(finding(source, node, what));
  }
  return found;
}

/** Only `src/app` reads the environment. */
function environmentIn(source: Source): Finding[] {
  return [...walk(source.program)]
    .filter(([node]) => memberName(node) === "process.env")
    .map(([node]) => finding(source, node, "only src/app reads the environment"));
}

function ambientCall(node: Node): string | undefined {
  if (node.type !== "NewExpression" && node.type !== "CallExpression") return undefined;
  const callee = field(node, "callee");
  const given = list(node, "arguments");
  if (nameOf(callee) === "Date") return ambientDate(node.type, given.length);
  if (callee?.type !== "MemberExpression") return undefined;
  return ambientMethod(callee, given);
}

function ambientDate(type: string, count: number): string | undefined {
  if (type === "CallExpression" || count === 0) return "the machine's clock: new Date()";
  return count > 1 ? "the machine's time zone: new Date(year, …)" : undefined;
}

function ambientMethod(callee: Node, given: readonly Node[]): string | undefined {
  const method = nameOf(field(callee, "property")) ?? "";
  if (LOCAL_TIME.test(method) || LOCAL_TEXT.has(method)) return `the machine's time zone: ${method}()`;
  const unplaced =
    (method === "localeCompare" && given.length < 2) ||
    (method.startsWith("toLocale") && given.length < 1) ||
    (nameOf(field(callee, "object")) === "Intl" && given[0]?.type !== "Literal");
  return unplaced ? `the machine's locale: ${method}()` : undefined;
}

function ambientMember(node: Node): string | undefined {
  const name = memberName(node);
  return name !== undefined && AMBIENT_MEMBERS.has(name) ? `ambient ${name}` : undefined;
}

function ambientGlobal(at: {
  node: Node;
  parent: Node | undefined;
  declared: ReadonlySet<string>;
}): string | undefined {
  const name = at.node.type === "Identifier" ? nameOf(at.node) : undefined;
  if (name === undefined || !GLOBALS.has(name) || at.declared.has(name)) return undefined;
  const isKey = field(at.parent, "property") === at.node || field(at.parent, "key") === at.node;
  return isKey && at.parent?.["computed"] !== true ? undefined : `ambient ${name}`;
}

function memberName(node: Node): string | undefined {
  if (node.type !== "MemberExpression") return undefined;
  return `${nameOf(field(node, "object"))}.${nameOf(field(node, "property"))}`;
}

/** Names that the file itself declares: parameters, variables, functions and imports hide a global of the same name. */
function declaredNames(program: Node): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (pattern: Node | undefined) => {
    if (pattern === undefined) return;
    for (const [node] of walk(pattern)) {
      const name = nameOf(node);
      if (node.type === "Identifier" && name !== undefined) names.add(name);
    }
  };
  for (const [node] of walk(program)) {
    if (node.type === "VariableDeclarator") add(field(node, "id"));
    if (node.type.startsWith("Import") && node.type.endsWith("Specifier")) add(field(node, "local"));
    for (const parameter of list(node, "params")) add(parameter);
  }
  return names;
}
