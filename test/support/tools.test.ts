import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "deskwatch-tools-"));
const vitest = fileURLToPath(new URL("../../node_modules/vitest/vitest.mjs", import.meta.url));
const tools = fileURLToPath(new URL("tools.ts", import.meta.url));
writeFileSync(
  join(folder, "needy.test.ts"),
  `import { missing } from ${JSON.stringify(tools)};
   missing("no abacus")("counts", () => { test("adds", () => {}); });`,
);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function runNeedySuite(env: Readonly<Record<string, string>>): {
  readonly code: number | null;
  readonly output: string;
} {
  const args = [vitest, "run", "--root", folder, "--globals", "--reporter", "verbose"];
  const done = spawnSync(process.execPath, args, { encoding: "utf8", env: { ...process.env, NO_COLOR: "1", ...env } });
  return { code: done.status, output: done.stdout + done.stderr };
}

test("skips the suite and says why when a tool is missing", () => {
  const { code, output } = runNeedySuite({ CI: "" });
  expect(output).toContain("SKIPPED counts: no abacus");
  expect(output).toContain("counts [skipped: no abacus]");
  expect(code).toBe(0);
});

test("fails when a tool is missing and CI=true", () => {
  const { code, output } = runNeedySuite({ CI: "true" });
  expect(output).toContain("no abacus");
  expect(code).toBe(1);
});
