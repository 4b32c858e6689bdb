import { expect, test } from "vitest";
import { METRICS_PAGE, metricsText } from "../../scripts/generate-metrics.ts";
import { textOf } from "../tidy/repository.ts";

test("the page on metrics is what the catalogue says: node scripts/generate-metrics.ts", () => {
  expect(textOf(METRICS_PAGE)).toBe(metricsText());
});
