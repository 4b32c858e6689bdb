import { parseSync } from "vite";

/** A node of a syntax tree (ESTree with TypeScript), as far as the checks look into it. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** A source file, parsed. `path` is relative to the repository. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
}

/** What a check found: where, and what is wrong there. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** One import, re-export, dynamic import or relative file name in a string. `names` is `"*"` for all of them. */
export interface Import {
  readonly from: string;
  readonly names: readonly string[] | "*";
  readonly node: Node;
}

/** Parses a file by its extension (.ts, .tsx). Throws where it is not TypeScript. */
export function parseSource(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const program: unknown = parsed.program;
  if (!isNode(program)) throw new Error(`${path}: the parser gave no program`);
  return { path, text, program };
}

/** Every node below (and with) `node`, parents first, each with its parent. */
export function* walk(node: Node, parent?: Node): Generator<readonly [Node, Node | undefined]> {
  yield [node, parent];
  for (const child of children(node)) yield* walk(child, node);
}

/** A field of `node` when it holds a node. */
export const field = (node: Node | undefined, name: string): Node | undefined => {
  const value = node?.[name];
  return isNode(value) ? value : undefined;
};

/** The nodes in a field of `node` that holds a list. */
export const list = (node: Node | undefined, name: string): Node[] => {
  const value = node?.[name];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

/** The name of an identifier, the text of a literal; undefined for anything else. */
export function nameOf(node: Node | undefined): string | undefined {
  const value = node?.type === "Identifier" ? node["name"] : node?.type === "Literal" ? node["value"] : undefined;
  return typeof value === "string" ? value : undefined;
}

/** 1-based line of an offset. */
export const lineOf = (source: Source, offset: number): number => source.text.slice(0, offset).split("\n").length;

/** A finding at a node. */
export const finding = (source: Source, node: Node, what: string): Finding => ({
  path: source.path,
  line: lineOf(source, node.start),
  what,
});

/** Everything that `source` takes from other files, types too. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  for (const [node, parent] of walk(source.program)) {
    const from = nameOf(field(node, "source"));
    const isSource = field(parent, "source") === node;
    if (from !== undefined) found.push({ from, names: importedNames(node), node });
    else if (!isSource && isRelativeFile(node)) found.push({ from: relativeFile(node), names: "*", node });
  }
  return found;
}

function importedNames(node: Node): readonly string[] | "*" {
  if (node.type !== "ImportDeclaration" && node.type !== "ExportNamedDeclaration") return "*";
  const specifiers = list(node, "specifiers");
  if (specifiers.some(({ type }) => type === "ImportNamespaceSpecifier")) return "*";
  return specifiers.map((specifier) => {
    if (specifier.type === "ImportDefaultSpecifier") return "default";
    return nameOf(field(specifier, node.type === "ImportDeclaration" ? "imported" : "local")) ?? "default";
  });
}

/** Worker files are named in a string: `new URL("./writer.ts", import.meta.url)`, or in a template up to its extension. */
const isRelativeFile = (node: Node): boolean => /^\.{1,2}\/[\w./-]+$/.test(relativeFile(node));

function relativeFile(node: Node): string {
  if (node.type === "Literal") return nameOf(node) ?? "";
  if (node.type !== "TemplateLiteral") return "";
  const cooked = list(node, "quasis")[0]?.["value"];
  const raw = typeof cooked === "object" && cooked !== null && "raw" in cooked ? cooked.raw : "";
  return typeof raw === "string" ? raw : "";
}

/** The nodes directly below `node`. */
function children(node: Node): Node[] {
  return Object.values(node).flatMap((value) => {
    if (Array.isArray(value)) return value.filter(isNode);
    return isNode(value) ? [value] : [];
  });
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
