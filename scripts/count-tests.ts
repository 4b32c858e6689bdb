/** Prints `N passed, N failed` for the JSON report of Vitest named by the first argument. */
import { readFileSync } from "node:fs";

const [, , path = ""] = process.argv;
const report: unknown = JSON.parse(readFileSync(path, "utf8"));
const count = (name: string): number => {
  const value =
    typeof report === "object" && report !== null ? Object.entries(report).find(([key]) => key === name) : [];
  return typeof value?.[1] === "number" ? value[1] : 0;
};
const success = typeof report === "object" && report !== null && "success" in report && report.success === true;
const failed = count("numFailedTests");
// A file that does not load, or an error outside of any test, fails the run without failing a test.
process.stdout.write(`${count("numPassedTests")} passed, ${failed === 0 && !success ? 1 : failed} failed\n`);
