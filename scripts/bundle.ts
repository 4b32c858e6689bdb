import { readdirSync, rmSync } from "node:fs";
import { dirname, isAbsolute, join, posix, relative } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { ROOT } from "./run.ts";

const SOURCE = join(ROOT, "src");
const DIST = join(ROOT, "dist");

/**
 * Puts the program into few files under `dist`: Node takes about 0.3 ms for each that it loads, and a hub is of
 * a thousand. What others provide stays where npm has put it.
 */
export async function bundle(): Promise<void> {
  const program = await rolldown({
    input: Object.fromEntries(begun().map((name) => [name.replace(/\.ts$/, ""), join(SOURCE, name)])),
    platform: "node",
    external: (id) => !id.startsWith(".") && !isAbsolute(id),
    plugins: [keptPlaces],
  });
  for (const name of readdirSync(DIST))
    if (name !== "web" && !name.startsWith(".")) rmSync(join(DIST, name), { recursive: true });
  await program.write({
    dir: DIST,
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
  });
}

/** What a process or a thread begins with. */
const begun = (): readonly string[] => [
  "app/main.ts",
  ...readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("-worker.ts")),
];

const PLACE = "place-of:";

/** A file that looks for something beside itself finds it from wherever it was put: its address is as if it stood alone. */
const keptPlaces: Plugin = {
  name: "kept-places",
  transform(code, id) {
    if (/import\.meta\.(?:dirname|filename|resolve)\b/.test(code))
      this.error("use import.meta.url, whose place is kept");
    if (!code.includes("import.meta.url")) return null;
    const place = relative(SOURCE, id).replace(/\.ts$/, ".js");
    return code.replaceAll("import.meta.url", `new URL("${PLACE}${place}", import.meta.url).href`);
  },
  renderChunk(code, { fileName }) {
    if (!code.includes(PLACE)) return null;
    return code.replace(new RegExp(`${PLACE}([^"]+)`, "g"), (_, place: string) => fromFile(fileName, place));
  },
};

function fromFile(file: string, place: string): string {
  const path = posix.relative(dirname(file), place);
  return path.startsWith(".") ? path : `./${path}`;
}
