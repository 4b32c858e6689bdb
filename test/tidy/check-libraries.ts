import { resolve } from "./resolve.ts";
import { type Finding, field, finding, nameOf, type Source, walk } from "./source.ts";

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
    for (const [node] of walk(source.program)) {
      const from = nameOf(field(node, "source"));
      const isLoaded = /^(?:Import|Export\w+)Declaration$/.test(node.type) && from !== undefined;
      if (!isLoaded || node["importKind"] === "type" || node["exportKind"] === "type") continue;
      waiting.push(...resolve(path, from, byPath));
      if (!from.startsWith(".") && !from.startsWith("node:"))
        found.push(finding(source, node, `${entry} loads ${from}`));
    }
  }
  return found;
}
