import { posix } from "node:path";
import { CLIENT_ENTRIES, isPure, LAYERS, type Layer } from "./layers.ts";
import { type Finding, finding, type Import, importsOf, type Source } from "./source.ts";

/** Imports (types too) that the table of layers does not allow. Looks at files of `src/` and of the client. */
export function checkLayers(source: Source): Finding[] {
  return importsOf(source).flatMap((edge) => {
    const what = source.path.startsWith("src/") ? wrongInHub(source.path, edge) : wrongInClient(source.path, edge);
    return what === undefined ? [] : [finding(source, edge.node, what)];
  });
}

/** Names of folders and files that say nothing about what they hold. */
export function checkNames(paths: readonly string[]): Finding[] {
  const empty = /(^|\/)(utils?|helpers?|common|misc|shared|handy)(\.[a-z]+)*(\/|$)/;
  return paths.filter((path) => empty.test(path)).map((path) => ({ path, line: 1, what: "a name that says nothing" }));
}

function wrongInHub(path: string, { from, node }: Import): string | undefined {
  const folder = folderOf(path);
  const layer = LAYERS[folder];
  if (layer === undefined) return `src/${folder} is not in the table of layers (test/tidy/layers.ts)`;
  if (!from.startsWith(".")) return wrongPackage(path, layer, from);
  const target = posix.join(posix.dirname(path), from);
  // A file name in a string, such as the folder of the built page, is no import.
  if (!target.startsWith("src/") && node.type.endsWith("Literal")) return undefined;
  if (!target.startsWith("src/")) return `imports ${target}, which is not in src/`;
  const other = folderOf(target);
  return other === folder || layer.folders.includes(other) ? undefined : `${folder} may not import ${other} (${from})`;
}

function wrongPackage(path: string, layer: Layer, from: string): string | undefined {
  const folder = folderOf(path);
  const pure = isPure(path);
  if (from.startsWith("@deskwatch/"))
    return CLIENT_ENTRIES[folder] === from && !pure ? undefined : `${folder} may not import ${from}`;
  if (layer.packages?.includes(from) === true || !pure) return undefined;
  return `${folder} is pure and may not import ${from}`;
}

/** The client has no dependencies and knows nothing of the hub's sources. */
function wrongInClient(path: string, { from }: Import): string | undefined {
  if (from.startsWith("node:")) return undefined;
  if (!from.startsWith(".")) return `the client has no dependencies, but imports ${from}`;
  const root = /^packages\/[^/]+\/src\//.exec(path)?.[0] ?? "packages/";
  return posix.join(posix.dirname(path), from).startsWith(root) ? undefined : `the client may not import ${from}`;
}

const folderOf = (path: string): string => path.split("/")[1] ?? "";
