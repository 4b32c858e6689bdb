import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe } from "vitest";
import { missing, type Suite } from "./tools.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Where the recordings are that some suites read: the folder `DESKWATCH_TEST_DATA` names, else `../shared` beside the
 * repository. They are not part of the repository. `DESKWATCH_TEST_DATA=none` says that there are none, also in CI.
 */
const testDataRoot = resolve(ROOT, process.env["DESKWATCH_TEST_DATA"] ?? "../shared");

/** The path of a recording below `testDataRoot`: `testData("data/hbot-paper/fills.csv")`. */
export const testData = (...path: readonly string[]): string => join(testDataRoot, ...path);

/**
 * A `describe` for suites that read the recordings named (paths below `testDataRoot`). Where one is missing the suite is
 * skipped, visibly; with `CI=true` it fails, unless `DESKWATCH_TEST_DATA=none` says that there are none.
 * `requireTestData("data/hbot-paper")("hbot-paper fills", () => { … })`
 */
export function requireTestData(...paths: readonly string[]): Suite {
  const absent = paths.filter((path) => !existsSync(testData(path)));
  if (absent.length === 0) return describe;
  if (process.env["DESKWATCH_TEST_DATA"] !== "none") {
    return missing(`no ${absent.join(", ")} in the test data (set DESKWATCH_TEST_DATA to their folder, or to none)`);
  }
  return (name, body) => describe.skipIf(true)(`${name} [skipped: DESKWATCH_TEST_DATA=none]`, body);
}
