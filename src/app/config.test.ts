import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadConfig } from "./config.ts";

function configOf(yaml: string) {
  const directory = mkdtempSync(join(tmpdir(), "deskwatch-config-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const config = join(directory, "deskwatch.yaml");
  writeFileSync(config, yaml);
  return loadConfig({ config }, {});
}

describe("the configuration", () => {
  test("has the limits of exposure that the file sets, and leaves them to the hub when it sets none", () => {
    const set = configOf("exposure: { low_usd: 100, high_usd: 250.5 }\n");
    expect(set).toMatchObject({ ok: true, value: { exposureLimits: { low_usd: 100, high_usd: 250.5 } } });
    const unset = configOf("allowed_hosts: [desk]\n");
    expect(unset.ok && unset.value.exposureLimits).toBeUndefined();
  });

  test.each([
    "exposure: { low_usd: 50, high_usd: 20 }",
    "exposure: { low_usd: -1, high_usd: 20 }",
    "exposure: { low_usd: 20 }",
    "exposure: { low_usd: 1, high_usd: 2, medium_usd: 1.5 }",
  ])("is refused with the place when limits make no sense: %s", (yaml) => {
    expect(configOf(yaml)).toMatchObject({ ok: false, error: expect.stringContaining("exposure") });
  });

  test("gives metrics a port of their own only where one is named", () => {
    const ported = (flags: object, env: Record<string, string> = {}) => loadConfig(flags, env);
    expect(ported({})).toMatchObject({ ok: true, value: { metricsPort: undefined } });
    expect(ported({}, { DESKWATCH_METRICS_PORT: "9100" })).toMatchObject({ ok: true, value: { metricsPort: 9_100 } });
    expect(ported({ metricsPort: "off" }, { DESKWATCH_METRICS_PORT: "9100" })).toMatchObject({
      ok: true,
      value: { metricsPort: undefined },
    });
    expect(ported({ metricsPort: "nine" })).toMatchObject({
      ok: false,
      error: expect.stringContaining("--metrics-port"),
    });
  });
});
