import { resolve } from "./resolve.ts";
import { type Finding, field, finding, nameOf, type Node, type Source, walk } from "./source.ts";

/** Libraries that a file loads as it starts, itself or by what it imports: not Node's own, not types, not what it asks for later. */
export function checkLibraries(sources: readonly Source[], entry: string): Finding[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  if (!byPath.has(entry)) return [{ path: entry, line: 1, what: "there is no such file" }];
  const found: Finding[] = [];
  const seen = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = byPath.get(path);
    if (seen.has(path) || source === undefined) continue;
    seen.add(path);
    for (const { from, node } of loadedBy(source)) {
      waiting.push(...resolve(path, from, byPath));
      if (!/^(?:\.|node:)/.test(from)) found.push(finding(source, node, `${entry} loads ${from}`));
    }
  }
  return found;
}

const loadedBy = (source: Source): { readonly from: string; readonly node: Node }[] =>
  [...walk(source.program)].flatMap(([node]) => {
    const from = nameOf(field(node, "source"));
    const isLoaded =
      /^(?:Import|Export\w+)Declaration$/.test(node.type) && ![node["importKind"], node["exportKind"]].includes("type");
    return from === undefined || !isLoaded ? [] : [{ from, node }];
  });
