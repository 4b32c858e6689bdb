import { resolve } from "./resolve.ts";
import { type Finding, field, finding, importsOf, list, type Node, nameOf, type Source, walk } from "./source.ts";

/** Files that no entry reaches through imports. `judged` tells which files must be reached. */
export function checkDeadFiles(
  sources: readonly Source[],
  entries: readonly string[],
  judged: (path: string) => boolean,
): Finding[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const waiting = entries.filter((path) => byPath.has(path));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = byPath.get(path);
    if (reached.has(path) || source === undefined) continue;
    reached.add(path);
    for (const { from } of importsOf(source)) waiting.push(...resolve(path, from, byPath));
  }
  return sources
    .filter(({ path }) => judged(path) && !reached.has(path))
    .map(({ path }) => ({ path, line: 1, what: "no entry imports this file" }));
}

/**
 * Exports of the `judged` files that no other file imports. A type that its own file uses is in use: it belongs to the
 * signature of something exported.
 */
export function checkDeadExports(sources: readonly Source[], judged: (path: string) => boolean): Finding[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const used = new Set<string>();
  for (const source of sources) {
    for (const { from, names } of importsOf(source)) {
      for (const target of resolve(source.path, from, byPath)) {
        for (const name of names === "*" ? ["*"] : names) used.add(`${target} ${name}`);
      }
    }
  }
  return sources
    .filter(({ path }) => judged(path) && !used.has(`${path} *`))
    .flatMap((source) =>
      exportsOf(source)
        .filter(({ name, isType }) => !used.has(`${source.path} ${name}`) && !(isType && usesItself(source, name)))
        .map(({ name, node }) => finding(source, node, `nothing imports ${name}`)),
    );
}

interface Export {
  readonly name: string;
  readonly isType: boolean;
  readonly node: Node;
}

function exportsOf(source: Source): Export[] {
  return list(source.program, "body").flatMap((node): Export[] => {
    if (node.type === "ExportDefaultDeclaration") return [{ name: "default", isType: false, node }];
    if (node.type !== "ExportNamedDeclaration") return [];
    const named = list(node, "specifiers").map((specifier) => field(specifier, "exported"));
    const declaration = field(node, "declaration");
    const declared =
      declaration?.type === "VariableDeclaration"
        ? list(declaration, "declarations").map((declarator) => field(declarator, "id"))
        : [field(declaration, "id")];
    const isType = node["exportKind"] === "type" || /^TS(?:Interface|TypeAlias)/.test(declaration?.type ?? "");
    return [...named, ...declared].flatMap((id) => {
      const name = nameOf(id);
      return name === undefined ? [] : [{ name, isType, node }];
    });
  });
}

function usesItself(source: Source, name: string): boolean {
  let uses = 0;
  for (const [node] of walk(source.program)) if (node.type === "Identifier" && nameOf(node) === name) uses++;
  return uses > 1;
}
