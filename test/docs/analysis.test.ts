import { expect, test } from "vitest";
import { ANALYSIS_PAGE, analysisText } from "../../scripts/generate-analysis.ts";
import { textOf } from "../tidy/repository.ts";

test("the page on analysis is what the hub does: node scripts/generate-analysis.ts", () => {
  expect(textOf(ANALYSIS_PAGE)).toBe(analysisText());
});
