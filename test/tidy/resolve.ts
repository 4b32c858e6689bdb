import { posix } from "node:path";
import type { Source } from "./source.ts";

/** The file among `byPath` that `importer` names by `from`: one, or none. */
export function resolve(importer: string, from: string, byPath: ReadonlyMap<string, Source>): string[] {
  if (!from.startsWith(".")) return [];
  const path = posix.join(posix.dirname(importer), from);
  const bare = path.replace(/\.(?:js|mjs)$/, "");
  return [path, `${bare}.ts`, `${bare}.tsx`].filter((candidate) => byPath.has(candidate)).slice(0, 1);
}
