import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../src/app/config.ts";
import { venueKinds } from "../../src/venues/registry.ts";
import { scratchDirectory } from "../support/scratch.ts";

const page = readFileSync(new URL("../../docs/venues.md", import.meta.url), "utf8");

describe.each(venueKinds.map((kind) => [kind.name, kind] as const))("the page on venues, of %s", (name, kind) => {
  test("has every setting with what it is by default", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    for (const [setting, { fallback }] of Object.entries(kind.settings)) {
      const told = rows.filter((row) => row.includes(`\`${setting}\``));
      expect({ name, setting, told: told.length > 0 }).toEqual({ name, setting, told: true });
      if (fallback !== "") expect(told.some((row) => row.includes(`\`${fallback}\``))).toBe(true);
    }
  });

  test("has every variable that may hold a key", () => {
    for (const { variable } of Object.values(kind.credentials)) expect(page).toContain(`\`${variable}\``);
  });
});

test("the file on the page of venues is one that is taken", () => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const file = join(scratchDirectory(), "deskwatch.yaml");
  writeFileSync(file, yaml);
  const config = loadConfig({ config: file }, {});
  expect(config).toMatchObject({
    ok: true,
    value: { venues: [{ name: "kalshi" }, { name: "polymarket" }, { name: "binance" }] },
  });
});
