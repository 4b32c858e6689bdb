import { expect, test } from "vitest";
import { STATISTICS_PAGE, statisticsText } from "../../scripts/generate-statistics.ts";
import { textOf } from "../tidy/repository.ts";

test("the page on statistics is what the reports print: node scripts/generate-statistics.ts", () => {
  expect(textOf(STATISTICS_PAGE)).toBe(statisticsText());
});
