import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { scratchDirectory } from "../../../test/support/scratch.ts";
import { typed } from "../../../test/support/typed-command.ts";
import { registerConfig } from "./config.ts";

function check(yaml: string, ...flags: string[]) {
  const file = join(scratchDirectory(), "deskwatch.yaml");
  writeFileSync(file, yaml);
  return typed([registerConfig], ["config", "--config", file, ...flags]);
}

const GOOD = "instruments: [{ venue: v, symbol: A, kind: spot }]\n";
const BAD = "instruments: [{ venue: v, symbol: A, kind: sport }]\nrates: 5\n";

describe("deskwatch config", () => {
  test("says that a file is in order, and what it declares", async () => {
    const { code, out, err } = await check(GOOD);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/deskwatch\.yaml is in order: 1 instruments and 0 rates declared\.\n$/);
    const { out: json } = await check(GOOD, "--json");
    expect(JSON.parse(json)).toMatchObject({ ok: true, problems: [], instruments: 1, rates: 0 });
  });

  test("fails with each problem on a line of its own", async () => {
    const { code, out, err } = await check(BAD);
    expect([code, out]).toEqual([1, ""]);
    expect(err.trimEnd().split("\n")).toEqual([
      expect.stringContaining('instruments[0].kind: expected one of "spot"|"linear"|"inverse"|"binary", found "sport"'),
      expect.stringContaining("rates: expected array, found 5"),
    ]);
    const { code: failed, out: json } = await check(BAD, "--json");
    expect(failed).toBe(1);
    expect((JSON.parse(json) as { problems: string[] }).problems).toHaveLength(2);
  });

  test("fails when the file that is named is not there", async () => {
    const { code, err } = await typed([registerConfig], ["config", "--config", join(scratchDirectory(), "none.yaml")]);
    expect(code).toBe(1);
    expect(err).toContain("cannot read");
  });
});
