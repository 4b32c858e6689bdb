import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runOrExit } from "./run.ts";

const DIST = join(ROOT, "dist");

runOrExit("npm", ["run", "--silent", "--workspaces", "--if-present", "build"]);
runOrExit("tsc", ["-b"]);
if (existsSync(join(ROOT, "src/web/vite.config.ts"))) {
  runOrExit("vite", ["build", "--config", "src/web/vite.config.ts", "--logLevel", "warn"]);
}
removeOrphans();
chmodSync(join(DIST, "app/main.js"), 0o755);
mkdirSync(join(DIST, ".info"), { recursive: true });
writeFileSync(join(DIST, ".info/built"), "");

/** Removes output whose source is gone, so that it is never packed. */
function removeOrphans(): void {
  for (const name of readdirSync(DIST, { recursive: true, encoding: "utf8" })) {
    const match = /^(?!web\/|\.)(.+?)(?:\.d\.ts|\.js)$/.exec(name);
    if (match !== null && !existsSync(join(ROOT, "src", `${match[1]}.ts`))) rmSync(join(DIST, name));
  }
}
