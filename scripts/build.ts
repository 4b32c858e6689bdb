import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.ts";
import { ROOT, runOrExit } from "./run.ts";

const DIST = join(ROOT, "dist");

runOrExit("npm", ["run", "--silent", "--workspaces", "--if-present", "build"]);
runOrExit("tsc", ["-b"]);
await bundle();
if (existsSync(join(ROOT, "src/web/vite.config.ts"))) {
  runOrExit("vite", ["build", "--config", "src/web/vite.config.ts", "--logLevel", "warn"]);
}
chmodSync(join(DIST, "app/main.js"), 0o755);
mkdirSync(join(DIST, ".info"), { recursive: true });
writeFileSync(join(DIST, ".info/built"), "");
