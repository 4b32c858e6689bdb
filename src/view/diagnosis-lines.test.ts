import { expect, test } from "vitest";
import { diagnosisLines } from "./diagnosis-lines.ts";

const finding = {
  code: "losing_to_execution",
  bot: "maker",
  mode: "live",
  severity: "warning",
  text: "losing to execution: fills 3.1 bps [2.4, 3.8] worse than the mid, n = 412",
  value: 3.1,
  unit: "bps",
  n: 412,
  threshold: "stated",
} as const;
const unsaid = { code: "over_trading", bot: "maker", mode: "live", reason: "needs 30 trades, has 4" } as const;

test("tells each finding, the grave ones apart from the others", () => {
  const lines = diagnosisLines({ findings: [finding, { ...finding, severity: "notice" }], unsaid: [unsaid] });
  expect(lines).toEqual([
    { text: `⚠ ${finding.text}`, tone: "bad" },
    { text: `⚠ ${finding.text}`, tone: "stale" },
  ]);
});

test("says that nothing seems wrong, and how much could not be judged", () => {
  expect(diagnosisLines({ findings: [], unsaid: [] })).toEqual([{ text: "Nothing seems wrong", tone: "muted" }]);
  expect(diagnosisLines({ findings: [], unsaid: [unsaid] })).toEqual([
    {
      text: "Nothing seems wrong; 1 things could not be judged, such as over trading: needs 30 trades, has 4",
      tone: "muted",
    },
  ]);
});
